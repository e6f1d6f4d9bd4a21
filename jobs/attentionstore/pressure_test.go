package attentionstore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/session"
	sessions "pentimento/session/redis"
	"pentimento/session/redis/conn"
)

// On a small server the cache takes what is free, and gives it back: nothing that is
// said is refused until conversations alone fill it.
func TestTrust04ConversationsComeFirst(t *testing.T) {
	t.Parallel()
	s, server := open(t, Options{}, "--maxmemory", "60mb", "--maxmemory-policy", "noeviction")
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.Tend(ctx); err != nil {
			t.Error(err)
		}
	})
	maps := chunks(1, 4, 1<<20)
	all.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			owner := you
			owner.Place = fmt.Sprint(n)
			_ = s.Put(ctx, owner, key(n), maps) // refused or not, it is a cache
		}
	})
	options, err := conn.Parse("redis://" + server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	options.Prefix = "sessions:"
	store, err := sessions.Open(t.Context(), sessions.Options{Options: options})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) { // until the cache has filled what it may
		used, _, err := s.memory(t.Context())
		if used > 20<<20 {
			break
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the cache uses %d bytes, %v", used, err)
		}
	}
	picture, turns := make([]byte, 300<<10), 97
	for n := range turns {
		owner := session.Key{User: "ann", Place: fmt.Sprint(n)}
		picture[0], picture[1] = byte(n), byte(n>>8)
		_, kept := store.PutBlob(t.Context(), owner, picture)
		_, err := store.Update(t.Context(), owner, func(s *session.Session) error {
			_, err := s.Add(session.Turn{Utterance: "x"})
			return err
		})
		if kept != nil || err != nil {
			t.Errorf("turn %d of %d: %v, %v", n, turns, kept, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	all.Wait()
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

// What is cached is in no file that the server appends to.
func TestTrust04NotInTheFile(t *testing.T) {
	t.Parallel()
	s, server := open(t, Options{}, "--appendonly", "yes")
	for n := range 50 {
		mustPut(t, s, me, n, chunks(uint64(n), 2, 1<<20))
	}
	var size int64
	err := filepath.Walk(server.Dir, func(path string, about os.FileInfo, err error) error {
		if err == nil && strings.Contains(path, "appendonly") && !about.IsDir() {
			size += about.Size()
		}
		return err
	})
	if err != nil || size == 0 || size > 1<<20 {
		t.Errorf("of 100 MiB the file has %d bytes, %v", size, err)
	}
	if got, err := s.Get(t.Context(), me, key(49), 10); err != nil || len(got) != 2 {
		t.Errorf("%d chunks are there, %v", len(got), err)
	}
	server.Restart()
	client := redis.NewClient(&redis.Options{Addr: server.Addr})
	again := New(client, Options{})
	if got, err := again.Get(t.Context(), me, key(49), 10); err != nil || len(got) != 0 {
		t.Errorf("after a restart %d chunks are there, %v", len(got), err)
	}
	mustPut(t, again, me, 49, chunks(49, 2, 1<<20))
	if got, err := again.Get(t.Context(), me, key(49), 10); err != nil || len(got) != 2 {
		t.Errorf("put again, %d chunks are there, %v", len(got), err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

// A user who may not ask for the server's memory has the cache all the same.
func TestTrust04WithoutInfo(t *testing.T) {
	s, server := open(t, Options{})
	server.CLI("acl", "setuser", "default", "-info")
	mustPut(t, s, me, 1, chunks(1, 1, 100))
	if budget, err := s.budget(t.Context()); err != nil || budget != s.o.TotalBytes {
		t.Errorf("the budget is %d, %v", budget, err)
	}
	if err := s.Tend(t.Context()); !redis.IsPermissionError(err) {
		t.Errorf("tending: %v", err)
	}
}
