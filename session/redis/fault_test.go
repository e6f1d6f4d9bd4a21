package redis_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pentimento/session"
	"pentimento/session/redis"
	"pentimento/session/redis/conn"
	"pentimento/tests/redistest"
)

// eventful adds a turn for the event.
func eventful(event string) func(*session.Session) error {
	return func(s *session.Session) error {
		_, err := s.Add(session.Turn{Parent: s.Head, Utterance: event, Event: event})
		return err
	}
}

// uneventful adds a turn that nothing tells from another.
func uneventful(s *session.Session) error {
	_, err := s.Add(session.Turn{Parent: s.Head, Utterance: "again"})
	return err
}

// wantEvents fails the test unless each event made one turn.
func wantEvents(t *testing.T, store session.Store, events []string) {
	t.Helper()
	s, err := store.Load(t.Context(), testKey)
	if err != nil {
		t.Fatal(err)
	}
	made := make(map[string]int)
	for _, turn := range s.Turns {
		made[turn.Event]++
	}
	for _, event := range events {
		if made[event] != 1 {
			t.Errorf("the acknowledged event %s made %d turns", event, made[event])
		}
	}
}

// wantError fails the test unless err is want and reads as a sentence.
func wantError(t *testing.T, doing string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", doing, err, want)
	}
}

// The server is killed again and again while several talk.
func TestRestarted(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	options := redisAt(t, "redis://"+server.Addr)
	options.Patience = time.Minute
	store := openRedis(t, options)
	defer closeStore(t, store)

	var mu sync.Mutex
	var kept []string
	var done atomic.Bool
	var wg sync.WaitGroup
	for talker := range 3 {
		wg.Go(func() {
			for n := 0; !done.Load(); n++ {
				event := fmt.Sprintf("%d/%d", talker, n)
				if _, err := store.Update(t.Context(), testKey, eventful(event)); err != nil {
					t.Errorf("Update while the server restarts: %v", err)
					return
				}
				mu.Lock()
				kept = append(kept, event)
				mu.Unlock()
			}
		})
	}
	for range 4 {
		time.Sleep(100 * time.Millisecond)
		server.Restart()
	}
	time.Sleep(100 * time.Millisecond)
	done.Store(true)
	wg.Wait()
	if len(kept) < 5 {
		t.Fatalf("only %d events were kept", len(kept))
	}
	wantEvents(t, store, kept)
}

// The server dies for good, and the Sentinels choose its replica.
func TestFailover(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t)
	replica := redistest.StartReplica(t, master)
	sentinel := redistest.StartSentinel(t, master)
	sentinel.Await(replica.Addr, "sentinel", "replicas", "mymaster")
	options := redisAt(t, "redis+sentinel://"+sentinel.Addr+"/mymaster")
	options.Patience = time.Minute
	store := openRedis(t, options)
	defer closeStore(t, store)
	var kept []string
	for n := range 20 {
		if n == 10 {
			replica.Await("turn "+kept[len(kept)-1], "get", "copied so far")
			master.Kill()
		}
		event := strconv.Itoa(n)
		if _, err := store.Update(t.Context(), testKey, eventful(event)); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, event)
		if n < 10 {
			master.CLI("set", "copied so far", "turn "+event)
		}
	}
	wantEvents(t, store, kept)
}

// The server stops for 10 s and goes on: who is patient waits, who is not gets
// a sentence, and nothing is done twice.
func TestPaused(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	options := redisAt(t, "redis://"+server.Addr)
	options.Patience = time.Minute
	patient := openRedis(t, options)
	defer closeStore(t, patient)
	options.Patience = 3 * time.Second
	hasty := openRedis(t, options)
	defer closeStore(t, hasty)
	if _, err := patient.Update(t.Context(), testKey, uneventful); err != nil {
		t.Fatal(err)
	}

	server.Pause()
	resumed := time.AfterFunc(10*time.Second, server.Resume)
	defer resumed.Stop()
	_, err := hasty.Load(t.Context(), testKey)
	wantError(t, "Load by the hasty", err, session.ErrUnavailable)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = patient.Load(ctx, testKey)
	wantError(t, "Load within 100 ms", err, context.DeadlineExceeded)
	if _, err := patient.Update(t.Context(), testKey, uneventful); err != nil {
		t.Errorf("Update by the patient: %v", err)
	}
	if s, err := hasty.Load(t.Context(), testKey); err != nil || len(s.Turns) != 2 {
		t.Errorf("after the pause: %+v, %v; want 2 turns", s, err)
	}
}

