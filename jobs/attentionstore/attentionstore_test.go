package attentionstore

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/editor/attention"
	"pentimento/session"
	"pentimento/tests/redistest"
)

func TestMain(m *testing.M) { redistest.VerifyTestMain(m) }

var (
	me   = attention.Owner{User: "me", Place: "here"}
	mine = attention.Owner{User: "me", Place: "elsewhere"}
	you  = attention.Owner{User: "you", Place: "here"}
)

func open(t *testing.T, o Options, args ...string) (*Store, *redistest.Server) {
	t.Helper()
	// It is a cache: nothing of it needs to be on a disk.
	server := redistest.Start(t, append([]string{"--appendonly", "no"}, args...)...)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, ContextTimeoutEnabled: true, MaxRetries: -1})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(client, o), server
}

func key(n int) attention.Key { return attention.Key{byte(n), byte(n >> 8)} }

// chunks are n chunks of that many random bytes.
func chunks(seed uint64, n, size int) [][]byte {
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([][]byte, n)
	for i := range out {
		out[i] = make([]byte, size)
		for k := range out[i] {
			out[i][k] = byte(r.Uint32())
		}
	}
	return out
}

func mustPut(t *testing.T, s *Store, owner attention.Owner, n int, c [][]byte) {
	t.Helper()
	if err := s.Put(t.Context(), owner, key(n), c); err != nil {
		t.Fatal(err)
	}
}

