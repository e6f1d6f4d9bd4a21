package redis_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pentimento/bot/discord/records/recordstest"
	"pentimento/bot/discord/records/redis"
	"pentimento/session/redis/conn"
	"pentimento/tests/redistest"
)

func TestMain(m *testing.M) { redistest.VerifyTestMain(m) }

// connect opens records with the prefix at the address.
func connect(t *testing.T, address, prefix string) *redis.Records {
	t.Helper()
	options, err := conn.Parse("redis://" + address)
	if err != nil {
		t.Fatal(err)
	}
	return redis.New(options.ConnectOnce(), prefix)
}

func TestRecords(t *testing.T) {
	server := redistest.Start(t)
	open := func(prefix string) *redis.Records {
		return connect(t, server.Addr, prefix)
	}
	recordstest.Run(t, func(*testing.T) recordstest.Keeper { return open("test:") })
	r := open("other:")
	if value, err := r.Get(t.Context(), "table", "kept"); err != nil || value != nil {
		t.Errorf("two prefixes share records: %q, %v", value, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// Answers get lost; every change is made once.
func TestTrust09ChangesAreMadeOnce(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	cutter := redistest.CutAnswers(t, server)
	r := connect(t, cutter.Addr, "test:")
	const changes = 200
	for range changes {
		err := r.Change(t.Context(), "table", "name", func(old []byte) ([]byte, error) { return append(old, 'x'), nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	value, err := r.Get(t.Context(), "table", "name")
	if err != nil || string(value) != strings.Repeat("x", changes) {
		t.Errorf("%d changes made %d (%v), with %d answers lost", changes, len(value), err, cutter.Cuts())
	}
	if cutter.Cuts() < changes/5 {
		t.Errorf("only %d answers were lost", cutter.Cuts())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// While the server restarts or stands still, who asks waits, for as long as they
// would.
func TestTrust09RecordsWait(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	r := connect(t, server.Addr, "test:")
	put := func(ctx context.Context) error {
		return r.Change(ctx, "table", "name", func([]byte) ([]byte, error) { return []byte("value"), nil })
	}
	server.Kill()
	hasty, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := put(hasty); err == nil {
		t.Error("a server that is not there took a change")
	}
	back := time.AfterFunc(2*time.Second, server.Restart)
	if err := put(t.Context()); err != nil {
		t.Errorf("while the server was away: %v", err)
	}
	back.Stop()
	server.Pause()
	time.AfterFunc(4*time.Second, server.Resume) // longer than one request waits
	if value, err := r.Get(t.Context(), "table", "name"); err != nil || string(value) != "value" {
		t.Errorf("while the server stood still: %q, %v", value, err)
	}
	if err := r.Each(t.Context(), "table", func(string, []byte) error { return nil }); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