// A full server refuses what needs room, and serves the rest.
func TestFull(t *testing.T) {
	server := redistest.Start(t)
	store := openRedis(t, redisAt(t, "redis://"+server.Addr))
	defer closeStore(t, store)
	bob := session.Key{User: "bob", Place: "dm"}
	for _, key := range []session.Key{testKey, bob} {
		if _, err := store.Update(t.Context(), key, uneventful); err != nil {
			t.Fatal(err)
		}
	}
	digest, err := store.PutBlob(t.Context(), testKey, []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	code, err := store.Share(t.Context(), testKey, 1, time.Hour)
	if err != nil {
		t.Fatal(err)
	}

	server.CLI("config", "set", "maxmemory", "1")
	_, err = store.Update(t.Context(), testKey, uneventful)
	wantError(t, "Update", err, session.ErrMemoryFull)
	_, err = store.PutBlob(t.Context(), testKey, make([]byte, 3<<20))
	wantError(t, "PutBlob", err, session.ErrMemoryFull)
	_, err = store.Share(t.Context(), testKey, 1, time.Hour)
	wantError(t, "Share", err, session.ErrMemoryFull)
	if s, err := store.Load(t.Context(), testKey); err != nil || len(s.Turns) != 1 {
		t.Errorf("Load: %+v, %v; want 1 turn", s, err)
	}
	if _, err := store.GetBlob(t.Context(), testKey, digest); err != nil {
		t.Errorf("GetBlob: %v", err)
	}
	if _, err := store.Shared(t.Context(), code); err != nil {
		t.Errorf("Shared: %v", err)
	}
	if err := store.Forget(t.Context(), testKey.User); err != nil {
		t.Errorf("Forget: %v", err)
	}

	server.CLI("config", "set", "maxmemory", "0")
	if s, err := store.Update(t.Context(), bob, uneventful); err != nil || len(s.Turns) != 2 {
		t.Errorf("Update when there is room again: %+v, %v; want 2 turns", s, err)
	}
}

// Keys vanish one after the other. What is left is served or refused; nothing
// is made up.
func TestLosesKeys(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--appendfsync", "no")
	options := redisAt(t, "redis://"+server.Addr)
	store := openRedis(t, options)
	defer closeStore(t, store)
	c := client(t, server)
	r := mathrand.New(mathrand.NewPCG(1, 2))
	for round := range 30 {
		digest, err := store.PutBlob(t.Context(), testKey, make([]byte, 3<<20))
		if err != nil {
			t.Fatal(err)
		}
		before, err := store.Update(t.Context(), testKey, uneventful)
		if err != nil {
			t.Fatal(err)
		}
		code, err := store.Share(t.Context(), testKey, before.Head, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		keys := allKeys(t, c, options.Prefix)
		lost := keys[r.IntN(len(keys))]
		if err := c.Del(t.Context(), lost).Err(); err != nil {
			t.Fatal(err)
		}
		s, err := store.Load(t.Context(), testKey)
		if err != nil || len(s.Turns) != len(before.Turns) && len(s.Turns) != 0 {
			t.Errorf("round %d, without %s: %+v, %v", round, lost, s, err)
		}
		if data, err := store.GetBlob(t.Context(), testKey, digest); !errors.Is(err, session.ErrNoSuchBlob) && (err != nil || len(data) != 3<<20) {
			t.Errorf("round %d, without %s: a blob of %d bytes, %v", round, lost, len(data), err)
		}
		if shared, err := store.Shared(t.Context(), code); !errors.Is(err, session.ErrNoSuchShare) && (err != nil || len(shared.Turns) != before.Head) {
			t.Errorf("round %d, without %s: shared %+v, %v", round, lost, shared, err)
		}
	}
	if err := store.Forget(t.Context(), testKey.User); err != nil {
		t.Fatal(err)
	}
}

// A session's fields are damaged in every way that a stranger could: an error,
// never a panic.
func TestDamagedSession(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	options := redisAt(t, "redis://"+server.Addr)
	store := openRedis(t, options)
	defer closeStore(t, store)
	c := client(t, server)
	damages := []struct {
		name   string
		damage func(key string) error
		want   error
	}{
		{"a turn is gone", func(key string) error { return c.HDel(t.Context(), key, "1").Err() }, session.ErrCorrupt},
		{"the state is gone", func(key string) error { return c.HDel(t.Context(), key, "state").Err() }, session.ErrCorrupt},
		{"the birth is gone", func(key string) error { return c.HDel(t.Context(), key, "born").Err() }, session.ErrCorrupt},
		{"a turn is another", func(key string) error { return c.HSet(t.Context(), key, "1", "\x01abcd{}").Err() }, session.ErrCorrupt},
		{"a field too many", func(key string) error { return c.HSet(t.Context(), key, "9", "x").Err() }, session.ErrCorrupt},
		{"many fields", func(key string) error {
			for n := range 11 {
				fields := make([]any, 0, 2000)
				for i := range 1000 {
					fields = append(fields, strconv.Itoa(n*1000+i+10), "")
				}
				if err := c.HSet(t.Context(), key, fields...).Err(); err != nil {
					return err
				}
			}
			return nil
		}, session.ErrCorrupt},
		{"another type", func(key string) error { return c.Set(t.Context(), key, "x", 0).Err() }, session.ErrCorrupt},
		{"a newer schema", func(key string) error { return c.HSet(t.Context(), key, "state", "\x63abcd{}").Err() }, session.ErrNewerSchema},
	}
	for _, tt := range damages {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := store.Update(t.Context(), testKey, uneventful); err != nil {
				t.Fatal(err)
			}
			for _, key := range allKeys(t, c, options.Prefix) {
				if strings.Contains(key, ":session:") {
					if err := tt.damage(key); err != nil {
						t.Fatal(err)
					}
				}
			}
			_, err := store.Load(t.Context(), testKey)
			wantError(t, "Load", err, tt.want)
			_, err = store.Update(t.Context(), testKey, uneventful)
			wantError(t, "Update", err, tt.want)
			if err := store.Forget(t.Context(), testKey.User); err != nil {
				t.Error(err)
			}
		})
	}
}

