package bolt_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pentimento/session"
	"pentimento/session/bolt"
	"pentimento/session/bolt/boltfile/boltfiletest"
)

// talked fills a file with conversations of several users, and returns its bytes
// and what it holds, now and before the last change.
func talked(t *testing.T) (whole []byte, code, now, before string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sessions.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range talkers() {
		for n := range 12 {
			if _, err := say(t.Context(), store, key, fmt.Sprintf("what %s said in %s: %d", key.User, key.Place, n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if code, err = store.Share(t.Context(), testKey, 2, time.Hour); err != nil {
		t.Fatal(err)
	}
	before, _ = held(t, store, code)
	if _, err := say(t.Context(), store, testKey, "the last word"); err != nil {
		t.Fatal(err)
	}
	now, _ = held(t, store, code)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if whole, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return whole, code, now, before
}

// talkers are those who talk.
func talkers() []session.Key {
	var keys []session.Key
	for _, user := range []string{"alice", "bob", "carol"} {
		for _, place := range []string{"direct", "terminal"} {
			keys = append(keys, session.Key{User: user, Place: place})
		}
	}
	return keys
}

// held is all that a store holds, unless some of it is refused.
func held(t *testing.T, store *bolt.Store, code string) (text string, refused error) {
	t.Helper()
	var b strings.Builder
	for _, key := range talkers() {
		s, err := store.Load(t.Context(), key)
		keys, err2 := store.List(t.Context(), key.User)
		if refused = errors.Join(refused, err, err2); refused == nil {
			fmt.Fprintln(&b, keys, s.Version, s.Head, s.Turns)
		}
	}
	shared, err := store.Shared(t.Context(), code)
	if refused = errors.Join(refused, err); refused != nil {
		return "", refused
	}
	fmt.Fprintln(&b, shared.Turns)
	return b.String(), nil
}

// Of 1,200 damaged copies none ends the process, and none is used with anything
// missing without a word.
func TestTrust02DamagedConversations(t *testing.T) {
	t.Parallel()
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	whole, code, now, before := talked(t)
	path := filepath.Join(boltfiletest.Dir(t), "sessions.db")
	for name, damaged := range boltfiletest.Copies(whole, 2) {
		t.Run(name, func(t *testing.T) {
			refused, said, harmless := 0, 0, 0
			for range rounds {
				if err := os.WriteFile(path, damaged(), 0o600); err != nil {
					t.Fatal(err)
				}
				var log strings.Builder
				store, err := bolt.Open(path, bolt.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
				if err != nil {
					refused++
					if !errors.Is(err, session.ErrCorrupt) && !errors.Is(err, session.ErrNewerSchema) {
						t.Fatalf("refused with %v, want ErrCorrupt", err)
					}
					continue
				}
				got, err := held(t, store, code)
				warned := log.String() != ""
				switch {
				case err != nil:
					refused++
				case warned && (got == now || got == before):
					said++
				case got == now:
					harmless++
				default:
					t.Errorf("silently changed (warned: %v):\n%s\nwant\n%s", warned, got, now)
				}
				if err := store.Close(); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d refused, %d said to have lost the last change, %d as they were", refused, said, harmless)
		})
	}
}

// A conversation whose name is damaged is not taken for one that never was.
func TestTrust02DamagedNames(t *testing.T) {
	t.Parallel()
	whole, code, now, _ := talked(t)
	path := filepath.Join(boltfiletest.Dir(t), "sessions.db")
	found := 0
	for _, name := range []string{"alice", "bob", "carol", "direct", "terminal", "sessions", "shares", "state"} {
		for at := 0; ; at++ {
			next := bytes.Index(whole[at:], []byte(name))
			if next < 0 {
				break
			}
			at += next
			wrong := bytes.Clone(whole)
			wrong[at+1] ^= 2
			if err := os.WriteFile(path, wrong, 0o600); err != nil {
				t.Fatal(err)
			}
			store, err := bolt.Open(path, bolt.Options{})
			if errors.Is(err, session.ErrCorrupt) {
				found++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := held(t, store, code); err == nil && got != now {
				t.Errorf("%q at %d is another name now: silently changed", name, at)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found < 9 {
		t.Errorf("%d damaged names were found: this test sees nothing", found)
	}
}
