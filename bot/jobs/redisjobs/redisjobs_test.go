package redisjobs_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"pentimento/bot/jobs"
	"pentimento/bot/jobs/jobstest"
	"pentimento/bot/jobs/redisjobs"
	"pentimento/session/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRedis(t *testing.T) {
	server := redistest.Start(t)
	client := newClient(t, server)
	var queues atomic.Int64
	jobstest.Run(t, func(t *testing.T, options jobs.Options) func() jobstest.Broker {
		prefix := fmt.Sprintf("test:{%d}:", queues.Add(1))
		return func() jobstest.Broker {
			return open(t, client, redisjobs.Options{Options: options, Prefix: prefix})
		}
	})
}

// newClient returns a client that is closed when the test ends.
func newClient(t *testing.T, server *redistest.Server) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: server.Addr})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// open returns a queue that is closed when the test ends.
func open(t *testing.T, client *redis.Client, options redisjobs.Options) *redisjobs.Queue {
	t.Helper()
	q, err := redisjobs.New(t.Context(), client, options)
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