func mustGet(t *testing.T, s *Store, owner attention.Owner, n int) [][]byte {
	t.Helper()
	got, err := s.Get(t.Context(), owner, key(n), 1000)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func allKeys(t *testing.T, s *Store) []string {
	t.Helper()
	all, err := s.client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPutAndGet(t *testing.T) {
	s, _ := open(t, Options{})
	want := chunks(1, 2*batch+3, 1000)
	want[4] = chunks(2, 1, attention.MaxChunk)[0]
	mustPut(t, s, me, 1, want)
	if got := mustGet(t, s, me, 1); !reflect.DeepEqual(got, want) {
		t.Errorf("%d chunks came back of %d", len(got), len(want))
	}
	for _, owner := range []attention.Owner{mine, you} {
		if got := mustGet(t, s, owner, 1); len(got) != 0 {
			t.Errorf("%v has %d chunks of another", owner, len(got))
		}
	}
	shorter := chunks(3, 2, 10)
	mustPut(t, s, me, 1, shorter)
	if got := mustGet(t, s, me, 1); !reflect.DeepEqual(got, shorter) {
		t.Errorf("after replacing there are %d chunks", len(got))
	}
	// set, indexes of the place and of all, two chunks: nothing of the first
	if all := allKeys(t, s); len(all) != 1+2+2+2 {
		t.Errorf("keys are %q", all)
	}
	for _, k := range allKeys(t, s) {
		if ttl := s.client.PTTL(t.Context(), k).Val(); ttl <= 0 || ttl > s.o.TTL {
			t.Errorf("%s expires in %v", k, ttl)
		}
		if strings.Contains(k, "here") {
			t.Errorf("%s says whose it is", k)
		}
	}
	if err := s.Put(t.Context(), me, key(1), [][]byte{make([]byte, attention.MaxChunk+1)}); err == nil {
		t.Error("a chunk that is too large was accepted")
	}
}

func TestBudgets(t *testing.T) {
	s, _ := open(t, Options{PlaceBytes: 5000, TotalBytes: 12_000})
	for n := range 6 {
		mustPut(t, s, me, n, chunks(uint64(n), 2, 500))
		mustGet(t, s, me, 0) // stays in use
		time.Sleep(2 * time.Millisecond)
	}
	for n, want := range []int{2, 0, 2, 2, 2, 2} {
		if got := mustGet(t, s, me, n); len(got) != want {
			t.Errorf("turn %d has %d chunks, want %d", n, len(got), want)
		}
		time.Sleep(2 * time.Millisecond)
	}
	// Others' turns push out the oldest of all.
	for p := range 8 {
		mustPut(t, s, attention.Owner{User: fmt.Sprint("user", p)}, 100, chunks(uint64(p), 2, 500))
		time.Sleep(2 * time.Millisecond)
	}
	if len(mustGet(t, s, me, 0)) != 0 || len(mustGet(t, s, me, 5)) != 2 {
		t.Error("not the oldest turn of all went")
	}
	var total int64
	for _, k := range allKeys(t, s) {
		if s.client.Type(t.Context(), k).Val() == "string" {
			total += s.client.StrLen(t.Context(), k).Val()
		}
	}
	if total > 12_000 || total < 11_000 {
		t.Errorf("%d bytes are kept", total)
	}
	mustPut(t, s, me, 50, chunks(1, 1, 6000))
	if got := mustGet(t, s, me, 50); len(got) != 0 {
		t.Error("a turn larger than the budget is kept")
	}
}

func TestForget(t *testing.T) {
	s, _ := open(t, Options{})
	for n, owner := range []attention.Owner{me, mine, you} {
		mustPut(t, s, owner, n, chunks(uint64(n), 3, 100))
	}
	// Of what leads to one turn all is lost, and of the other a part.
	for _, lost := range []string{s.keys.place(turnOf(me, key(0))).sizes, s.keys.place(turnOf(me, key(0))).used, s.keys.places(session.HashName(me.User))} {
		if err := s.client.Del(t.Context(), lost).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Forget(t.Context(), me.User); err != nil {
		t.Fatal(err)
	}
	name := session.HashName(me.User)
	for _, k := range allKeys(t, s) {
		if strings.Contains(k, name) {
			t.Errorf("%s is left", k)
		}
	}
	for _, k := range []string{s.keys.all().used, s.keys.all().sizes} {
		if dump := s.client.Dump(t.Context(), k).Val(); strings.Contains(dump, name) {
			t.Errorf("%s still names the user", k)
		}
	}
	if got := mustGet(t, s, you, 2); len(got) != 3 {
		t.Error("another user's turn went too")
	}
}

// A process that has begun to write before it hears of the forgetting takes
// back what it wrote after it.
func TestForgetWhileWriting(t *testing.T) {
	s, _ := open(t, Options{})
	writing, c := turnOf(me, key(1)), chunks(1, 3, 100)
	if err := s.makeRoom(t.Context(), writing, len(c), 300, s.o.TotalBytes); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), me.User); err != nil {
		t.Fatal(err)
	}
	if err := s.write(t.Context(), writing, c); err != nil {
		t.Fatal(err)
	}
	if left := allKeys(t, s); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

// A process that draws drops what another process has forgotten, and all it
// has after it was out of reach.
func TestWatch(t *testing.T) {
	s, server := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	heard := make(chan string, 10)
	ended := make(chan error)
	go func() {
		ended <- s.Watch(ctx, func(user string) { heard <- user }, func() { heard <- "all" })
	}()
	expect := func(want string) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Errorf("dropped %s, not %s", got, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("%s was not dropped", want)
		}
	}
	expect("all") // connected
	if err := s.Forget(t.Context(), me.User); err != nil {
		t.Fatal(err)
	}
	expect(me.User)
	server.Restart()
	expect("all")
	if err := s.Forget(t.Context(), you.User); err != nil {
		t.Fatal(err)
	}
	expect(you.User)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A user of Redis with the rights that docs/sessions.md gives can do all.
func TestRestrictedUser(t *testing.T) {
	for channels, may := range map[string]bool{"&pentimento:*": true, "resetchannels": false} {
		server := redistest.Start(t, "--appendonly", "no",
			"--user", "pentimento", "on", ">secret", "~pentimento:*", channels, "+@all", "-@admin", "-@dangerous")
		client := redis.NewClient(&redis.Options{Addr: server.Addr, Username: "pentimento", Password: "secret", ContextTimeoutEnabled: true})
		s := New(client, Options{})
		mustPut(t, s, me, 1, chunks(1, 2, 100))
		if got := mustGet(t, s, me, 1); len(got) != 2 {
			t.Errorf("%d chunks came back", len(got))
		}
		if err := s.Forget(t.Context(), me.User); (err == nil) != may {
			t.Errorf("%s: forgetting: %v", channels, err)
		}
		if keys := client.DBSize(t.Context()).Val(); keys != 0 {
			t.Errorf("%s: %d keys are left", channels, keys)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if err := s.Watch(ctx, func(string) {}, cancel); (err == nil) != may {
			t.Errorf("%s: watching: %v", channels, err)
		}
		cancel()
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestTurnsExpireUnlessUsed(t *testing.T) {
	const ttl = time.Second
	s, _ := open(t, Options{TTL: ttl})
	mustPut(t, s, me, 1, chunks(1, 2, 100))
	mustPut(t, s, me, 2, chunks(2, 2, 100))
	begun, used := time.Now(), time.Now()
	for time.Since(begun) < 2*ttl {
		time.Sleep(ttl / 20)
		if got := mustGet(t, s, me, 1); len(got) != 2 {
			if late := time.Since(used); late >= ttl {
				t.Skipf("the machine stood still for %v", late)
			}
			t.Fatal("a turn in use expired")
		}
		used = time.Now()
	}
	if got := mustGet(t, s, me, 2); len(got) != 0 {
		t.Error("a turn that nobody used is there")
	}
	for deadline := time.Now().Add(time.Minute); len(allKeys(t, s)) > 0; time.Sleep(ttl / 20) {
		if time.Now().After(deadline) {
			t.Fatalf("keys are left: %q", allKeys(t, s))
		}
	}
}

// What is lost or spoilt on the server is returned as it is or not at all:
// never an error, never more than a chunk's size.
func TestLostAndSpoiltKeys(t *testing.T) {
	s, _ := open(t, Options{})
	want := chunks(1, 3, 100)
	tm := turnOf(me, key(1))
	for name, spoil := range map[string]func(context.Context) error{
		"a chunk lost": func(ctx context.Context) error { return s.client.Del(ctx, s.keys.chunk(tm, 1)).Err() },
		"index lost":   func(ctx context.Context) error { return s.client.Del(ctx, s.keys.place(tm).sizes).Err() },
		"chunk grown":  func(ctx context.Context) error { return s.client.SetRange(ctx, s.keys.chunk(tm, 1), 5<<20, "x").Err() },
		"all lost":     func(ctx context.Context) error { return s.client.FlushAll(ctx).Err() },
		"endless turn": func(ctx context.Context) error {
			return s.client.HSet(ctx, s.keys.place(tm).sizes, tm.key, "999999999 5").Err()
		},
		"nonsense size": func(ctx context.Context) error {
			return s.client.HSet(ctx, s.keys.place(tm).sizes, tm.key, "many").Err()
		},
	} {
		mustPut(t, s, me, 1, want)
		if err := spoil(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, chunk := range mustGet(t, s, me, 1) {
			if len(chunk) > attention.MaxChunk+1 {
				t.Errorf("%s: a chunk of %d bytes", name, len(chunk))
			}
		}
		mustPut(t, s, me, 2, want)
		if got := mustGet(t, s, me, 2); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: afterwards nothing can be kept", name)
		}
	}
}

func TestFullServer(t *testing.T) {
	s, server := open(t, Options{}, "--maxmemory", "8mb")
	server.CLI("acl", "setuser", "default", "-info") // it is not seen that it fills up
	failed := false
	for n := range 20 {
		if err := s.Put(t.Context(), me, key(n), chunks(uint64(n), 1, attention.MaxChunk)); err != nil {
			failed = true
		}
	}
	if !failed {
		t.Fatal("the server was never full")
	}
	if got := mustGet(t, s, me, 0); len(got) != 1 {
		t.Error("what was kept before is gone")
	}
}

// Behind the cache of an engine a server may be away, slow or emptied: the
// cache then has a miss, in about a second.
func TestCacheOutlivesItsServer(t *testing.T) {
	s, server := open(t, Options{})
	ctx := attention.WithOwner(t.Context(), me)
	shape := attention.Shape{Steps: 1, Latents: 4, Means: 2, Layers: []attention.Layer{{Size: 4, Keys: 2}}}
	trace := &attention.Trace{
		Latents: [][]float32{{1, 2, 3, 4}, {5, 6, 7, 8}}, Means: [][]float32{{1, 2}},
		Maps: [][][]float32{{{.5, .5, .25, .75}}},
	}
	put := func() {
		c := attention.New(attention.Options{Store: s})
		c.Put(ctx, key(1), trace, shape)
		c.Close()
	}
	get := func() *attention.Trace {
		c := attention.New(attention.Options{Store: s})
		defer c.Close()
		return c.Get(ctx, key(1), shape)
	}
	put()
	if !reflect.DeepEqual(get(), trace) {
		t.Error("the trace did not come back")
	}
	server.Pause()
	start := time.Now()
	if get() != nil {
		t.Error("a paused server gave a trace")
	}
	if waited := time.Since(start); waited > 10*time.Second {
		t.Errorf("waited %v for a paused server", waited)
	}
	server.Resume()
	if !reflect.DeepEqual(get(), trace) {
		t.Error("after the pause the trace did not come back")
	}
	server.Restart() // without its data
	if get() != nil {
		t.Error("an emptied server gave a trace")
	}
	put()
	if !reflect.DeepEqual(get(), trace) {
		t.Error("after the restart nothing is kept")
	}
	server.Kill()
	put()
	if get() != nil {
		t.Error("a dead server gave a trace")
	}
}

func TestCluster(t *testing.T) {
	nodes := redistest.StartCluster(t, 3)
	var addresses []string
	for _, n := range nodes {
		addresses = append(addresses, n.Addr)
	}
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addresses})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	s := New(client, Options{TotalBytes: 2500})
	for n, user := range []string{"a", "b", "c"} {
		mustPut(t, s, attention.Owner{User: user}, n, chunks(uint64(n), 2, 500))
		time.Sleep(2 * time.Millisecond)
	}
	for n, user := range []string{"a", "b", "c"} {
		got := mustGet(t, s, attention.Owner{User: user}, n)
		if want := chunks(uint64(n), 2, 500); n > 0 && !bytes.Equal(bytes.Join(got, nil), bytes.Join(want, nil)) || n == 0 && len(got) > 0 {
			t.Errorf("user %s has %d chunks", user, len(got))
		}
	}
	if err := s.Forget(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if got := mustGet(t, s, attention.Owner{User: "b"}, 1); len(got) > 0 {
		t.Error("the turn was not forgotten")
	}
}
