package bot

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/models/pocket/pockettest"
	"pentimento/session"
)

// newSeveral is a conversation that may draw with the bundled model, pocket, and with
// one that takes any size, roomy.
func newSeveral(t *testing.T) (*Conversation, *drawer.Shelf) {
	t.Helper()
	pocket, roomy := pockettest.Open(t), pockettest.OpenAnySize(t)
	shelf := &drawer.Shelf{}
	shelf.Add(pocket.Digest(), func(context.Context) (drawer.Drawer, io.Closer, error) {
		return drawer.New(editor.New(pocket)), io.NopCloser(nil), nil
	})
	shelf.Add(roomy.Digest(), func(context.Context) (drawer.Drawer, io.Closer, error) {
		return drawer.New(editor.New(roomy)), io.NopCloser(nil), nil
	})
	queue := jobs.NewLocal(t.Context(), jobs.Options{}, jobs.Worker{Name: "worker", Engine: shelf, Models: shelf.Models(), Drain: time.Millisecond})
	t.Cleanup(func() {
		if err := errors.Join(queue.Close(), shelf.Close()); err != nil {
			t.Error(err)
		}
	})
	first, second := ModelOf(pocket), ModelOf(roomy)
	first.Steps, first.Guidance, second.Steps, second.Guidance = 4, 4.5, 3, 2
	second.Name, second.Words, second.known = "roomy", nil, nil // it knows all words
	return &Conversation{
		Key: testKey, Store: session.NewMemory(), Planner: Grammar{dialogue.New()}, Model: first, Others: []Model{second}, Queue: queue,
		Clock: Clock{Now: time.Now, Seed: func() uint64 { return 5 }}, Options: Options{Steps: 4, Guidance: 4.5},
	}, shelf
}

// A new picture is drawn with the model that is chosen, with its steps and guidance
// where none are set; an edit with that of the picture that it edits.
func TestModelIsChosenForNewPictures(t *testing.T) {
	c, _ := newSeveral(t)
	pocket, roomy := c.Model.Digest, c.Others[0].Digest
	want := func(a *Answer, model string, steps int) {
		t.Helper()
		if got := a.Turn.Settings; got.Model != model || got.Steps != steps {
			t.Errorf("drawn with %.12s in %d steps; want %.12s, %d", got.Model, got.Steps, model, steps)
		}
	}
	want(say(t, c, "a woman's face with blond hair"), pocket, 4)
	a, err := c.Imagine(t.Context(), Request{}, "a man's face with a hat", map[string]string{"model": "Roomy"})
	if err != nil {
		t.Fatal(err)
	}
	want(a, roomy, 3)
	want(say(t, c, "make the hat red"), roomy, 3)

	a = say(t, c, "use model pocket")
	if len(a.Notices) != 1 || a.Notices[0] != "model is now pocket from the next new picture on." {
		t.Errorf("notices %q", a.Notices)
	}
	say(t, c, "use the roomy model")
	want(say(t, c, "undo"), roomy, 3)
	if a, err = c.Goto(t.Context(), Request{}, 1); err != nil {
		t.Fatal(err)
	}
	want(a, pocket, 4)
	want(say(t, c, "make her hair red"), pocket, 4)
	want(say(t, c, "new picture: a landscape with a castle"), roomy, 3)
	want(say(t, c, "redraw with another seed"), roomy, 3)

	c.Options.Steps = 2 // the user's own
	want(say(t, c, "new picture: a landscape with a lake"), roomy, 2)
}

// The words that are refused are those that the chosen model does not know.
func TestWordsOfTheChosenModel(t *testing.T) {
	c, _ := newSeveral(t)
	unknown := func(a *Answer) bool {
		return a.Question != nil || strings.Contains(strings.Join(a.Notices, " "), "doesn't know")
	}
	if a := say(t, c, "a photo of a submarine"); !unknown(a) {
		t.Errorf("pocket draws a submarine: %+v", a.Notices)
	}
	c.Pending = nil
	say(t, c, "a woman's face with blond hair")
	say(t, c, "use model roomy")
	if a := say(t, c, "new picture: a photo of a submarine"); unknown(a) || a.Turn.Settings.Model != c.Others[0].Digest {
		t.Errorf("roomy does not draw a submarine: %+v, %+v", a.Question, a.Notices)
	}
}

// A name that no model has is answered with those that there are.
func TestUnknownModel(t *testing.T) {
	c, _ := newSeveral(t)
	_, err := c.Imagine(t.Context(), Request{}, "a cat", map[string]string{"model": "sdxl"})
	for _, err := range []error{err, c.Set("model", "sdxl")} {
		if p := ProblemOf(err); p == nil || p.Sentence() != `There is no model "sdxl" here: use pocket, roomy.` {
			t.Errorf("got %v", err)
		}
	}
	if c.Options.Model != "" {
		t.Errorf("the model is %q", c.Options.Model)
	}
	if a := say(t, c, "which models are there?"); len(a.Notices) != 1 || !strings.Contains(a.Notices[0], `"pocket" and "roomy"`) {
		t.Errorf("notices %q, question %v", a.Notices, a.Question)
	}
}

// A turn whose model is not here any more can be looked at while its picture is kept;
// everything that has to draw with it says so, and a new picture is drawn.
func TestModelIsGone(t *testing.T) {
	c, _ := newSeveral(t)
	a, err := c.Imagine(t.Context(), Request{}, "a woman's face with blond hair", map[string]string{"model": "roomy"})
	if err != nil {
		t.Fatal(err)
	}
	gone := a.Turn.Settings.Model[:12]
	c.Others = nil
	_, editing := c.Say(t.Context(), Request{}, "make her hair red")
	_, weighing := c.Weight(t.Context(), Request{}, "hair", 2)
	_, looking := c.Attention(t.Context(), Request{}, "hair")
	lost := *c
	lost.Store = forgetful{c.Store}
	_, redrawing := lost.Restart(t.Context(), Request{})
	for what, err := range map[string]error{"edit": editing, "weight": weighing, "attention": looking, "redraw": redrawing} {
		p := ProblemOf(err)
		if p == nil || p.Kind != Invalid || !strings.Contains(p.Text, gone) || !strings.Contains(p.Text, "Start a new picture") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := c.Restart(t.Context(), Request{}); err != nil {
		t.Errorf("look at it: %v", err)
	}
	if a := say(t, c, "new picture: a man's face"); a.Turn.Settings.Model != c.Model.Digest {
		t.Errorf("drawn with %s", a.Turn.Settings.Model)
	}
}

// What is shared or exported of a model goes on with it.
func TestCopiesStayWithTheirModel(t *testing.T) {
	c, _ := newSeveral(t)
	a, err := c.Imagine(t.Context(), Request{}, "a woman's face with blond hair", map[string]string{"model": "roomy", "size": "96x64"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(files.JSON), "roomy") {
		t.Errorf("the recipe does not name its model: %s", files.JSON)
	}
	code, err := c.Share(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	other := *c
	other.Key.User = "bob"
	forked, err := other.Fork(t.Context(), Request{}, code)
	if err != nil || forked.Turn.Settings.Model != a.Turn.Settings.Model {
		t.Fatalf("fork: %v", err)
	}
	other.Key.User = "cid"
	imported, err := other.Import(t.Context(), Request{}, files.JSON)
	if err != nil || imported.Turn.Picture != a.Turn.Picture {
		t.Fatalf("import: %v", err)
	}
}