// Answers get lost; every update is done once.
func TestLostAnswers(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	c := redistest.CutAnswers(t, server)
	options := redisAt(t, "redis://"+c.Addr)
	options.Patience = time.Minute
	store := openRedis(t, options)
	defer closeStore(t, store)
	const updates = 100
	for range updates {
		if _, err := store.Update(t.Context(), testKey, uneventful); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := store.Load(t.Context(), testKey); err != nil || len(s.Turns) != updates {
		t.Errorf("%d updates made %d turns (%v), with %d answers lost", updates, len(s.Turns), err, c.Cuts())
	}
	if c.Cuts() < updates/5 {
		t.Errorf("only %d answers were lost", c.Cuts())
	}
}

// writeForEver adds turns in a store on Redis and prints each event once it is
// stored. where is an address, the prefix of keys and a name for the events.
func writeForEver(where string) error {
	parts := strings.Fields(where)
	options, err := conn.Parse(parts[0])
	if err != nil {
		return err
	}
	options.Prefix = parts[1]
	store, err := redis.Open(context.Background(), redis.Options{Options: options})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		event := fmt.Sprintf("%s/%d", parts[2], n)
		if _, err := store.Update(context.Background(), testKey, eventful(event)); err != nil {
			return err
		}
		fmt.Println(event)
	}
}

