package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A draft has a name once it is kept, and leaves nothing if it is not.
func TestDraft(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "weights")
	for _, keep := range []bool{false, true} {
		d, err := Create(name, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.WriteString("numbers"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(name); err == nil {
			t.Error("it is there before it is whole")
		}
		if keep {
			if size, err := d.Keep(); err != nil || size != 7 {
				t.Errorf("%d bytes, %v", size, err)
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		left, err := os.ReadDir(dir)
		if want := map[bool]int{true: 1}[keep]; err != nil || len(left) != want {
			t.Errorf("kept %v, the folder has %v, %v", keep, left, err)
		}
	}
}

func TestLock(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Lock(short, name); !errors.Is(err, context.DeadlineExceeded) {
		t.Skipf("this system has no locks: %v", err)
	}
	second := make(chan error)
	go func() {
		unlock, err := Lock(t.Context(), name)
		second <- errors.Join(err, unlock())
	}()
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
}
