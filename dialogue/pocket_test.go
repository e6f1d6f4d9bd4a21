package dialogue

import (
	"slices"
	"strings"
	"testing"
)

// pocketWords are the words of the bundled model's captions.
var pocketWords = strings.Fields("a an and at autumn background beard between black blond blonde blue boat boy brown castle cloudy curly day desert drawing earrings face field forest freckles front girl glasses gray green grey happy hat hills hair house in lake long man moon mountains mouth night of on orange picture pink portrait purple red river road sad shirt short sky smile smiling snowy starry straight street sun sunny sunset the tree under wavy wearing white winter with woman yellow")

func pocket(turns ...Turn) Conversation {
	return Conversation{Turns: turns, Vocabulary: pocketWords, Known: func(w string) bool { return slices.Contains(pocketWords, w) }}
}

// TestWordsTheModelDoesNotKnow: a synonym or another spelling is taken silently, a
// more general word with a note.
func TestWordsTheModelDoesNotKnow(t *testing.T) {
	planner := New()
	for _, c := range []struct{ prompt, said, want, unknown, undone string }{
		{"a woman with red hair", "add spectacles", "a woman with red hair and glasses", "", ""},
		{"a woman with red hair", "add a fedora", "a woman with red hair and a hat", "", `"fedora" exactly, the model knows only "hat"`},
		{"a woman with blond hair", "make her hair crimson", "a woman with red hair", "", `"crimson" exactly, the model knows only "red"`},
		{"a river between mountains", "change the river to a woods", "a forest between mountains", "", ""},
		{"a river between mountains", "add snow", "a snowy river between mountains", "", ""},
		{"a woman with red hair", "more curls", "a woman with curly red hair", "", ""},
		{"a river between mountains", "make it snwoy", "a snowy river between mountains", "", ""},
		{"a woman with red hair", "make her hair bronw", "a woman with brown hair", "", ""},
		{"a woman with red hair", "make her hair waavy", "a woman with wavy red hair", "", ""},
		{"a castle", "make it a castle on a hill", "a castle on hills", "", ""},
		{"a castle", "make it a castle by a river", "a castle by a river", "", ""},
		{"a woman with red hair", "add erarings", "a woman with red hair and earrings", "", ""},
	} {
		r := planner.Plan(c.said, pocket(Turn{Prompt: c.prompt}))
		if r.Plan == nil {
			t.Errorf("%q asks %q", c.said, r.Question.Text)
			continue
		}
		if got := r.Plan.Prompt; got != c.want {
			t.Errorf("%q gives %q, want %q", c.said, got, c.want)
		}
		if got := strings.Join(r.Plan.Unknown, " "); got != c.unknown {
			t.Errorf("%q: unknown is %q, want %q", c.said, got, c.unknown)
		}
		if got := strings.Join(r.Plan.Undone, "; "); got != c.undone {
			t.Errorf("%q: undone is %q, want %q", c.said, got, c.undone)
		}
	}
}

// TestRefusals: what the model does not know is not drawn. The question names it,
// and words of its kind that the model knows; of a request, the rest is done.
func TestRefusals(t *testing.T) {
	planner := New()
	words := strings.Fields("a of with on and cat dog rabbit bird sofa grass red blue hat glasses hair woman woman's man castle house mountain mountains")
	for _, c := range []struct {
		prompt, said string
		want         []string
	}{
		{"", "a zebra on grass", []string{`"zebra"`, `"cat", "dog", "rabbit" and "bird"`}},
		{"", "a cathedral", []string{`"cathedral"`, `"castle" and "house"`}},
		{"a woman with red hair", "give her a monocle", []string{`"monocle"`}},
		{"a woman with red hair", "give her a moustache", []string{`"moustache"`}}, // it is hair, but not a hair
		{"a woman with red hair", "make her hair greasy", []string{`"greasy"`}},
		{"a cat on a sofa", "three cats", []string{"one of each"}},
		{"a cat on a sofa", "add another cat", []string{"one of each"}},
	} {
		talk := Conversation{Vocabulary: words, Known: func(w string) bool { return slices.Contains(words, w) }}
		if c.prompt != "" {
			talk.Turns = []Turn{{Prompt: c.prompt}}
		}
		r := planner.Plan(c.said, talk)
		if r.Question == nil || r.Question.Kind != UnknownWord {
			t.Errorf("%q gives %q", c.said, outcome(r))
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(r.Question.Text, w) {
				t.Errorf("%q is told %q, which lacks %q", c.said, r.Question.Text, w)
			}
		}
	}
	r := planner.Plan("make her hair blue and add a monocle", pocket(Turn{Prompt: "a woman with red hair"}))
	if r.Plan == nil || r.Plan.Prompt != "a woman with blue hair" || len(r.Plan.Undone) != 1 {
		t.Errorf("half a request gives %q", outcome(r))
	}
	r = planner.Plan("a dark red castle", pocket())
	if r.Plan == nil || r.Plan.Prompt != "a dark red castle" {
		t.Errorf("a shade gives %q", outcome(r))
	}
}

// TestAbsentThings: what is spoken of as if the picture had it is offered, where
// the model draws nothing that nobody named.
func TestAbsentThings(t *testing.T) {
	planner := New()
	talk := pocket(Turn{Prompt: "a forest with a river in autumn"})
	r := planner.Plan("make the boat red", talk)
	if r.Question == nil || len(r.Question.Choices) == 0 {
		t.Fatalf("a boat that is not there gives %q", outcome(r))
	}
	talk.Pending = r.Question
	if r = planner.Plan("1", talk); r.Plan == nil || r.Plan.Prompt != "a forest with a river and a red boat in autumn" {
		t.Errorf("the first choice gives %q", outcome(r))
	}
	for _, said := range []string{"make the sky pink", "add the boat", "make the river blue"} {
		if r := planner.Plan(said, pocket(Turn{Prompt: "a forest with a river in autumn"})); r.Plan == nil {
			t.Errorf("%q gives %q", said, outcome(r))
		}
	}
}
