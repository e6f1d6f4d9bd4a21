package session_test

import (
	"path/filepath"
	"testing"

	"pentimento/session"
	"pentimento/session/sessiontest"
)

func TestMemory(t *testing.T) {
	sessiontest.Run(t, func(*testing.T) session.Store { return session.NewMemory() })
}

func TestFile(t *testing.T) {
	sessiontest.Run(t, func(t *testing.T) session.Store {
		store, err := session.OpenFile(filepath.Join(t.TempDir(), "sessions.db"))
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}
