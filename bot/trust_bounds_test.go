package bot

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pentimento/recipe"
	"pentimento/session"
)

// What a conversation lets through is drawn, and what cannot be drawn is refused
// before anybody waits for it, with a sentence that says how far one may go.
func TestTrust07FactorsAreDrawnOrRefused(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	for _, factor := range []float64{33, 100, -32.5, 1e300, math.NaN(), math.Inf(-1)} {
		if _, err := c.Weight(t.Context(), Request{}, "hair", factor); !errors.Is(err, ErrTooStrong) {
			t.Errorf("a factor of %v ended with %v", factor, err)
		}
	}
	for _, factor := range []float64{recipe.MaxFactor, -recipe.MaxFactor, 0} {
		if _, err := c.Weight(t.Context(), Request{}, "hair", factor); err != nil {
			t.Errorf("a factor of %v ended with %v", factor, err)
		}
	}
	// By words, over and over, until it is refused.
	c = newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	for n := range 20 {
		_, err := c.Say(t.Context(), Request{}, "make the hair much stronger")
		if p := ProblemOf(err); err != nil && p.Kind != Invalid {
			t.Fatalf("the %d. time ended with %v", n+1, err)
		}
	}
}

// A word is as strong as its recipe says in every turn that a menu leads to.
func TestTrust07EveryStepIsDrawn(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	factor, ok := 1., true
	for n := 0; ok; n++ {
		if factor, ok = recipe.Stronger(factor); !ok {
			break
		}
		a, err := c.Weight(t.Context(), Request{}, "hair", factor)
		if err != nil || a.Turn.Recipe.Weights[0].Factor != factor {
			t.Fatalf("step %d, to %v: %v", n, factor, err)
		}
	}
	if text := fmt.Sprint(factor); text != "32" {
		t.Errorf("the last step is %s", text)
	}
}
