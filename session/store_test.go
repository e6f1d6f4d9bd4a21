package session_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"pentimento/session"
	"pentimento/session/sessiontest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemory(t *testing.T) {
	t.Parallel()
	sessiontest.Run(t, func(*testing.T) session.Store { return session.NewMemory() })
}

func TestMemoryExpiry(t *testing.T) {
	sessiontest.RunExpiry(t, func(*testing.T) (session.Store, func(time.Duration)) {
		now := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
		expiry := session.Expiry{After: time.Hour, Clock: func() time.Time { return now }}
		return session.NewExpiringMemory(expiry), func(d time.Duration) { now = now.Add(d) }
	})
}
