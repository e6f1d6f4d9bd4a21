package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/editor/attention"
	"pentimento/jobs"
	"pentimento/jobs/attentionstore"
	"pentimento/jobs/drawer"
	redisjobs "pentimento/jobs/redis"
	"pentimento/models/pocket/pockettest"
	"pentimento/session"
	redissession "pentimento/session/redis"
	"pentimento/session/redis/conn"
	"pentimento/tests/redistest"
)

// studio is a conversation's world with everything on one Redis: sessions,
// pictures, jobs, a worker and its attention maps.
type studio struct {
	store  session.Store
	queue  *redisjobs.Queue
	cache  *attention.Cache
	engine *editor.Engine
	client *redis.Client
	// stop ends the worker.
	stop func()
}

func newStudio(t *testing.T) *studio {
	t.Helper()
	// What is dumped is to be read.
	server := redistest.Start(t, "--appendonly", "no", "--rdbcompression", "no")
	client := redis.NewClient(&redis.Options{Addr: server.Addr, ContextTimeoutEnabled: true})
	options, err := conn.Parse("redis://" + server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	store, err := redissession.Open(t.Context(), redissession.Options{Options: options})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := redisjobs.New(t.Context(), client, redisjobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cache := attention.New(attention.Options{Store: attentionstore.New(client, attentionstore.Options{})})
	s := &studio{session.AlsoForget(store, queue, cache), queue, cache, editor.NewCached(pockettest.Open(t), cache), client, nil}
	working, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	worker := &jobs.Worker{Name: "worker", Source: queue, Engine: drawer.New(s.engine), Drain: time.Millisecond}
	go func() { ended <- worker.Run(working) }()
	s.stop = func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(func() {
		cache.Close()
		if err := errors.Join(queue.Close(), store.Close(), client.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// conversation is one of the user's.
func (s *studio) conversation(user string, seed uint64) *Conversation {
	return &Conversation{
		Key: session.Key{User: user, Place: "where " + user + " is"}, Store: s.store, Planner: Grammar{dialogue.New()},
		Model: ModelOf(s.engine.Model()), Queue: s.queue,
		Clock: Clock{Now: time.Now, Seed: func() uint64 { return seed }}, Options: Options{Steps: 4, Guidance: 4.5},
	}
}

// traces returns the keys whose names or values have one of the words in them.
func (s *studio) traces(t *testing.T, words ...string) (found []string) {
	t.Helper()
	names, err := s.client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		value, err := s.client.Dump(t.Context(), name).Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if strings.Contains(name+value, word) {
				found = append(found, name+": "+word)
			}
		}
	}
	return found
}

// asked is who asks by a message of that name.
func asked(event string) Request { return Request{Event: event} }

// Whoever is forgotten is nowhere in Redis any more: not in a session, a
// picture, a share, a job that waits, or a map. What is others' stays.
func TestForgottenUserIsNowhere(t *testing.T) {
	s := newStudio(t)
	ann, bob := s.conversation("anastasia", 5), s.conversation("bernard", 6)
	sayAs(t, bob, asked("b1"), "a man's face with black hair")
	sayAs(t, ann, asked("a1"), "a woman's face with blond hair")
	sayAs(t, ann, asked("a2"), "make her hair red")
	if _, err := ann.Attention(t.Context(), Request{}, "hair"); err != nil {
		t.Fatal(err)
	}
	if _, err := ann.Open(t.Context(), asked("a3"), photograph(t, image.Pt(150, 150)), "a woman's face with sunglasses"); err != nil {
		t.Fatal(err)
	}
	photo := sayAs(t, ann, asked("a4"), "make her hair blue").Picture.Bytes()
	code, err := ann.Share(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	s.stop()
	waiting := make(chan error, 1)
	go func() {
		_, err := ann.Say(t.Context(), asked("a5"), "make her hair green")
		waiting <- err
	}()
	for stats, err := s.queue.Stats(t.Context()); err != nil || stats.Waiting == 0; stats, err = s.queue.Stats(t.Context()) {
		time.Sleep(5 * time.Millisecond)
	}
	sum := sha256.Sum256([]byte("anastasia"))
	words := []string{"anastasia", hex.EncodeToString(sum[:16]), "blond", "her hair", "a woman's face"}
	const ofJob = "iVBORw0KGgo" // how a PNG begins in JSON
	words = append(words, "sunglasses", ofJob, string(photo[len(photo)/2:len(photo)/2+16]))
	for _, word := range words {
		if len(s.traces(t, word)) == 0 {
			t.Errorf("%q is nowhere before: this test does not look for the right thing", word)
		}
	}

	if err := ann.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}

	if err := <-waiting; err == nil {
		t.Error("a picture that was waited for came nevertheless")
	}
	if left := s.traces(t, words...); len(left) > 0 {
		t.Errorf("after, there is %q", left)
	}
	if _, err := s.store.Shared(t.Context(), code); !errors.Is(err, session.ErrNoSuchShare) {
		t.Errorf("what was shared: %v", err)
	}
	if n := s.cache.Stats().Turns; n != 1 {
		t.Errorf("%d turns are in memory, want Bernard's", n)
	}
	if had, err := bob.Session(t.Context()); err != nil || len(had.Turns) != 1 {
		t.Errorf("Bernard has %d turns, %v", len(had.Turns), err)
	}
	if kept := s.traces(t, "a man's face"); len(kept) == 0 {
		t.Error("Bernard's words are gone")
	}
}
