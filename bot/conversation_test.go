package bot

import (
	"bytes"
	"context"
	"errors"
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

// full is a store that has no room for pictures.
type full struct{ session.Store }

func (full) PutBlob(context.Context, session.Key, []byte) (string, error) {
	return "", session.ErrDiskFull
}

// forgetful is a store that has lost its pictures.
type forgetful struct{ session.Store }

func (forgetful) GetBlob(context.Context, session.Key, string) ([]byte, error) {
	return nil, session.ErrNoSuchBlob
}

var testKey = session.Key{User: "ann", Place: "test"}

// newConversation is one that the store keeps, with an engine of its own.
func newConversation(t *testing.T, store session.Store) *Conversation {
	t.Helper()
	c, _ := newConversationWith(t, store)
	return c
}

// newConversationWith returns the engine too.
func newConversationWith(t *testing.T, store session.Store) (*Conversation, *editor.Engine) {
	t.Helper()
	model := pockettest.Open(t)
	engine := editor.New(model)
	queue := jobs.NewLocal(t.Context(), jobs.Options{}, jobs.Worker{Name: "worker", Engine: drawer.New(engine), Drain: time.Millisecond})
	t.Cleanup(func() {
		if err := queue.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Conversation{
		Key: testKey, Store: store, Planner: Grammar{dialogue.New()}, Model: ModelOf(model), Queue: queue,
		Clock: Clock{Now: time.Now, Seed: func() uint64 { return 5 }}, Options: Options{Steps: 4, Guidance: 4.5},
	}, engine
}

func say(t *testing.T, c *Conversation, utterance string) *Answer {
	t.Helper()
	return sayAs(t, c, Request{}, utterance)
}

// sayAs says it as the request has it.
func sayAs(t *testing.T, c *Conversation, r Request, utterance string) *Answer {
	t.Helper()
	a, err := c.Say(t.Context(), r, utterance)
	if err != nil {
		t.Fatalf("%q: %v", utterance, err)
	}
	return a
}

// TestSayGoesToPicturesBesideTheWay: what was said of a picture finds it on a way
// that was left, and "undo" after a new picture goes back to the one before it.
func TestSayGoesToPicturesBesideTheWay(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	for _, said := range []string{"a woman's face with blond hair", "add a hat", "undo", "add glasses"} {
		say(t, c, said)
	}
	if got := say(t, c, "the one with the hat").Turn.ID; got != 2 {
		t.Errorf("the one with the hat is turn %d, want 2", got)
	}
	if got := say(t, c, "the one with glasses").Turn.ID; got != 3 {
		t.Errorf("the one with glasses is turn %d, want 3", got)
	}
	if got := say(t, c, "new picture: a river between mountains").Turn.ID; got != 4 {
		t.Errorf("the new picture is turn %d, want 4", got)
	}
	if got := say(t, c, "undo").Turn.ID; got != 3 {
		t.Errorf("undoing the new picture goes to turn %d, want 3", got)
	}
}

func TestSayDrawsEditsAndGoesBack(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	first := say(t, c, "a woman's face with blond hair")
	if first.Turn.ID != 1 || first.Source != nil || first.Turn.Settings.Seed != 5 || first.Turn.Edit != "" {
		t.Errorf("the first picture is %+v", first.Turn)
	}
	second := say(t, c, "make her hair red")
	if second.Turn.Parent != 1 || second.Turn.Edit != "blond → red" || second.Source == nil || !second.Drawing.Traced {
		t.Errorf("the edit is %+v", second.Turn)
	}
	back := say(t, c, "undo")
	if back.Turn.ID != 1 || !bytes.Equal(back.Picture.Bytes(), first.Picture.Bytes()) || back.Drawing != nil {
		t.Errorf("undo gave turn %d", back.Turn.ID)
	}
	if again := say(t, c, "redo"); again.Turn.ID != 2 || !bytes.Equal(again.Picture.Bytes(), second.Picture.Bytes()) {
		t.Errorf("redo gave turn %d", again.Turn.ID)
	}
	if _, err := c.Revert(t.Context(), Request{}, 2); !errors.Is(err, session.ErrNothingToUndo) {
		t.Errorf("two turns back of one: %v", err)
	}
}

// An edit after an undo in one breath is one of the picture that is gone back to,
// and what means nothing after it leaves the undo.
func TestUndoAndEditInOneBreath(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	red := say(t, c, "make her hair red")
	say(t, c, "add glasses")
	blue := say(t, c, "undo that and make the background blue")
	if blue.Turn.Parent != red.Turn.ID || blue.Turn.Recipe.Prompt != "a woman's face with red hair on a blue background" || blue.Turn.Edit != "+ blue background" {
		t.Errorf("the edit is %+v", blue.Turn)
	}
	if back := say(t, c, "undo that, then frobnicate"); back.Turn.ID != red.Turn.ID {
		t.Errorf("went to turn %d", back.Turn.ID)
	}
}

// A question is answered in words, and draws nothing.
func TestQuestionIsAnswered(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	if a := say(t, c, "what can you draw?"); !a.Picture.None() || a.Question != nil || len(a.Notices) != 1 {
		t.Errorf("the answer is %+v", a)
	}
	if s, err := c.Session(t.Context()); err != nil || len(s.Turns) != 1 {
		t.Errorf("the session has %d turns, %v", len(s.Turns), err)
	}
}

func TestNothingIsPretended(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	if _, err := c.Revert(t.Context(), Request{}, 1); !errors.Is(err, ErrNothingDrawn) {
		t.Errorf("revert before the first picture: %v", err)
	}
	if _, err := c.Weight(t.Context(), Request{}, "hair", 2); !errors.Is(err, ErrNothingDrawn) {
		t.Errorf("weight before the first picture: %v", err)
	}
	say(t, c, "a woman's face with blond hair")
	if a := say(t, c, "xyzzy plugh"); a.Question == nil || !a.Picture.None() {
		t.Errorf("gibberish was answered with a picture")
	}
	if _, err := c.Weight(t.Context(), Request{}, "zebra", 2); !errors.Is(err, editor.ErrNoSuchWord) {
		t.Errorf("weight of a word that is not there: %v", err)
	}
	same, err := c.Weight(t.Context(), Request{}, "hair", 1)
	if err != nil {
		t.Fatal(err)
	}
	if same.Doubt == nil || !strings.Contains(same.Doubt.Text, "same as before") {
		t.Errorf("of an edit without effect it is said: %+v", same.Doubt)
	}
}

func TestCancelledTurnLeavesTheSession(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := c.Say(ctx, Request{Watch: func(jobs.Event) { cancel() }}, "make her hair red")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	s, err := c.Session(t.Context())
	if err != nil || len(s.Turns) != 1 || s.Head != 1 {
		t.Errorf("the session has %d turns (%v)", len(s.Turns), err)
	}
}

func TestLostPictureIsDrawnAgain(t *testing.T) {
	store := session.NewMemory()
	c, engine := newConversationWith(t, store)
	first := say(t, c, "a woman's face with blond hair")
	c.Store = forgetful{store}
	engine.Forget()
	say(t, c, "make her hair red")
	back, err := c.Revert(t.Context(), Request{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Picture.Bytes(), first.Picture.Bytes()) {
		t.Error("the picture that was drawn again is another one")
	}
}

func TestPictureThatWasDrawnAgainIsKept(t *testing.T) {
	store := session.NewMemory()
	c := newConversation(t, store)
	first := say(t, c, "a woman's face with blond hair")
	s, err := c.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.Key.Place = "where no picture is kept"
	if got, err := c.Picture(t.Context(), s, 1); err != nil || !bytes.Equal(got.Bytes(), first.Picture.Bytes()) {
		t.Errorf("Picture: %v", err)
	}
	if got, err := store.GetBlob(t.Context(), c.Key, first.Turn.Picture); err != nil || !bytes.Equal(got, first.Picture.Bytes()) {
		t.Errorf("the picture that was drawn again is not kept: %v", err)
	}
}

func TestAttentionBelongsToTheHead(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	answer, err := c.Attention(t.Context(), Request{}, "HAIR")
	if err != nil {
		t.Fatal(err)
	}
	heat := answer.Heat
	if heat.Word != "hair" || len(heat.Map) != heat.Width*heat.Height || heat.Turn.ID != 1 {
		t.Errorf("got %q, %d values of %d×%d", heat.Word, len(heat.Map), heat.Width, heat.Height)
	}
	if _, err := c.Attention(t.Context(), Request{}, "beard"); !errors.Is(err, editor.ErrNoSuchWord) {
		t.Errorf("got %v", err)
	}
}

func TestFullDiskCostsThePictureNotTheTurn(t *testing.T) {
	c := newConversation(t, full{session.NewMemory()})
	first := say(t, c, "a woman's face with blond hair")
	if first.Turn.ID != 1 || len(first.Picture.Bytes()) == 0 || !strings.Contains(strings.Join(first.Notices, " "), "disk is full") {
		t.Errorf("turn %d, %d bytes, notices %q", first.Turn.ID, len(first.Picture.Bytes()), first.Notices)
	}
	if second := say(t, c, "make her hair red"); second.Turn.Parent != 1 {
		t.Errorf("the edit hangs on turn %d", second.Turn.Parent)
	}
}

func TestSpeakingOfAnOlderPicture(t *testing.T) {
	store := session.NewMemory()
	c := newConversation(t, store)
	say(t, c, "a woman's face with blond hair")
	say(t, c, "make her hair red")
	ofTheFirst := Request{Author: "bob", Event: "message-7", Turn: 1}
	branch := sayAs(t, c, ofTheFirst, "make her hair black")
	if branch.Turn.ID != 3 || branch.Turn.Parent != 1 || branch.Turn.Author != "bob" {
		t.Errorf("the branch is %+v", branch.Turn)
	}
	if twice := sayAs(t, c, ofTheFirst, "make her hair black"); twice.Turn.ID != 3 || twice.Drawing != nil {
		t.Errorf("the message delivered twice made turn %d", twice.Turn.ID)
	}
	back, err := c.Revert(t.Context(), Request{Turn: 2}, 1)
	if err != nil || back.Turn.ID != 1 {
		t.Errorf("undoing turn 2 gave %+v (%v)", back, err)
	}
}

func TestForbiddenPromptIsNotDrawn(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	no := errors.New("no")
	_, err := c.Imagine(t.Context(), Request{Allow: func(string) error { return no }}, "a river", nil)
	if !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
	if s, err := c.Session(t.Context()); err != nil || len(s.Turns) != 0 {
		t.Errorf("the session has turns (%v)", err)
	}
}