// Processes are killed in mid-update: what they were told is kept is kept, and
// others go on.
func TestClientKilled(t *testing.T) {
	server := redistest.Start(t, "--appendfsync", "no")
	address := "redis://" + server.Addr
	options := redisAt(t, address)
	store := openRedis(t, options)
	defer closeStore(t, store)
	var kept []string
	for round := range 5 {
		process, out := startChild(t, fmt.Sprintf("%s %s %d", address, options.Prefix, round))
		before := len(kept)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			kept = append(kept, lines.Text())
			if len(kept) == before+10+round {
				if err := process.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = process.Wait() // "signal: killed" is what was wanted
		if len(kept) < before+10 {
			t.Fatalf("the process kept %d turns", len(kept)-before)
		}
		wantEvents(t, store, kept)
		event := fmt.Sprint("after ", round)
		if _, err := store.Update(t.Context(), testKey, eventful(event)); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, event)
	}
}

// A server that wants TLS, a user and a password.
func TestTLSAndUser(t *testing.T) {
	dir := t.TempDir()
	roots := certificate(t, dir)
	port := strconv.Itoa(freePort(t))
	redistest.Start(t, "--appendfsync", "no", "--tls-port", port, "--tls-auth-clients", "no",
		"--tls-cert-file", filepath.Join(dir, "cert.pem"), "--tls-key-file", filepath.Join(dir, "key.pem"),
		"--user", "default", "off", "--user", "pentimento", "on", ">secret", "~pentimento:*", "+@all", "-@admin", "-@dangerous")
	options := redisAt(t, "rediss://pentimento@127.0.0.1:"+port)
	options.Prefix = conn.Prefix
	options.TLS.RootCAs, options.Password, options.Patience = roots, "secret", 2*time.Second
	store := openRedis(t, options)
	defer closeStore(t, store)
	if _, err := store.Update(t.Context(), testKey, uneventful); err != nil {
		t.Error(err)
	}
	if _, err := store.Share(t.Context(), testKey, 1, time.Hour); err != nil {
		t.Error(err)
	}
	if err := store.Forget(t.Context(), testKey.User); err != nil {
		t.Error(err)
	}

	wrong := options
	wrong.Password = "guess"
	_, err := redis.Open(t.Context(), wrong)
	wantError(t, "a wrong password", err, session.ErrDenied)
	if err != nil && strings.Contains(err.Error(), "guess") {
		t.Errorf("the error tells the password: %v", err)
	}
	elsewhere := options
	elsewhere.Prefix = "other:"
	other := openRedis(t, elsewhere)
	defer closeStore(t, other)
	_, err = other.Load(t.Context(), testKey)
	wantError(t, "keys that the user may not see", err, session.ErrDenied)
	strangers := options
	strangers.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	_, err = redis.Open(t.Context(), strangers)
	wantError(t, "a certificate that nobody vouches for", err, session.ErrDenied)
}

// Sentinels that want a user and a password of their own.
func TestSentinelUser(t *testing.T) {
	t.Parallel()
	sentinel := redistest.StartSentinel(t, redistest.Start(t, "--appendfsync", "no"), "user watcher on >secret ~* &* +@all", "user default off")
	options := redisAt(t, "redis+sentinel://"+sentinel.Addr+"/mymaster")
	options.SentinelUser, options.SentinelPassword, options.Patience = "watcher", "secret", 2*time.Second
	store := openRedis(t, options)
	defer closeStore(t, store)
	if _, err := store.Update(t.Context(), testKey, uneventful); err != nil {
		t.Error(err)
	}
	for _, password := range []string{"guess", ""} {
		wrong := options
		wrong.SentinelPassword = password
		_, err := redis.Open(t.Context(), wrong)
		wantError(t, fmt.Sprintf("the password %q", password), err, session.ErrDenied)
	}
}

// certificate writes a self-signed one for 127.0.0.1 and returns a pool that
// trusts it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, data := range map[string][]byte{"cert.pem": public, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(public)
	return pool
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func TestNobodyThere(t *testing.T) {
	options := redisAt(t, "redis://127.0.0.1:"+strconv.Itoa(freePort(t)))
	options.Patience = 100 * time.Millisecond
	_, err := redis.Open(t.Context(), options)
	wantError(t, "Open", err, session.ErrUnavailable)
}
