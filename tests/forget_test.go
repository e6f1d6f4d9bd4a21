package tests

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pentimento/tests/redistest"
)

// anywhere returns the files below a folder that hold one of the words.
func anywhere(t *testing.T, folder string, words ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, word := range words {
			if bytes.Contains(data, []byte(word)) {
				found = append(found, filepath.Base(path)+": "+word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What was said is nowhere on the disk once it is forgotten, no picture is
// left, and in memory nothing that drawing it again could start from.
func TestForgetInAFile(t *testing.T) {
	const first, edit = "a woman's face with blond hair", "make her hair red"
	p := newProgram(t)
	store := filepath.Join(t.TempDir(), "sessions.db") // the pictures for the user stay
	c := p.start(t, "--seed", "7", "--steps", "4", "--store", store)
	c.ask(first)
	c.ask(edit)
	c.ask("/share")
	if again := c.ask("/imagine " + first); again.Error != "" || again.Rows != 0 {
		t.Errorf("before, the picture is drawn again: %+v", again)
	}
	if kept := anywhere(t, filepath.Dir(store), first, edit, "\x89PNG"); len(kept) < 3 {
		t.Fatalf("before, the disk has only %q: this test sees nothing", kept)
	}
	if got := c.ask("/forget everything"); got.Error != "" {
		t.Fatalf("/forget answered %+v", got)
	}
	if left := anywhere(t, filepath.Dir(store), first, edit, "blond", "local", "terminal/", "\x89PNG"); len(left) > 0 {
		t.Errorf("after, the disk has %q", left)
	}
	if again := c.ask(first); again.Turn != 1 || again.Rows == 0 {
		t.Errorf("after, the picture was still known: %+v", again)
	}
}

// On Redis every key goes, and what another process has in memory goes too.
func TestForgetOnRedis(t *testing.T) {
	const first = "a woman's face with blond hair"
	server := redistest.Start(t)
	args := []string{"--seed", "7", "--steps", "4", "--store", "redis://" + server.Addr}
	p := newProgram(t)
	here, there := p.start(t, args...), p.start(t, args...)
	for _, c := range []*talk{here, there} {
		c.ask(first)
		if again := c.ask("/imagine " + first); again.Error != "" || again.Rows != 0 {
			t.Errorf("before, the picture is drawn again: %+v", again)
		}
	}
	here.ask("make her hair red")
	here.ask("/share")
	for deadline := time.Now().Add(patience); server.CLI("keys", "*:maps*:used") == ""; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no maps are in Redis: %s", server.CLI("keys", "*"))
		}
	}
	if got := here.ask("/forget everything"); got.Error != "" {
		t.Fatalf("/forget answered %+v", got)
	}
	if keys := server.CLI("keys", "*"); keys != "" {
		t.Errorf("after, Redis has %s", keys)
	}
	if again := here.ask(first); again.Turn != 1 || again.Rows == 0 {
		t.Errorf("after, the picture was still known: %+v", again)
	}
	for deadline := time.Now().Add(patience); there.ask("/imagine "+first).Rows == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("after, the other process still knows the picture")
		}
	}
}
