package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pentimento/recipe"
	"pentimento/session"
)

// draw adds a turn with the prompt to a session.
func draw(t *testing.T, store session.Store, key session.Key, prompt string) {
	t.Helper()
	_, err := store.Update(t.Context(), key, func(s *session.Session) error {
		_, err := s.Add(session.Turn{Recipe: recipe.Turn{Prompt: prompt}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A store takes over what another has, with what was shared there, and the other is
// gone. What it has already stays as it is.
func TestAdopt(t *testing.T) {
	dir := t.TempDir()
	first, path := openFile(t, filepath.Join(dir, "sessions.db")), filepath.Join(dir, "sessions-2.db")
	second := openFile(t, path)
	ann, bob, both := session.Key{User: "ann", Place: "1"}, session.Key{User: "bob", Place: "2"}, session.Key{User: "ann", Place: "3"}
	draw(t, first, ann, "a cat")
	draw(t, first, both, "a dog")
	draw(t, first, both, "a hat on a dog")
	draw(t, second, both, "a dog") // as if a process had died after it copied this
	draw(t, second, bob, "a castle")
	code, err := second.Share(t.Context(), bob, 1, time.Hour)
	if err != nil {
		t.Fatal(err)
	}

	if err := first.Adopt(path); !errors.Is(err, session.ErrInUse) {
		t.Errorf("a store in use was taken over: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Adopt(path); err != nil {
		t.Fatal(err)
	}

	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	for key, want := range map[session.Key]int{ann: 1, bob: 1, both: 2} {
		if s, err := first.Load(t.Context(), key); err != nil || len(s.Turns) != want {
			t.Errorf("%v has %d turns, %v, want %d", key, len(s.Turns), err, want)
		}
	}
	if s, err := first.Shared(t.Context(), code); err != nil || s.Turns[0].Recipe.Prompt != "a castle" {
		t.Errorf("what was shared: %v", err)
	}
	if keys, err := first.List(t.Context(), "ann"); err != nil || len(keys) != 2 {
		t.Errorf("ann has %v, %v", keys, err)
	}
}

// What is no store stays where it is.
func TestAdoptRefuses(t *testing.T) {
	dir := t.TempDir()
	store, path := openFile(t, filepath.Join(dir, "sessions.db")), filepath.Join(dir, "sessions-2.db")
	if err := os.WriteFile(path, []byte("a diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Adopt(path); !errors.Is(err, session.ErrCorrupt) {
		t.Errorf("a diary was taken over: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
