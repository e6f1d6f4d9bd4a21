package redis_test

import (
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"pentimento/bot/discord/records/recordstest"
	"pentimento/bot/discord/records/redis"
	"pentimento/tests/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecords(t *testing.T) {
	server := redistest.Start(t)
	connect := func(prefix string) *redis.Records {
		return redis.New(goredis.NewClient(&goredis.Options{Addr: server.Addr}), prefix)
	}
	recordstest.Run(t, func(*testing.T) recordstest.Keeper { return connect("test:") })
	r := connect("other:")
	if value, err := r.Get(t.Context(), "table", "kept"); err != nil || value != nil {
		t.Errorf("two prefixes share records: %q, %v", value, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
