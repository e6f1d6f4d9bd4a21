package dialogue

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pentimento/dialogue/caption"
	"pentimento/recipe"
)

// cutSpans gives the words that spans cover, in brackets if there are none.
func cutSpans(text string, spans []recipe.Span) string {
	var words []string
	for _, s := range spans {
		words = append(words, text[s.Start:s.End])
	}
	return strings.Join(words, ", ")
}

// TestBlend: the words that bound an edit are those it touches and the noun they
// belong to; edits of the whole scene have none.
func TestBlend(t *testing.T) {
	planner := New()
	for _, c := range []struct{ prompt, said, preset, source, target string }{
		{"a woman's face with blond hair", "make her hair red", Appearance, "blond hair", "red hair"},
		{"a woman's face with long blond hair", "curly hair", Texture, "hair", "curly, hair"},
		{"a woman's face with long curly hair", "make her hair straight", Texture, "curly hair", "straight hair"},
		{"a woman's face with long blond hair", "make her hair short and red", Texture, "long blond hair", "short red hair"},
		{"a woman's face with blond hair", "make her hair dark red", Appearance, "blond hair", "dark red hair"},
		{"a woman's face with blond hair", "add glasses", Appearance, "", "glasses"},
		{"a woman's face with blond hair", "add a red hat", Appearance, "", "red hat"},
		{"a woman's face with blond hair and a red hat", "remove the hat", Appearance, "red hat", ""},
		{"a woman's face with blond hair and a red hat", "make the hat blue", Appearance, "red hat", "blue hat"},
		{"a woman's face with blond hair", "make her happy", Appearance, "woman", "happy woman"},
		{"a woman's face with blond hair", "make her a man", Shape, "woman", "man"},
		{"a woman's face with blond hair", "make the background blue", Appearance, "", "blue background"},
		{"a woman's face with blond hair", "less blond", Appearance, "blond hair", "blond hair"},
		{"a woman's face with blond hair", "make it a watercolor", Global, "", ""},
		{"a river between mountains with a house", "change the house to a castle", Shape, "house", "castle"},
		{"a river between mountains with a house", "change the river to a street", Shape, "river", "street"},
		{"a dog on a beach", "change the beach to a forest", Shape, "beach", "forest"},
		{"a river between mountains with a house", "at sunset", Global, "", ""},
		{"a river between mountains with a house", "make it snowy", Global, "", ""},
		{"a river between mountains with a house", "add a boat", Shape, "", "boat"},
		{"a river between mountains with a house", "make the house red", Appearance, "house", "red house"},
		{"a brown dog sitting on the grass", "make it a cat", Shape, "dog", "cat"},
		{"a brown dog sitting on the grass", "put it on a beach", Shape, "", ""},
		{"a red car next to a red house", "make the house blue", Appearance, "red house", "blue house"},
	} {
		r := planner.Plan(c.said, Conversation{Turns: []Turn{{Prompt: c.prompt}}})
		if r.Plan == nil {
			t.Errorf("%q asks %q", c.said, r.Question.Text)
			continue
		}
		source, target := cutSpans(c.prompt, r.Plan.Blend.Source), cutSpans(r.Plan.Prompt, r.Plan.Blend.Target)
		if r.Plan.Preset != c.preset || source != c.source || target != c.target {
			t.Errorf("%s + %s: %s, blend %q and %q, want %s, %q and %q", c.prompt, c.said, r.Plan.Preset, source, target, c.preset, c.source, c.target)
		}
	}
}

