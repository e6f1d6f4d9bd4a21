package state_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"pentimento/bot/discord/records/bolt"
	"pentimento/bot/discord/state"
)

// quiet is a log that nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// open opens records, and the state that they hold.
func open(t *testing.T, path string) *state.State {
	t.Helper()
	records, err := bolt.Open(path, quiet())
	if err != nil {
		t.Fatal(err)
	}
	s, err := state.Open(records, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// has reports whether a file has a text.
func has(t *testing.T, path, text string) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(data, []byte(text))
}

// Who is blocked and who drew how much is known, and kept without saying who; the
// count goes with its day.
func TestTrust03PeopleAreHidden(t *testing.T) {
	const ann, bob = "1400000000000004096", "1400000000000008192"
	path := filepath.Join(t.TempDir(), "records")
	s := open(t, path)
	if err := s.SetBlocked(ann, true); err != nil {
		t.Fatal(err)
	}
	for n, want := range []bool{true, true, false} {
		if ok, err := s.Spend(ann, "2025-03-01", 2); err != nil || ok != want {
			t.Errorf("picture %d: %v, %v; want %v", n+1, ok, err, want)
		}
	}
	if err := s.Forget(ann); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.Spend(ann, "2025-03-01", 2); err != nil || ok {
		t.Errorf("forgotten, there is another picture: %v, %v", ok, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	for user, want := range map[string]bool{ann: true, bob: false} {
		if blocked, err := s.Blocked(user); err != nil || blocked != want {
			t.Errorf("%s is blocked: %v, %v; want %v", user, blocked, err, want)
		}
	}
	if has(t, path, ann) {
		t.Error("the file says who")
	}
	if pictures, people := s.Drawn("2025-03-01"); pictures != 2 || people != 1 {
		t.Errorf("%d pictures of %d people", pictures, people)
	}
	if ok, err := s.Spend(bob, "2025-03-02", 2); err != nil || !ok {
		t.Errorf("the next day: %v, %v", ok, err)
	}
	if pictures, people := s.Drawn("2025-03-01"); pictures+people != 0 {
		t.Errorf("of the day before %d pictures of %d people are kept", pictures, people)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// Names that versions before wrote as they are become hidden, and mean the same.
func TestTrust03NamesFromBefore(t *testing.T) {
	const ann = "1400000000000004096"
	path := filepath.Join(t.TempDir(), "records")
	records, err := bolt.Open(path, quiet())
	if err != nil {
		t.Fatal(err)
	}
	for table, value := range map[string]string{"blocked": "\x01", "usage": `{"day":"2025-03-01","n":2}`} {
		if err := records.Change(t.Context(), table, ann, func([]byte) ([]byte, error) { return []byte(value), nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := records.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if blocked, err := s.Blocked(ann); err != nil || !blocked {
		t.Errorf("blocked: %v, %v", blocked, err)
	}
	if ok, err := s.Spend(ann, "2025-03-01", 2); err != nil || ok {
		t.Errorf("there is a third picture of two: %v, %v", ok, err)
	}
	if has(t, path, ann) {
		t.Error("the file says who")
	}
	if err := s.SetBlocked(ann, false); err != nil {
		t.Fatal(err)
	}
	if blocked, err := s.Blocked(ann); err != nil || blocked {
		t.Errorf("admitted again, blocked: %v, %v", blocked, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
