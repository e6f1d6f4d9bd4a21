package redis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pentimento/bot/discord/records/redis"
	"pentimento/tests/redistest"
)

// One process at a time is a bot, or one of its shards: the next waits until the
// first has ended or was killed, and then has it, and the first hears of it.
func TestTrust12OneProcessATime(t *testing.T) {
	t.Parallel()
	r := connect(t, redistest.Start(t).Addr, "test:")
	acquire := func(holder string, patience time.Duration, first, last, of int) (*redis.Lease, error) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return r.Acquire(ctx, "bot", holder, first, last, of, func(string) {})
	}
	must := func(l *redis.Lease, err error) *redis.Lease {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	low := must(acquire("low", time.Second, 0, 3, 8))
	high := must(acquire("high", time.Second, 4, 7, 8))
	holding, stop := context.WithCancel(t.Context())
	held := make(chan error, 1)
	go func() { held <- low.Hold(holding) }()
	for _, shards := range [][3]int{{0, 0, 0}, {3, 4, 8}, {2, 2, 8}, {0, 0, 4}} {
		if _, err := acquire("second", 3*time.Second, shards[0], shards[1], shards[2]); !errors.Is(err, redis.ErrHeld) {
			t.Errorf("shards %v beside others: %v", shards, err)
		}
	}
	// high does not beat: it was killed.
	if _, err := acquire("high again", 15*time.Second, 4, 7, 8); err != nil {
		t.Errorf("after its death: %v", err)
	}
	if err := high.Hold(t.Context()); !errors.Is(err, redis.ErrHeld) {
		t.Errorf("taken for dead, it goes on: %v", err)
	}
	// low beats, and ends.
	if _, err := acquire("low again", 7*time.Second, 0, 3, 8); !errors.Is(err, redis.ErrHeld) {
		t.Errorf("beside one that lives: %v", err)
	}
	stop()
	if err := errors.Join(<-held, low.Release(t.Context())); err != nil {
		t.Error(err)
	}
	must(acquire("low again", time.Second, 0, 3, 8))
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
