package bot

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pentimento/dialogue"
	"pentimento/session"
)

// TestTwelveTurnsInRoom: twelve additions to a portrait, more than the bundled model
// reads. Every word that is said is in the prompt and is read; where something has
// to go, the user says what.
func TestTwelveTurnsInRoom(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	c.Options.Steps = 2
	asked := 0
	for _, turn := range []struct{ said, word string }{
		{"a woman with long brown hair", "brown"},
		{"make her hair curly", "curly"},
		{"give her glasses", "glasses"},
		{"add earrings", "earrings"},
		{"put a red hat on her", "hat"},
		{"give her freckles", "freckles"},
		{"make her smile", "smile"},
		{"she should wear a green sweater", "sweater"},
		{"put her on a blue background", "background"},
		{"give her blue eyes", "eyes"},
		{"add a white house", "house"},
		{"add a castle", "castle"},
		{"add a boat", "boat"},
	} {
		a := say(t, c, turn.said)
		if a.Question != nil {
			asked++
			if a.Question.Kind != dialogue.NoRoom || !a.Picture.None() || slices.ContainsFunc(a.Question.Choices, func(o string) bool { return strings.Contains(o, turn.word) }) {
				t.Fatalf("%q is answered with %+v", turn.said, a.Question)
			}
			a = say(t, c, "1")
		}
		if a.Drawing == nil || len(a.Drawing.Dropped) > 0 || !strings.Contains(a.Turn.Recipe.Prompt, turn.word) {
			t.Fatalf("%q draws %q without %q", turn.said, a.Turn.Recipe.Prompt, a.Drawing.Dropped)
		}
	}
	if asked == 0 {
		t.Error("there was room for everything")
	}
}

// TestNewPictureInRoom: a new picture by command, too, is not drawn without its
// end unless its user wants that. What was wished for it holds when the question is
// answered.
func TestNewPictureInRoom(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	c.Options.Steps = 1
	long := "a house with a tree by a lake with a boat, a castle on hills between mountains, a rabbit on grass, a dog on a road, a cat on a sofa and a bird in a cloudy sky"
	a, err := c.Imagine(t.Context(), Request{}, long, map[string]string{"negative": "rain"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Question == nil || a.Question.Kind != dialogue.NoRoom || c.Pending != a.Question || len(a.Question.Choices) == 0 {
		t.Fatalf("the answer is %+v", a)
	}
	if a = say(t, c, a.Question.Choices[0]); a.Drawing == nil || len(a.Drawing.Dropped) > 0 || a.Turn.Parent != 0 || c.Pending != nil {
		t.Errorf("the choice draws %+v", a)
	}
	if a.Turn.Settings.Negative != "rain" {
		t.Errorf("the choice is drawn with %+v", a.Turn.Settings)
	}
}

// TestImportedPromptsReplay: a recipe with a prompt that is too long gives the picture
// that it always gave, and says what of it is not read.
func TestImportedPromptsReplay(t *testing.T) {
	ann := newConversation(t, session.NewMemory())
	ann.Options.Steps = 2
	s, err := ann.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	long := "a woman with long curly brown hair, glasses, earrings, a red hat, freckles, a smile, a green sweater and blue eyes on a blue background with clouds and a castle"
	drawn, err := ann.draw(t.Context(), Request{}, s, long, &dialogue.Plan{Action: dialogue.Imagine, Prompt: long}, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := ann.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	bob := newConversation(t, session.NewMemory())
	got, err := bob.Import(t.Context(), Request{}, files.JSON)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Picture.Bytes(), drawn.Picture.Bytes()) || got.Turn.Recipe.Prompt != long {
		t.Errorf("the import is %q", got.Turn.Recipe.Prompt)
	}
	if !slices.ContainsFunc(drawn.Notices, func(n string) bool { return strings.Contains(n, "Left out") }) {
		t.Errorf("the notices are %q", drawn.Notices)
	}
	// An edit of it leaves out what was never read, and says so.
	edit := say(t, bob, "make the hat yellow")
	if edit.Drawing == nil || len(edit.Drawing.Dropped) > 0 || !strings.Contains(strings.Join(edit.Notices, " "), "never had room") {
		t.Errorf("the edit has %q, %+v", edit.Notices, edit.Question)
	}
}
