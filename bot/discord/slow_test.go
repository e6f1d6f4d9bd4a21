package discord

import (
	"context"
	"strings"
	"sync"
	"testing"

	"pentimento/session"
	"pentimento/tests/discordtest"
)

// sluggish is a store that answers no more when it is stuck.
type sluggish struct {
	session.Store
	stuck sync.Mutex
}

func (s *sluggish) wait(ctx context.Context) error {
	free := make(chan struct{})
	go func() {
		s.stuck.Lock()
		defer s.stuck.Unlock()
		close(free)
	}()
	select {
	case <-free:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *sluggish) Load(ctx context.Context, key session.Key) (*session.Session, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	return s.Store.Load(ctx, key)
}

func (s *sluggish) Shared(ctx context.Context, code string) (*session.Session, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	return s.Store.Shared(ctx, code)
}

// Whatever takes long, an interaction is answered before.
func TestAnsweredWhileTheStoreIsStuck(t *testing.T) {
	t.Parallel()
	store := &sluggish{Store: session.NewMemory()}
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.Store = store })
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	imagine(ann, channel, "a woman's face with blond hair")
	m := w.picture(channel, "", "blond")
	question := ann.Press(channel, m, "Redraw").Reply(soon)
	modal := bob.OnMessage(channel, "Edit this picture", m)
	if _, ok := modal.Wait(soon); !ok {
		t.Fatal("no modal")
	}

	release := sync.OnceFunc(store.stuck.Unlock)
	store.stuck.Lock()
	t.Cleanup(release) // whatever happens
	for name, i := range map[string]*discordtest.Interaction{
		"Attention":      ann.Press(channel, m, "Attention"),
		"Draw another":   ann.Press(channel, question, "Draw another"),
		"/export":        ann.Slash(channel, "export", nil),
		"autocompletion": ann.Autocomplete(channel, "weight", "word", "ha"),
	} {
		if _, ok := i.Wait(soon); !ok {
			t.Errorf("%s was not answered", name)
		}
	}
	edit := bob.Submit(channel, modal, "make her hair red")
	if _, ok := edit.Wait(soon); !ok {
		t.Error("Bob's edit was not answered")
	}
	release()
	w.picture(channel, edit.ID, "blond → red")
}

// Nor does Discord's own delay keep the bot from answering.
func TestAnsweredWhileDiscordIsSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) { o.Policy.AgeRestricted = true })
	ann, channel := w.Person("ann"), w.Channel("adults")
	w.SetNSFW(channel, true)
	imagine(ann, channel, "a river between mountains")
	thread := w.Thread("river", soon)
	w.picture(thread, "", "river")
	never := make(chan struct{})
	w.Inject(discordtest.Fault{Method: "GET", Path: "/channels/" + channel.ID, AnswerAfter: never})
	if text := w.told(ann.Slash(thread, "help", nil)); !strings.Contains(text, "age-restricted") {
		t.Errorf("without an answer about the channel, Ann was told %q", text)
	}
	if text := w.told(ann.Slash(thread, "help", nil)); strings.Contains(text, "age-restricted") {
		t.Errorf("with one, Ann was told %q", text)
	}
}
