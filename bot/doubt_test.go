package bot

import (
	"slices"
	"testing"
	"time"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/models/pocket/pockettest"
	"pentimento/models/runtime/runtimetest"
	"pentimento/recipe"
	"pentimento/session"
)

// newSeeing is a conversation whose pictures the judge looks at.
func newSeeing(t *testing.T, options Options) *Conversation {
	t.Helper()
	network, err := judge.Open(runtimetest.Load(t), pocket.Judge(), 1)
	if err != nil {
		t.Fatal(err)
	}
	model := pockettest.Open(t)
	queue := jobs.NewLocal(t.Context(), jobs.Options{}, jobs.Worker{Name: "worker", Engine: drawer.New(editor.New(model)).Seeing(network), Drain: time.Millisecond})
	t.Cleanup(func() {
		for _, close := range []func() error{queue.Close, network.Close} {
			if err := close(); err != nil {
				t.Error(err)
			}
		}
	})
	return &Conversation{
		Key: testKey, Store: session.NewMemory(), Planner: Grammar{dialogue.New()}, Model: ModelOf(model), Queue: queue,
		Clock: Clock{Now: time.Now, Seed: func() uint64 { return 6 }}, Options: options,
	}
}

// Of one step nothing comes but fog: the answer says so, and what it offers is
// done when it is chosen by its number.
func TestMissingIsTold(t *testing.T) {
	seed := uint64(5)
	c := newSeeing(t, Options{Seed: &seed, Steps: 1, Guidance: 4.5})
	first := say(t, c, "a lake between mountains with a boat and a castle at night")
	if first.Doubt == nil || !slices.Equal(first.Doubt.Choices, []string{sayAgain}) || first.Picture.None() {
		t.Fatalf("of a picture of one step it is said: %+v", first.Doubt)
	}
	again := say(t, c, "1")
	if again.Turn.ID != 2 || again.Turn.Parent != 0 || again.Turn.Settings.Seed != 6 || again.Turn.Recipe.Prompt != first.Turn.Recipe.Prompt {
		t.Errorf("the first choice after seed 5 made %+v", again.Turn)
	}
	edit := say(t, c, "add a house")
	if edit.Doubt == nil || !slices.Equal(edit.Doubt.Choices, []string{sayStronger, sayAgain}) {
		t.Fatalf("of an edit of one step it is said: %+v", edit.Doubt)
	}
	if stronger := say(t, c, "1"); stronger.Turn.Parent != edit.Turn.ID || stronger.Turn.Edit != "house ×1.5" {
		t.Errorf("the first choice made %+v", stronger.Turn)
	}
}

// What is there is not said to be missing, and what was seen is kept with the turn.
func TestNothingIsToldOfWhatIsThere(t *testing.T) {
	seed := uint64(5)
	c := newSeeing(t, Options{Seed: &seed, Steps: 20, Guidance: 4.5})
	for _, said := range []string{"a woman's face with blond hair", "make her hair red", "give her glasses"} {
		if a := say(t, c, said); a.Doubt != nil || c.Pending != nil {
			t.Errorf("%q: %s", said, a.Doubt.Text)
		}
	}
	s, err := c.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"blond", "red", "red"} {
		if seen := s.Turns[i].Seen["people.hair"]; len(seen) == 0 || seen[0] != want {
			t.Errorf("turn %d was seen to have %v hair, want %s", i+1, seen, want)
		}
	}
}

// Where nobody can tell what a picture shows, it is told that an edit changed
// nothing where it acts.
func TestUnchangedIsTold(t *testing.T) {
	c := newConversation(t, full{session.NewMemory()}) // so that there is no picture to compare with
	for change, told := range map[float64]bool{leastChange / 2: true, leastChange * 2: false} {
		a := &Answer{Source: &session.Turn{}, Drawing: &jobs.Result{Change: &change}}
		c.look(t.Context(), a, &dialogue.Plan{})
		if (a.Doubt != nil) != told {
			t.Errorf("of a change of %g it is told: %+v", change, a.Doubt)
		}
	}
}

func TestDoubts(t *testing.T) {
	woman := "a woman's face with blond hair"
	for name, tt := range map[string]struct {
		source       string // "" for none
		before, seen judge.Seen
		plan         dialogue.Plan
		want         string
		choices      []string
	}{
		"a thing is missing": {seen: judge.Seen{"landscapes.boat": {"no"}}, plan: dialogue.Plan{Prompt: "a lake with a boat"},
			want: "I drew it, but I see no boat. Again with another seed?", choices: []string{sayAgain}},
		"it may be there": {seen: judge.Seen{"landscapes.boat": {"no", "yes"}}, plan: dialogue.Plan{Prompt: "a lake with a boat"}},
		"two are missing": {seen: judge.Seen{"people.glasses": {"none"}, "people.hair": {"blond", "white"}}, plan: dialogue.Plan{Prompt: "a man with glasses and green hair"},
			want: "I drew it, but I see no glasses and the hair looks blond, not green. Again with another seed?", choices: []string{sayAgain}},
		"an edit is not seen": {source: woman, seen: judge.Seen{"people.hair": {"blond"}}, plan: dialogue.Plan{Prompt: "a woman's face with red hair"},
			want: "I drew it, but the hair looks blond, not red. Stronger, or again with another seed?", choices: []string{sayStronger, sayAgain}},
		"what the source lacked is not told again": {source: woman, seen: judge.Seen{"people.hair": {"white"}, "people.glasses": {"glasses"}},
			plan: dialogue.Plan{Prompt: woman + " and glasses"}},
		"it is still there": {source: woman + " and glasses", seen: judge.Seen{"people.glasses": {"glasses"}},
			plan: dialogue.Plan{Prompt: woman, Ops: []dialogue.Op{{Kind: dialogue.Remove}}},
			want: "I drew it, but I still see the glasses. Again with another seed?", choices: []string{sayAgain}},
		"something got lost": {source: woman + " and a hat", before: judge.Seen{"people.hat": {"yes"}}, seen: judge.Seen{"people.hat": {"no"}, "people.glasses": {"glasses"}},
			plan: dialogue.Plan{Prompt: woman + ", glasses and a hat"},
			want: "I drew it, but the hat is gone. Undo it, or draw it again with another seed?", choices: []string{sayUndo, sayAgain}},
		"a hat hides hair": {source: woman, before: judge.Seen{"people.hair": {"blond"}}, seen: judge.Seen{"people.hair": {"brown"}, "people.hat": {"yes"}},
			plan: dialogue.Plan{Prompt: woman + " and a hat"}},
		"stronger is not seen either": {source: woman + " and glasses", seen: judge.Seen{"people.glasses": {"none"}},
			plan: dialogue.Plan{Prompt: woman + " and glasses", Ops: []dialogue.Op{{Kind: dialogue.Reweight, Factor: 1.5, Target: recipe.Span{Start: 35, End: 42}}}},
			want: "I drew it, but I see no glasses. Stronger, or again with another seed?", choices: []string{sayStronger, sayAgain}},
	} {
		a := &Answer{Turn: session.Turn{Seen: tt.seen}, Drawing: &jobs.Result{}}
		if tt.source != "" {
			a.Source = &session.Turn{Recipe: recipe.Turn{Prompt: tt.source}, Seen: tt.before}
		}
		got := dialogue.Question{}
		if doubt := doubtOf(a, &tt.plan); doubt != nil {
			got = *doubt
		}
		if got.Text != tt.want || !slices.Equal(got.Choices, tt.choices) {
			t.Errorf("%s: %q %v, want %q %v", name, got.Text, got.Choices, tt.want, tt.choices)
		}
	}
}