// TestOps: the operations' spans cut out the words that changed.
func TestOps(t *testing.T) {
	planner := New()
	for _, c := range []struct {
		prompt, said string
		want         []string // kind: source → target
	}{
		{"A Woman's face, with “blond” hair!", "make her hair red", []string{"swap: blond → red"}},
		{"a red car next to a red house", "make the house blue", []string{"swap: red → blue"}},
		{"a black-and-white cat's ball 😀", "make the ball green", []string{"refine:  → green"}},
		{"a cat with a hat", "remove the hat", []string{"remove: hat → "}},
		{"a cat with a red hat", "make the hat less red", []string{"reweight: red → red"}},
		{"a cat with a red hat", "make the hat blue and add glasses", []string{"swap: red → blue", "refine:  → glasses"}},
	} {
		r := planner.Plan(c.said, Conversation{Turns: []Turn{{Prompt: c.prompt}}})
		if r.Plan == nil {
			t.Errorf("%q asks %q", c.said, r.Question.Text)
			continue
		}
		var got []string
		for _, op := range r.Plan.Ops {
			got = append(got, string(op.Kind)+": "+c.prompt[op.Source.Start:op.Source.End]+" → "+r.Plan.Prompt[op.Target.Start:op.Target.End])
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s + %s: %q, want %q", c.prompt, c.said, got, c.want)
		}
	}
}

// TestWeightsFollowTheirWords: a plan's weights are complete, with the spans of
// the new prompt.
func TestWeightsFollowTheirWords(t *testing.T) {
	turns := say(t, "a woman with curly hair", "more curly", "add a hat", "make the hat bigger", "more hat", "make her hair red")
	head := turns[len(turns)-1]
	got := map[string]float64{}
	for _, w := range head.Weights {
		got[head.Prompt[w.Start:w.End]] = w.Factor
	}
	if want := map[string]float64{"curly": 1.5, "hat": 1.5}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q has weights %v, want %v", head.Prompt, got, want)
	}
}

func TestWeightsStayInBounds(t *testing.T) {
	said := []string{"a woman with curly hair"}
	for range 12 {
		said = append(said, "much curlier")
	}
	turns := say(t, said[:3]...)
	planner := New()
	for range 12 {
		if r := planner.Plan("much curlier", Conversation{Turns: turns}); r.Plan != nil {
			turns = append(turns, Turn{Prompt: r.Plan.Prompt, Weights: r.Plan.Weights, Plan: r.Plan})
		}
	}
	if got := turns[len(turns)-1].Weights[0].Factor; got != caption.MaxWeight {
		t.Errorf("the weight grew to %v, want %v", got, caption.MaxWeight)
	}
}

func TestPlansSerialise(t *testing.T) {
	turns := say(t, "a woman with curly hair", "make it red and curlier")
	plan := turns[1].Plan
	data, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	var back Plan
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&back, plan) {
		t.Errorf("came back as %+v, want %+v", back, *plan)
	}
}

// TestNothingIsSilentlyDropped: what could not be done is named.
func TestNothingIsSilentlyDropped(t *testing.T) {
	planner := New()
	for _, c := range []struct{ said, want, undone string }{
		{"make her hair red and crop it", "a woman with red hair and a hat", "crop it"},
		{"make her hair red and remove the beard", "a woman with red hair and a hat", "beard"},
		{"remove the hat and the scarf", "a woman with blond hair", "scarf"},
		{"add glasses, then qwzx the flrbl", "a woman with blond hair, a hat and glasses", "qwzx the flrbl"},
		{"change the dog to a cat and make her hair red", "a woman with red hair, a hat and a cat", "dog"},
		{"make her hair red. make it better", "a woman with red hair and a hat", "make it better"},
		{"rotate it and add glasses", "a woman with blond hair, a hat and glasses", "rotate it"},
	} {
		r := planner.Plan(c.said, Conversation{Turns: []Turn{{Prompt: "a woman with blond hair and a hat"}}})
		if r.Plan == nil {
			t.Errorf("%q asks %q", c.said, r.Question.Text)
			continue
		}
		if undone := strings.Join(r.Plan.Undone, "; "); r.Plan.Prompt != c.want || !strings.Contains(undone, c.undone) {
			t.Errorf("%q gives %q, undone %q; want %q, %q", c.said, r.Plan.Prompt, undone, c.want, c.undone)
		}
	}
}
