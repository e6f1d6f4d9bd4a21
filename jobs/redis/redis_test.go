package redis_test

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/jobs"
	"pentimento/jobs/jobstest"
	"pentimento/jobs/redis"
	"pentimento/tests/redistest"
)

func TestMain(m *testing.M) {
	if addr := os.Getenv(childEnv); addr != "" {
		fmt.Println(bot(addr)) // it returns only what went wrong
		os.Exit(1)
	}
	redistest.VerifyTestMain(m)
}

func TestRedis(t *testing.T) {
	t.Parallel()
	_, client := newServer(t)
	var queues atomic.Int64
	create := func(t *testing.T, options jobs.Options) func() *redis.Queue {
		prefix := fmt.Sprintf("test:{%d}:", queues.Add(1))
		return func() *redis.Queue { return open(t, client, redis.Options{Options: options, Prefix: prefix}) }
	}
	jobstest.Run(t, func(t *testing.T, options jobs.Options) func() jobstest.Broker {
		open := create(t, options)
		return func() jobstest.Broker { return open() }
	})
	jobstest.RunShared(t, func(t *testing.T, options jobs.Options) func() jobstest.Shared {
		open := create(t, options)
		return func() jobstest.Shared { return open() }
	})
}

// newServer starts a server, and a client that is closed when the test ends.
func newServer(t *testing.T, args ...string) (*redistest.Server, *goredis.Client) {
	t.Helper()
	server := redistest.Start(t, args...)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr, ContextTimeoutEnabled: true})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, client
}

// open returns a queue that is closed when the test ends.
func open(t *testing.T, client goredis.UniversalClient, options redis.Options) *redis.Queue {
	t.Helper()
	q, err := redis.New(t.Context(), client, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}
