package dialogue

import (
	"strings"
	"testing"

	"pentimento/recipe"
)

// TestWeightsAtTheirBound: what words of talk cannot make stronger is said so, a
// weight that was set beyond stays, and more of a word without weight is more.
func TestWeightsAtTheirBound(t *testing.T) {
	planner := New()
	for _, c := range []struct {
		factor float64
		said   string
		want   float64 // 0 is a question that speaks of /weight
	}{
		{4, "more red", 0},
		{8, "more red", 0},
		{0, "more red", .5},
		{2, "more red", 3},
		{-2, "less red", 0},
	} {
		turn := Turn{Prompt: "a red cat", Weights: []recipe.Weight{{Span: recipe.Span{Start: 2, End: 5}, Factor: c.factor}}}
		r := planner.Plan(c.said, Conversation{Turns: []Turn{turn}})
		if c.want == 0 {
			if r.Question == nil || !strings.Contains(r.Question.Text, "/weight") {
				t.Errorf("%q at ×%g gives %q", c.said, c.factor, outcome(r))
			}
			continue
		}
		if r.Plan == nil || len(r.Plan.Weights) != 1 || r.Plan.Weights[0].Factor != c.want {
			t.Errorf("%q at ×%g gives %+v, want ×%g", c.said, c.factor, r.Plan, c.want)
		}
	}
}
