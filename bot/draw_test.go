package bot

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"pentimento/jobs"
	"pentimento/recipe"
	"pentimento/session"
)

// A picture is the same whether its message has an identity, as on Discord, or
// none, as in a terminal.
func TestEventsChangeNoPicture(t *testing.T) {
	here, there := newConversation(t, session.NewMemory()), newConversation(t, session.NewMemory())
	for i, utterance := range []string{"a woman's face with blond hair", "make her hair red"} {
		event := "event" + utterance[:1]
		want, got := say(t, here, utterance), sayAs(t, there, Request{Event: event}, utterance)
		if !bytes.Equal(got.Picture.Bytes(), want.Picture.Bytes()) || got.Turn.ID != i+1 || !slices.Equal(got.Notices, want.Notices) || got.Drawing.Rows != want.Drawing.Rows {
			t.Errorf("%q: turn %+v, %q, want %+v, %q", utterance, got.Turn, got.Notices, want.Turn, want.Notices)
		}
	}
	want, err := here.Attention(t.Context(), Request{}, "hair")
	if err != nil {
		t.Fatal(err)
	}
	got, err := there.Attention(t.Context(), Request{Event: "heat"}, "hair")
	if err != nil || !slices.Equal(got.Heat.Map, want.Heat.Map) || got.Heat.Width != want.Heat.Width || !bytes.Equal(got.Heat.Picture.Bytes(), want.Heat.Picture.Bytes()) {
		t.Errorf("the attention of another process differs (%v)", err)
	}
}

// Edits begin where their presets say, of pictures with steps enough; what the user
// sets acts on any.
func TestEditsBeginWhereTheirPresetsSay(t *testing.T) {
	appearance, _ := recipe.PresetNamed("appearance")
	set, own := .5, strings.Repeat("0a", 32)
	for _, test := range []struct {
		steps   int
		picture string
		start   *float64
		want    float64
	}{
		{recipe.StartSteps, "", nil, appearance.Start},
		{recipe.StartSteps - 1, "", nil, 0},
		{2, "", &set, set},
		{recipe.StartSteps, own, nil, recipe.PictureStart},
		{recipe.StartSteps - 1, own, nil, 0},
		{recipe.StartSteps, own, &set, set},
	} {
		c := newConversation(t, session.NewMemory())
		c.Options.Steps, c.Options.Start = test.steps, test.start
		s := &session.Session{Key: testKey}
		first := session.Turn{Settings: recipe.Settings{Model: c.Model.Digest, Steps: test.steps, Guidance: 4, Picture: test.picture}, Recipe: recipe.Turn{Prompt: "blond hair"}}
		if _, err := s.Add(first); err != nil {
			t.Fatal(err)
		}
		turn, chain, err := c.turnOf(Request{}, s, "make it red", edit("appearance"), c.Options.turnOf(edit("appearance")))
		if err != nil || turn.Recipe.Start != test.want || chain.Turns[1].Start != test.want || chain.Version != chain.Earliest() {
			t.Errorf("%d steps: the edit begins at %v, %v; want %v", test.steps, turn.Recipe.Start, err, test.want)
		}
	}
}

// One process asks and ends, two others go on with what it left: the turn is
// kept once, and both can show it.
func TestResume(t *testing.T) {
	store := session.NewMemory()
	c := newConversation(t, store)
	queue := c.Queue
	ctx, leave := context.WithCancelCause(t.Context())
	_, err := c.Say(ctx, Request{
		Event: "e", Author: "bob", Memo: []byte(`"to show"`), Watch: func(jobs.Event) { leave(jobs.ErrDetached) },
	}, "a woman's face with blond hair")
	if !errors.Is(err, jobs.ErrDetached) {
		t.Fatalf("left: %v", err)
	}
	left, err := queue.Outstanding(t.Context())
	if err != nil || len(left) != 1 {
		t.Fatalf("%d are outstanding, %v", len(left), err)
	}
	memo, ok := ReadMemo(left[0].Job)
	if !ok || string(memo.Asker) != `"to show"` || memo.Turn.Author != "bob" {
		t.Fatalf("the memo is %+v", memo)
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			a, err := c.Resume(t.Context(), Request{Event: "e"}, left[0].Job)
			if err != nil || a.Turn.ID != 1 || a.Turn.Author != "bob" || len(a.Picture.Bytes()) == 0 {
				t.Errorf("resumed: %+v, %v", a, err)
			}
		})
	}
	both.Wait()
	if s, err := store.Load(t.Context(), testKey); err != nil || len(s.Turns) != 1 {
		t.Errorf("%d turns, %v", len(s.Turns), err)
	}
	if left, err := queue.Outstanding(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d are outstanding, %v", len(left), err)
	}
	if a, err := c.Say(t.Context(), Request{Event: "e"}, "a woman's face with blond hair"); err != nil || a.Turn.ID != 1 || a.Drawing != nil {
		t.Errorf("the message delivered again: %+v, %v", a, err)
	}
	noTurn := left[0].Job
	noTurn.Memo = []byte(`{"turn":{"event":"another"}}`)
	if _, err := c.Resume(t.Context(), Request{}, noTurn); !errors.Is(err, jobs.ErrInvalid) {
		t.Errorf("a memo of another job: %v", err)
	}
}

// broken is a store that fails to keep turns.
type broken struct {
	session.Store
	err error
}

func (b *broken) Update(ctx context.Context, key session.Key, change func(*session.Session) error) (*session.Session, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.Store.Update(ctx, key, change)
}

// A picture that cannot be kept now stays in the queue until it can; one that
// never can be does not.
func TestStoreAwayWhenThePictureIsThere(t *testing.T) {
	store := &broken{session.NewMemory(), session.ErrUnavailable}
	c := newConversation(t, store)
	queue := c.Queue
	if _, err := c.Say(t.Context(), Request{Event: "e"}, "a woman's face with blond hair"); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("with a store that is away: %v", err)
	}
	left, err := queue.Outstanding(t.Context())
	if err != nil || len(left) != 1 {
		t.Fatalf("%d are outstanding, %v", len(left), err)
	}
	store.err = nil
	if a, err := c.Resume(t.Context(), Request{Event: "e"}, left[0].Job); err != nil || a.Turn.ID != 1 {
		t.Errorf("when it is back: %+v, %v", a, err)
	}
	store.err = session.ErrFull
	if _, err := c.Say(t.Context(), Request{Event: "f"}, "make her hair red"); !errors.Is(err, session.ErrFull) {
		t.Errorf("a full session: %v", err)
	}
	if left, err := queue.Outstanding(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d are outstanding, %v", len(left), err)
	}
}
