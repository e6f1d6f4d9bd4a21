package bot

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"slices"
	"sync"
	"testing"
	"time"

	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/session"
)

// withWorker has the conversation's pictures drawn by a worker, with the
// conversation's engine.
func withWorker(t *testing.T, c *Conversation) (*Conversation, *jobs.Memory) {
	t.Helper()
	queue := jobs.NewMemory(jobs.Options{})
	worker := &jobs.Worker{Name: "worker", Source: queue, Engine: Drawer{c.engine}, Drain: time.Millisecond}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, queue.Close()); err != nil {
			t.Error(err)
		}
	})
	return c.WithQueue(queue), queue
}

// A picture by way of a queue is the picture, with all that is said about it.
func TestQueueDrawsTheSame(t *testing.T) {
	here := newConversation(t, session.NewMemory())
	there, _ := withWorker(t, newConversation(t, session.NewMemory()))
	for i, utterance := range []string{"a woman's face with blond hair", "make her hair red"} {
		event := "event" + utterance[:1]
		want, got := say(t, here, utterance), say(t, there.With(Asked{Event: event}), utterance)
		if !bytes.Equal(got.PNG, want.PNG) || got.Turn.ID != i+1 || !slices.Equal(got.Notices, want.Notices) || got.Drawing.Rows != want.Drawing.Rows {
			t.Errorf("%q: turn %+v, %q, want %+v, %q", utterance, got.Turn, got.Notices, want.Turn, want.Notices)
		}
	}
	want, err := here.Attention(t.Context(), "hair")
	if err != nil {
		t.Fatal(err)
	}
	got, err := there.With(Asked{Event: "heat"}).Attention(t.Context(), "hair")
	if err != nil || !slices.Equal(got.Map, want.Map) || got.Width != want.Width || !bytes.Equal(got.PNG, want.PNG) {
		t.Errorf("the attention of another process differs (%v)", err)
	}
}

// One process asks and ends, two others go on with what it left: the turn is
// kept once, and both can show it.
func TestResume(t *testing.T) {
	store := session.NewMemory()
	c, queue := withWorker(t, newConversation(t, store))
	ctx, leave := context.WithCancelCause(t.Context())
	_, err := c.With(Asked{Event: "e", Author: "bob", Memo: []byte(`"to show"`)}).Say(ctx, "a woman's face with blond hair", func(jobs.Event) { leave(jobs.ErrDetached) })
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
			a, err := c.With(Asked{Event: "e"}).Resume(t.Context(), left[0].Job, nil)
			if err != nil || a.Turn.ID != 1 || a.Turn.Author != "bob" || len(a.PNG) == 0 {
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
	if a, err := c.With(Asked{Event: "e"}).Say(t.Context(), "a woman's face with blond hair", nil); err != nil || a.Turn.ID != 1 || a.Drawing != nil {
		t.Errorf("the message delivered again: %+v, %v", a, err)
	}
	noTurn := left[0].Job
	noTurn.Memo = []byte(`{"turn":{"event":"another"}}`)
	if _, err := c.Resume(t.Context(), noTurn, nil); !errors.Is(err, jobs.ErrInvalid) {
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
	c, queue := withWorker(t, newConversation(t, store))
	if _, err := c.With(Asked{Event: "e"}).Say(t.Context(), "a woman's face with blond hair", nil); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("with a store that is away: %v", err)
	}
	left, err := queue.Outstanding(t.Context())
	if err != nil || len(left) != 1 {
		t.Fatalf("%d are outstanding, %v", len(left), err)
	}
	store.err = nil
	if a, err := c.With(Asked{Event: "e"}).Resume(t.Context(), left[0].Job, nil); err != nil || a.Turn.ID != 1 {
		t.Errorf("when it is back: %+v, %v", a, err)
	}
	store.err = session.ErrFull
	if _, err := c.With(Asked{Event: "f"}).Say(t.Context(), "make her hair red", nil); !errors.Is(err, session.ErrFull) {
		t.Errorf("a full session: %v", err)
	}
	if left, err := queue.Outstanding(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%d are outstanding, %v", len(left), err)
	}
}

// Previews are small, not too many, and only for those who want them.
func TestPreviews(t *testing.T) {
	drawn := 0
	step := func(n int, err error) editor.Progress {
		return editor.Progress{Step: n, Steps: 4, Preview: func(context.Context) (*image.NRGBA, error) {
			drawn++
			return image.NewNRGBA(image.Rect(0, 0, 1024, 512)), err
		}}
	}
	now := func() *previews { return &previews{wanted: true, next: time.Now().Add(-time.Second)} }
	for name, none := range map[string]func() []byte{
		"nobody watches":    func() []byte { return (&previews{next: time.Now().Add(-time.Second)}).of(t.Context(), step(1, nil)) },
		"the first step":    func() []byte { return (&previews{wanted: true}).of(t.Context(), step(1, nil)) },
		"the last step":     func() []byte { return now().of(t.Context(), step(4, nil)) },
		"an engine without": func() []byte { return now().of(t.Context(), editor.Progress{Step: 1, Steps: 4}) },
		"right after another": func() []byte {
			p := now()
			if p.of(t.Context(), step(1, nil)) == nil {
				t.Error("there was no preview")
			}
			drawn--
			return p.of(t.Context(), step(2, nil))
		},
	} {
		if none() != nil || drawn != 0 {
			t.Errorf("%s: a preview was drawn", name)
		}
	}
	if now().of(t.Context(), step(1, errors.New("no"))) != nil {
		t.Error("a preview that failed was sent")
	}
	data := now().of(t.Context(), step(1, nil))
	size, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width != previewSide || size.Height != previewSide/2 || len(data) > jobs.MaxPreviewBytes {
		t.Errorf("a preview of %d×%d, %d bytes, %v", size.Width, size.Height, len(data), err)
	}
}
