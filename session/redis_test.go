package session_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/session"
	"pentimento/session/redistest"
	"pentimento/session/sessiontest"
)

// redisAt returns options for the server under an address of ParseRedis, with
// keys of their own.
func redisAt(t testing.TB, address string) session.RedisOptions {
	t.Helper()
	options, err := session.ParseRedis(address)
	if err != nil {
		t.Fatal(err)
	}
	options.Prefix = "test:" + rand.Text() + ":"
	return options
}

// openRedis opens a store; the suite closes it.
func openRedis(t testing.TB, options session.RedisOptions) *session.Redis {
	t.Helper()
	store, err := session.OpenRedis(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestRedis(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	sessiontest.Run(t, func(t *testing.T) session.Store {
		options := redisAt(t, "redis://"+server.Addr)
		options.TTL = time.Hour
		return openRedis(t, options)
	})
}

func TestRedisCluster(t *testing.T) {
	servers := redistest.StartCluster(t, 3)
	sessiontest.Run(t, func(t *testing.T) session.Store {
		return openRedis(t, redisAt(t, "redis+cluster://"+servers[0].Addr+","+servers[1].Addr))
	})
}

func TestRedisSentinel(t *testing.T) {
	sentinel := redistest.StartSentinel(t, redistest.Start(t, "--appendfsync", "no"))
	sessiontest.Run(t, func(t *testing.T) session.Store {
		return openRedis(t, redisAt(t, "redis+sentinel://"+sentinel+"/mymaster"))
	})
}

// client returns a connection to look behind the store's back with.
func client(t testing.TB, server *redistest.Server) *redis.Client {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: server.Addr})
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// allKeys returns every key on the server that begins with the prefix.
func allKeys(t testing.TB, c *redis.Client, prefix string) []string {
	t.Helper()
	var keys []string
	for it := c.Scan(context.Background(), 0, prefix+"*", 1000).Iterator(); ; {
		if !it.Next(context.Background()) {
			if err := it.Err(); err != nil {
				t.Fatal(err)
			}
			return keys
		}
		keys = append(keys, it.Val())
	}
}
