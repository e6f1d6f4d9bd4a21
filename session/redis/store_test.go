package redis_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/redis"
	"pentimento/session/redis/conn"
	"pentimento/session/sessiontest"
	"pentimento/tests/redistest"
)

// childEnv has the test binary act as a child process: it says where to write.
const childEnv = "SESSION_TEST_CHILD"

func TestMain(m *testing.M) {
	conn.LogTo(slog.New(slog.DiscardHandler))
	if where := os.Getenv(childEnv); where != "" {
		fmt.Println(writeForEver(where)) // it returns only what went wrong
		os.Exit(1)
	}
	redistest.VerifyTestMain(m)
}

// startChild starts the test binary as a child and returns its output.
func startChild(t *testing.T, where string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+where)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

var testKey = session.Key{User: "alice", Place: "terminal"}

// redisAt returns options for the server under an address of Parse, with
// keys of their own.
func redisAt(t testing.TB, address string) redis.Options {
	t.Helper()
	options, err := conn.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	options.Prefix = "test:" + rand.Text() + ":"
	return redis.Options{Options: options}
}

// openRedis opens a store; the suite closes it.
func openRedis(t testing.TB, options redis.Options) *redis.Store {
	t.Helper()
	store, err := redis.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestStore(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--appendfsync", "no")
	sessiontest.Run(t, func(t *testing.T) session.Store {
		options := redisAt(t, "redis://"+server.Addr)
		options.TTL = time.Hour
		return openRedis(t, options)
	})
}

func TestCluster(t *testing.T) {
	t.Parallel()
	servers := redistest.StartCluster(t, 3)
	sessiontest.RunShort(t, func(t *testing.T) session.Store {
		return openRedis(t, redisAt(t, "redis+cluster://"+servers[0].Addr+","+servers[1].Addr))
	})
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	sentinel := redistest.StartSentinel(t, redistest.Start(t, "--appendfsync", "no"))
	sessiontest.RunShort(t, func(t *testing.T) session.Store {
		return openRedis(t, redisAt(t, "redis+sentinel://"+sentinel.Addr+"/mymaster"))
	})
}

func TestWithPicturesInAFolder(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--appendfsync", "no")
	sessiontest.RunShort(t, func(t *testing.T) session.Store {
		folder, err := blobs.OpenFolder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		options := redisAt(t, "redis://"+server.Addr)
		if options.Blobs, err = blobs.Open(t.Context(), folder, blobs.Options{Limit: 1 << 30}); err != nil {
			t.Fatal(err)
		}
		return openRedis(t, options)
	})
}

func TestExpiry(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	sessiontest.RunExpiry(t, func(t *testing.T) (session.Store, func(time.Duration)) {
		options := redisAt(t, "redis://"+server.Addr)
		options.TTL = time.Hour
		return openRedis(t, options), func(d time.Duration) { pass(t, client(t, server), options.Prefix, d) }
	})
}

func TestForgetWithoutPictures(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	sessiontest.RunForgetWithoutPictures(t, func(pictures *blobs.Store) (session.Store, error) {
		options := redisAt(t, "redis://"+server.Addr)
		options.Blobs = pictures
		return redis.Open(t.Context(), options)
	})
}

func Benchmark(b *testing.B) {
	server := redistest.Start(b)
	sessiontest.Benchmark(b, func(b *testing.B) (session.Store, error) {
		return redis.Open(b.Context(), redisAt(b, "redis://"+server.Addr))
	})
}

// pass lets time pass for keys: all are to end that much earlier.
func pass(t *testing.T, c *goredis.Client, prefix string, d time.Duration) {
	t.Helper()
	for _, key := range allKeys(t, c, prefix) {
		left, err := c.PTTL(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if left < 0 {
			t.Errorf("the key %q has no end", key)
			continue
		}
		if err := c.PExpire(t.Context(), key, left-d).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// client returns a connection to look behind the store's back with.
func client(t testing.TB, server *redistest.Server) *goredis.Client {
	t.Helper()
	c := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// allKeys returns every key on the server that begins with the prefix.
func allKeys(t testing.TB, c *goredis.Client, prefix string) []string {
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

// What Forget leaves behind is what there would be had the user never come.
func TestForgetsEveryByte(t *testing.T) {
	server := redistest.Start(t)
	options := redisAt(t, "redis://"+server.Addr)
	store := openRedis(t, options)
	defer closeStore(t, store)
	c := client(t, server)

	talk := func(user string) (code string) {
		for _, place := range []string{"dm", "thread"} {
			key := session.Key{User: user, Place: place + " of " + user}
			digest, err := store.PutBlob(t.Context(), key, append([]byte(user), make([]byte, 3<<20)...))
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.Update(t.Context(), key, func(s *session.Session) error {
				_, err := s.Add(session.Turn{Author: user, Utterance: "it is " + user, Picture: digest})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if code, err = store.Share(t.Context(), key, 1, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		return code
	}
	talk("bernadette")
	before := allKeys(t, c, "")
	code := talk("anastasia")
	if _, err := session.Fork(t.Context(), store, code, session.Key{User: "anastasia", Place: "third"}, "fork"); err != nil {
		t.Fatal(err)
	}
	if during := allKeys(t, c, ""); len(during) < 2*len(before) {
		t.Fatalf("two users have %d keys, one has %d", len(during), len(before))
	}
	if err := c.Del(t.Context(), options.Prefix+"{"+session.HashName("anastasia")+"}:places").Err(); err != nil {
		t.Fatal(err) // Forget needs no index
	}
	if err := store.Forget(t.Context(), "anastasia"); err != nil {
		t.Fatal(err)
	}
	after := allKeys(t, c, "")
	slices.Sort(before)
	slices.Sort(after)
	if !slices.Equal(before, after) {
		t.Errorf("the keys are\n%q\nwant\n%q", after, before)
	}
	for _, key := range after {
		if value, err := c.Dump(t.Context(), key).Result(); err != nil || strings.Contains(key+value, "anastasia") {
			t.Errorf("%q tells of the user (%v)", key, err)
		}
	}
}

func closeStore(t testing.TB, store session.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}
