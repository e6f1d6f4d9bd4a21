package session_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"pentimento/session"
	"pentimento/session/sessiontest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	sessiontest.Run(t, func(*testing.T) session.Store { return session.NewMemory() })
}

func TestFile(t *testing.T) {
	t.Parallel()
	sessiontest.Run(t, func(t *testing.T) session.Store {
		store, err := session.OpenFile(filepath.Join(memoryDir(t), "sessions.db"))
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}

// memoryDir is a folder in memory, where the system has one: a test that
// changes files thousands of times need not wait for a disk as often.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "pentimento-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// A clock goes when it is told to.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

func (c *clock) options() []session.Option {
	return []session.Option{session.ExpireAfter(time.Hour), session.WithClock(func() time.Time { return c.now })}
}

func TestMemoryExpiry(t *testing.T) {
	sessiontest.RunExpiry(t, func(*testing.T) (session.Store, func(time.Duration)) {
		c := newClock()
		return session.NewMemory(c.options()...), c.pass
	})
}

func TestFileExpiry(t *testing.T) {
	sessiontest.RunExpiry(t, func(t *testing.T) (session.Store, func(time.Duration)) {
		c := newClock()
		store, err := session.OpenFile(filepath.Join(t.TempDir(), "sessions.db"), c.options()...)
		if err != nil {
			t.Fatal(err)
		}
		return store, c.pass
	})
}
