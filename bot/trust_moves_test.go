package bot

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"

	"pentimento/bot/gate"
	"pentimento/jobs"
	"pentimento/session"
)

// forgotten is a store that has lost its pictures when it is asked to.
type forgotten struct {
	session.Store
	lost bool
}

func (f *forgotten) GetBlob(ctx context.Context, key session.Key, digest string) ([]byte, error) {
	if f.lost {
		return nil, session.ErrNoSuchBlob
	}
	return f.Store.GetBlob(ctx, key, digest)
}

// cancelling is a queue to which a job is cancelled as soon as it is submitted.
type cancelling struct {
	jobs.Queue
	cancel context.CancelFunc
}

func (q cancelling) Submit(ctx context.Context, job jobs.Job) (jobs.Ticket, error) {
	ticket, err := q.Queue.Submit(ctx, job)
	q.cancel()
	return ticket, err
}

// A move whose picture is cancelled while it is drawn again, or may not be shown,
// changes nothing, as its user is told.
func TestTrust12MovesThatAreCancelledChangeNothing(t *testing.T) {
	store := &forgotten{Store: session.NewMemory()}
	c := newConversation(t, store)
	say(t, c, "a woman's face with blond hair")
	say(t, c, "make her hair red")
	head := func() int {
		t.Helper()
		s, err := c.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Head
	}
	store.lost = true
	moves := map[string]func(context.Context, *Conversation) (*Answer, error){
		"goto":    func(ctx context.Context, c *Conversation) (*Answer, error) { return c.Goto(ctx, Request{}, 1) },
		"undo":    func(ctx context.Context, c *Conversation) (*Answer, error) { return c.Revert(ctx, Request{}, 1) },
		"restart": func(ctx context.Context, c *Conversation) (*Answer, error) { return c.Restart(ctx, Request{}) },
	}
	for name, move := range moves {
		ctx, cancel := context.WithCancel(t.Context())
		slow := *c
		slow.Queue = cancelling{c.Queue, cancel}
		_, err := move(ctx, &slow)
		cancel()
		if p := ProblemOf(err); err == nil || p.Kind != Cancelled || head() != 2 {
			t.Errorf("%s ended with %v, and the head is turn %d", name, err, head())
		}
		strict := *c
		strict.Gate = gate.New(gate.Options{Checker: checker(func(image.Image) bool { return true })})
		if _, err := move(t.Context(), &strict); !errors.Is(err, gate.ErrUnsafe) || head() != 2 {
			t.Errorf("%s ended with %v, and the head is turn %d", name, err, head())
		}
	}
	if a, err := c.Goto(t.Context(), Request{}, 1); err != nil || a.Turn.ID != 1 || head() != 1 {
		t.Errorf("going there ended with %v", err)
	}
}

// A picture that is drawn again and is another one says so, wherever it is shown.
func TestTrust12RedrawnPicturesSaySo(t *testing.T) {
	store := &forgotten{Store: session.NewMemory()}
	c := newConversation(t, store)
	say(t, c, "a woman's face with blond hair")
	store.lost = true
	said := func(a *Answer, err error) bool {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(strings.Join(a.Notices, " "), "not exactly the one of before")
	}
	if said(c.Goto(t.Context(), Request{}, 1)) {
		t.Error("the same picture is said to be another")
	}
	if _, err := store.Update(t.Context(), c.Key, func(s *session.Session) error {
		s.Turns[0].Picture = strings.Repeat("ab", 32)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !said(c.Goto(t.Context(), Request{}, 1)) {
		t.Error("another picture is shown without a word")
	}
	for _, name := range []string{"history", "animate", "sheet", "share", "export"} {
		command, _ := Named(Commands(), name)
		if !said(command.Do(t.Context(), c, Input{Request: Request{Thumbnails: 5}})) {
			t.Errorf("/%s shows another picture without a word", name)
		}
	}
}
