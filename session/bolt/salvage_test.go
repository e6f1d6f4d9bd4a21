package bolt_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pentimento/session"
	"pentimento/session/bolt"
	"pentimento/session/bolt/boltfile/boltfiletest"
)

// turnsOf are what was said in every conversation.
func turnsOf(t *testing.T, path string) map[session.Key][]string {
	t.Helper()
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[session.Key][]string{}
	for _, key := range talkers() {
		s, err := store.Load(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		for _, turn := range s.Turns {
			out[key] = append(out[key], fmt.Sprint(turn.ID, turn.Utterance))
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Of a damaged file everything is copied but what is damaged: no turn of it is
// another, and one wrong bit costs the turns of a page at most.
func TestTrust12Salvage(t *testing.T) {
	t.Parallel()
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	whole, _, _, _ := talked(t)
	dir := boltfiletest.Dir(t)
	path := filepath.Join(dir, "sessions.db")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	want := turnsOf(t, path)
	for name, damaged := range boltfiletest.Copies(whole, 12) {
		t.Run(name, func(t *testing.T) {
			most, all, unreadable := 0, 0, 0
			for n := range rounds {
				if err := os.WriteFile(path, damaged(), 0o600); err != nil {
					t.Fatal(err)
				}
				mended := filepath.Join(dir, fmt.Sprint(name, n))
				out, err := bolt.Salvage(t.Context(), path, mended)
				if errors.Is(err, session.ErrCorrupt) && name == "cut short" {
					unreadable++
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				lost := 0
				got := turnsOf(t, mended)
				for key, turns := range want {
					had := got[key]
					if len(had) > len(turns) || !slices.Equal(had, turns[:len(had)]) {
						t.Fatalf("of %v there is %q, want a beginning of %q", key, had, turns)
					}
					lost += len(turns) - len(had)
				}
				if lost > 0 && len(out.Lost) == 0 {
					t.Errorf("%d turns are lost without a word", lost)
				}
				most, all = max(most, lost), all+lost
			}
			t.Logf("%d turns lost at most, %d of %d in all; %d files could not be read at all", most, all, 73*rounds, unreadable)
			if one := name == "a flipped bit" || name == "a flipped bit of a header" || name == "a flipped bit near the beginning of a page"; one && most > 25 {
				t.Errorf("%d turns are lost by one bit", most)
			}
		})
	}
}

// A sound file is copied with all that belongs to it.
func TestTrust12SalvageOfASoundFile(t *testing.T) {
	dir := t.TempDir()
	path, mended := filepath.Join(dir, "old.db"), filepath.Join(dir, "new.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	digest, err := store.PutBlob(t.Context(), testKey, []byte("a picture"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := store.Update(t.Context(), testKey, func(s *session.Session) error {
		for _, turn := range []session.Turn{{Utterance: "a cat", Picture: digest}, {Parent: 1, Utterance: "a dog"}} {
			if _, err := s.Add(turn); err != nil {
				return err
			}
		}
		return s.Revert(1)
	})
	if err != nil {
		t.Fatal(err)
	}
	code, err := store.Share(t.Context(), testKey, 2, session.ShareLifetime)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Salvage(t.Context(), path, mended); !errors.Is(err, session.ErrInUse) {
		t.Errorf("in use: %v, want ErrInUse", err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := bolt.Salvage(t.Context(), path, mended)
	if err != nil || len(out.Lost) > 0 || out.Sessions != 1 || out.Turns != 2 || out.Shares != 1 || out.Pictures != 1 {
		t.Errorf("copied %+v, %v", out, err)
	}
	if _, err := bolt.Salvage(t.Context(), path, mended); !errors.Is(err, fs.ErrExist) {
		t.Errorf("to a file that is there: %v, want ErrExist", err)
	}
	next := openFile(t, mended)
	if got, err := next.Load(t.Context(), testKey); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	if blob, err := next.GetBlob(t.Context(), testKey, digest); err != nil || string(blob) != "a picture" {
		t.Errorf("the picture is %q, %v", blob, err)
	}
	if s, err := next.Shared(t.Context(), code); err != nil || len(s.Turns) != 2 {
		t.Errorf("shared is %+v, %v", s, err)
	}
}
