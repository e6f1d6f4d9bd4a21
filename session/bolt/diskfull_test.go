//go:build unix

package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pentimento/session"
	"pentimento/session/bolt"
)

// fileLimit is how large the child's files may become.
const fileLimit = 256 << 10

// fillDisk talks until there is no room, checks that the store goes on, and
// prints how many turns it has stored.
func fillDisk(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	if strings.HasPrefix(filepath.Base(path), "limited") {
		limit := syscall.Rlimit{Cur: fileLimit, Max: fileLimit}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
	}
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	bob := session.Key{User: "bob", Place: "x"}
	if _, err := store.PutBlob(context.Background(), bob, make([]byte, 200<<10)); err != nil {
		return err
	}
	n, err := talkUntilFull(store)
	if err != nil {
		return err
	}
	if _, err := store.PutBlob(context.Background(), testKey, make([]byte, 1<<20)); !errors.Is(err, session.ErrDiskFull) {
		return fmt.Errorf("PutBlob: %v, want ErrDiskFull", err)
	}
	// There is room again once somebody is forgotten: first that of the pictures,
	// then, since that suffices for a copy of what is kept, all of it.
	if err := store.Forget(context.Background(), "bob"); err != nil {
		return fmt.Errorf("forget on a full disk: %w", err)
	}
	if _, err := say(context.Background(), store, testKey, "after"); err != nil {
		return fmt.Errorf("after making room: %w", err)
	}
	if err := store.Close(); err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

// talkUntilFull adds turns, now and then of another user, until the disk is
// full. It returns how many of testKey's were stored.
func talkUntilFull(store *bolt.Store) (int, error) {
	ctx := context.Background()
	long := strings.Repeat("long ", 400)
	for n := 0; ; n++ {
		if n%2 == 0 {
			if _, err := say(ctx, store, session.Key{User: "bob", Place: "x"}, fmt.Sprint(n, long)); err != nil && !errors.Is(err, session.ErrDiskFull) {
				return 0, fmt.Errorf("bob's turn %d: %w, want ErrDiskFull", n, err)
			}
		}
		_, err := say(ctx, store, testKey, fmt.Sprint(n, long))
		if err == nil {
			continue
		}
		if !errors.Is(err, session.ErrDiskFull) || !strings.Contains(err.Error(), "the disk is full") {
			return 0, fmt.Errorf("turn %d: %w, want ErrDiskFull", n, err)
		}
		s, err := store.Load(ctx, testKey)
		if err != nil || len(s.Turns) != n {
			return 0, fmt.Errorf("%d turns are stored of %d, %w", len(s.Turns), n, err)
		}
		return n, nil
	}
}

// A limit on the size of files is what every system has of a full disk.
func TestFileLimit(t *testing.T) {
	fillInChild(t, filepath.Join(t.TempDir(), "limited.db"))
}

// A small file system of its own is a full disk for real; mounting one takes
// privileges that not everybody has.
func TestDiskFull(t *testing.T) {
	folder := t.TempDir()
	mount(t, folder, "size=512k")
	fillInChild(t, filepath.Join(folder, "sessions.db"))
}

// mount mounts a small file system in memory until the test ends.
func mount(t *testing.T, folder, options string) {
	t.Helper()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder).CombinedOutput(); err != nil {
		t.Skipf("no small file system can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", folder).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
}

// There is no room for a copy of what is kept: a forgotten user's bytes go when
// there is, and nothing else is lost meanwhile.
func TestForgetWithoutRoom(t *testing.T) {
	folder := t.TempDir()
	mount(t, folder, "size=512k")
	path := filepath.Join(folder, "sessions.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := talkUntilFull(store)
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string, store *bolt.Store) {
		t.Helper()
		for user, want := range map[string]int{testKey.User: n, "bob": 0} {
			key := testKey
			if user == "bob" {
				key = session.Key{User: "bob", Place: "x"}
			}
			if s, err := store.Load(t.Context(), key); err != nil || len(s.Turns) != want {
				t.Errorf("%s %s has %d turns, %v; want %d", when, user, len(s.Turns), err, want)
			}
		}
		if left := temps(t, folder); len(left) > 0 {
			t.Errorf("%s unfinished files are left: %q", when, left)
		}
	}
	if err := store.Forget(t.Context(), "bob"); !errors.Is(err, session.ErrNotErased) || !errors.Is(err, session.ErrDiskFull) {
		t.Errorf("Forget: %v, want ErrNotErased because of ErrDiskFull", err)
	}
	check("after Forget", store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if store, err = bolt.Open(path, bolt.Options{}); err != nil {
		t.Fatalf("a file with something to erase, on a full disk: %v", err)
	}
	check("opened again", store)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if n := filesWith(t, folder, "bob"); n == 0 {
		t.Fatal("nothing of bob is left: this test sees nothing")
	}
	if out, err := exec.Command("mount", "-o", "remount,size=2m", folder).CombinedOutput(); err != nil {
		t.Fatalf("remount: %v: %s", err, out)
	}
	check("with room", openFile(t, path))
	if n := filesWith(t, folder, "bob"); n > 0 {
		t.Errorf("%d files tell of bob", n)
	}
}

// fillInChild has a child fill the disk and checks what it left.
func fillInChild(t *testing.T, path string) {
	t.Helper()
	cmd, out := startChild(t, "fill", path)
	said, err := io.ReadAll(out)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	var n int
	if _, err := fmt.Sscan(string(said), &n); err != nil || n < 10 {
		t.Fatalf("the child stored %d turns (%v): %s", n, err, said)
	}
	store := openFile(t, path)
	s, err := store.Load(t.Context(), testKey)
	if err != nil || len(s.Turns) != n+1 {
		t.Errorf("%d turns are left, want %d (%v)", len(s.Turns), n+1, err)
	}
	t.Logf("%d turns fit", n)
}

// A store that cannot be created on a full disk says so and leaves nothing.
func TestCreateOnFullDisk(t *testing.T) {
	folder := t.TempDir()
	mount(t, folder, "size=8k")
	if _, err := bolt.Open(filepath.Join(folder, "sessions.db"), bolt.Options{}); !errors.Is(err, session.ErrDiskFull) {
		t.Errorf("Open: %v, want ErrDiskFull", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
