package bolt_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/bolt"
	"pentimento/session/bolt/boltfile/boltfiletest"
	"pentimento/session/sessiontest"
)

// childEnv has the test binary act as a child process: it names what to do and
// the store, apart by a space.
const childEnv = "SESSION_TEST_CHILD"

func TestMain(m *testing.M) {
	if task := os.Getenv(childEnv); task != "" {
		if err := child(task); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// child does what the parent test asks for, and prints what is done.
func child(task string) error {
	name, path, _ := strings.Cut(task, " ")
	switch name {
	case "talk":
		return talkForEver(path)
	case "fill":
		return fillDisk(path)
	}
	return fmt.Errorf("no task %q", name)
}

// startChild starts the test binary as a child and returns its output.
func startChild(t *testing.T, task, path string) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+task+" "+path)
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

func TestStore(t *testing.T) {
	t.Parallel()
	sessiontest.Run(t, func(t *testing.T) session.Store {
		store, err := bolt.Open(filepath.Join(boltfiletest.Dir(t), "sessions.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}

func TestExpiry(t *testing.T) {
	sessiontest.RunExpiry(t, func(t *testing.T) (session.Store, func(time.Duration)) {
		now := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
		expiry := session.Expiry{After: time.Hour, Clock: func() time.Time { return now }}
		store, err := bolt.Open(filepath.Join(t.TempDir(), "sessions.db"), bolt.Options{Expiry: expiry})
		if err != nil {
			t.Fatal(err)
		}
		return store, func(d time.Duration) { now = now.Add(d) }
	})
}

func TestForgetWithoutPictures(t *testing.T) {
	sessiontest.RunForgetWithoutPictures(t, func(pictures *blobs.Store) (session.Store, error) {
		return bolt.Open(filepath.Join(t.TempDir(), "sessions.db"), bolt.Options{Blobs: pictures})
	})
}

func Benchmark(b *testing.B) {
	sessiontest.Benchmark(b, func(b *testing.B) (session.Store, error) {
		return bolt.Open(filepath.Join(b.TempDir(), "sessions.db"), bolt.Options{})
	})
}

// openFile opens a store that is closed when the test ends.
func openFile(t *testing.T, path string) *bolt.Store {
	t.Helper()
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// say adds a turn to the head.
func say(ctx context.Context, store session.Store, key session.Key, utterance string) (*session.Session, error) {
	return store.Update(ctx, key, func(s *session.Session) error {
		_, err := s.Add(session.Turn{Parent: s.Head, Utterance: utterance, Event: utterance})
		return err
	})
}

// talkForEver adds turns 1, 2, 3 … and prints each number once it is stored.
// Now and then it forgets another user, so that pages are erased too.
func talkForEver(path string) error {
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := store.Load(ctx, testKey)
	if err != nil {
		return err
	}
	for n := len(s.Turns) + 1; ; n++ {
		if _, err := say(ctx, store, testKey, strconv.Itoa(n)); err != nil {
			return err
		}
		fmt.Println(n)
		if n%4 == 0 {
			if _, err := say(ctx, store, session.Key{User: "bob", Place: "x"}, strconv.Itoa(n)); err != nil {
				return err
			}
			if err := store.Forget(ctx, "bob"); err != nil {
				return err
			}
		}
	}
}

// A process is killed again and again while it writes: what it has said is
// stored is there, and the next one goes on.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 25
	if testing.Short() {
		rounds = 4
	}
	path := filepath.Join(t.TempDir(), "sessions.db")
	r := rand.New(rand.NewPCG(3, 4))
	acknowledged := 0
	for range rounds {
		cmd, out := startChild(t, "talk", path)
		after := acknowledged + 1 + r.IntN(12)
		lines := bufio.NewScanner(out)
		for killed := false; lines.Scan(); {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatalf("the child said: %s", lines.Text())
			}
			acknowledged = n
			if n >= after && !killed { // what it says after that counts too
				time.Sleep(time.Duration(r.IntN(8000)) * time.Microsecond)
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				killed = true
			}
		}
		_ = cmd.Wait() // it was killed
		checkTalk(t, path, acknowledged)
	}
	if left := temps(t, filepath.Dir(path)); len(left) > 0 {
		t.Errorf("unfinished files are left: %q", left)
	}
	t.Logf("%d turns over %d kills", acknowledged, rounds)
}

// checkTalk checks that turns 1 to acknowledged are stored, and at most one
// more, in a line.
func checkTalk(t *testing.T, path string, acknowledged int) {
	t.Helper()
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatalf("after turn %d: %v", acknowledged, err)
	}
	s, err := store.Load(t.Context(), testKey)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Turns) < acknowledged || len(s.Turns) > acknowledged+1 {
		t.Fatalf("%d turns are stored, %d were acknowledged", len(s.Turns), acknowledged)
	}
	for i, turn := range s.Turns {
		if turn.Utterance != strconv.Itoa(i+1) || turn.Parent != i {
			t.Fatalf("turn %d is %+v", i+1, turn)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// temps are the unfinished files in a folder.
func temps(t *testing.T, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.tmp-*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "sessions.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := say(t.Context(), store, testKey, "a cat")
	if err != nil {
		t.Fatal(err)
	}
	digest, err := store.PutBlob(t.Context(), testKey, []byte("latents"))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openFile(t, path)
	got, err := store.Load(t.Context(), testKey)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	if blob, err := store.GetBlob(t.Context(), testKey, digest); err != nil || string(blob) != "latents" {
		t.Errorf("GetBlob: %q, %v", blob, err)
	}
}

func TestInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	cmd, out := startChild(t, "talk", path)
	defer func() {
		_ = cmd.Process.Kill() // it may have died by itself, which fails above
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	}()
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		store, err := bolt.Open(path, bolt.Options{})
		if !errors.Is(err, session.ErrInUse) {
			t.Fatalf("Open: %v, %v; want ErrInUse", store, err)
		}
		if !strings.Contains(err.Error(), "is in use by another process") || !strings.Contains(err.Error(), path) {
			t.Errorf("the error does not say what is wrong: %v", err)
		}
	}
}

// Opening a store twice in one process is in use as well.
func TestInUseHere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	openFile(t, path)
	if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, session.ErrInUse) {
		t.Errorf("Open: %v, want ErrInUse", err)
	}
}

// Many open a store that is not there yet: one gets it.
func TestCreateAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	const openers = 8
	type opened struct {
		store *bolt.Store
		err   error
	}
	results := make(chan opened)
	for range openers {
		go func() {
			store, err := bolt.Open(path, bolt.Options{})
			results <- opened{store, err}
		}()
	}
	stores := 0
	for range openers {
		switch o := <-results; {
		case o.err == nil:
			stores++
			defer func() {
				if err := o.store.Close(); err != nil {
					t.Error(err)
				}
			}()
		case !errors.Is(o.err, session.ErrInUse):
			t.Errorf("Open: %v, want ErrInUse", o.err)
		}
	}
	if stores != 1 {
		t.Errorf("%d got the store, want 1", stores)
	}
}

// After Forget no file holds a word of the user.
func TestForgetLeavesNoBytes(t *testing.T) {
	t.Parallel()
	const secret = "xyzzy-plugh"
	folder := t.TempDir()
	store := openFile(t, filepath.Join(folder, "sessions.db"))
	alice := session.Key{User: "alice " + secret, Place: "place " + secret}
	for n := range 90 {
		for _, key := range []session.Key{alice, {User: "bob", Place: fmt.Sprint(n % 3)}} {
			if _, err := say(t.Context(), store, key, fmt.Sprint(key.User, " says ", n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := store.PutBlob(t.Context(), alice, []byte("latents "+secret)); err != nil {
		t.Fatal(err)
	}
	if n := filesWith(t, folder, secret); n != 2 {
		t.Fatalf("before Forget %d files hold the secret, want 2: this test sees nothing", n)
	}
	if err := store.Forget(t.Context(), alice.User); err != nil {
		t.Fatal(err)
	}
	if n := filesWith(t, folder, secret); n != 0 {
		t.Errorf("after Forget %d files hold the secret", n)
	}
	for n := range 3 {
		s, err := store.Load(t.Context(), session.Key{User: "bob", Place: fmt.Sprint(n)})
		if err != nil || len(s.Turns) != 30 {
			t.Errorf("bob's session %d: %d turns, %v; want 30", n, len(s.Turns), err)
		}
	}
	if _, err := bolt.Open(filepath.Join(folder, "sessions.db"), bolt.Options{}); !errors.Is(err, session.ErrInUse) {
		t.Errorf("Open after Forget: %v, want ErrInUse", err)
	}
}

// A process that dies before it has erased leaves it to the next.
func TestEraseAfterKill(t *testing.T) {
	const secret = "xyzzy-plugh"
	path := filepath.Join(t.TempDir(), "sessions.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := say(t.Context(), store, testKey, strings.Repeat(secret, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, func(tx *bbolt.Tx) error { // what Forget does first
		return errors.Join(
			tx.Bucket([]byte("sessions")).DeleteBucket([]byte(testKey.User)),
			tx.Bucket([]byte("store")).Put([]byte("erase"), []byte{1}))
	})
	if n := filesWith(t, filepath.Dir(path), secret); n != 1 {
		t.Fatalf("%d files hold the secret, want 1: this test sees nothing", n)
	}
	openFile(t, path)
	if n := filesWith(t, filepath.Dir(path), secret); n != 0 {
		t.Errorf("%d files hold the secret", n)
	}
}

// Whoever waits for the file while it is replaced does not get the old one, of
// which nothing would remain; whoever reads it, as a backup does, reads it to
// its end.
func TestForgetKeepsTheLock(t *testing.T) {
	t.Parallel()
	path := stored(t, 100)
	store := openFile(t, path)
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	waits := make(chan error)
	for range 4 {
		go func() {
			other, err := bolt.Open(path, bolt.Options{})
			if err == nil {
				err = errors.Join(errors.New("the store was opened twice"), other.Close())
			}
			waits <- err
		}()
	}
	for n := range 20 {
		if _, err := say(t.Context(), store, session.Key{User: "bob", Place: "x"}, fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
		if err := store.Forget(t.Context(), "bob"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	for range 4 {
		if err := <-waits; !errors.Is(err, session.ErrInUse) {
			t.Errorf("Open meanwhile: %v, want ErrInUse", err)
		}
	}
	old, err := io.ReadAll(reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(backup, old, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, store := range map[string]*bolt.Store{"the store": store, "the backup": openFile(t, backup)} {
		if s, err := store.Load(t.Context(), testKey); err != nil || len(s.Turns) != 100 {
			t.Errorf("%s has %d turns, %v; want 100", name, len(s.Turns), err)
		}
	}
}

// A file that a symbolic link leads to stays where it is, and has the
// permissions that it had.
func TestForgetThroughALink(t *testing.T) {
	path := stored(t, 3)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	store := openFile(t, link)
	if err := store.Forget(t.Context(), "bob"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("the file is now %v, %v", info, err)
	}
}

// filesWith counts the files below folder that hold text, by name or content.
func filesWith(t *testing.T, folder, text string) (n int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) || strings.Contains(path, text) {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// change opens the store's file behind the store's back.
func change(t *testing.T, path string, fn func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// stored makes a store with a few turns, closes it and returns its path.
func stored(t *testing.T, turns int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sessions.db")
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Update(t.Context(), testKey, func(s *session.Session) error {
		for n := range turns {
			if _, err := s.Add(session.Turn{Parent: s.Head, Utterance: fmt.Sprint(n)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// place is the bucket of testKey's session.
func place(tx *bbolt.Tx) *bbolt.Bucket {
	return tx.Bucket([]byte("sessions")).Bucket([]byte(testKey.User)).Bucket([]byte(testKey.Place))
}

func TestNewerSchemaOfTheFile(t *testing.T) {
	path := stored(t, 3)
	change(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("store")).Put([]byte("schema"), []byte{session.Schema + 1})
	})
	_, err := bolt.Open(path, bolt.Options{})
	if !errors.Is(err, session.ErrNewerSchema) || !strings.Contains(err.Error(), "update the program") {
		t.Errorf("Open: %v, want ErrNewerSchema and what to do", err)
	}
}

// Damage to single records is found when the session is read; the others go on.
func TestDamagedRecords(t *testing.T) {
	id2 := []byte{0, 0, 0, 2}
	tests := []struct {
		name   string
		damage func(*bbolt.Bucket) error
		want   error
	}{
		{"a turn of a newer schema", func(b *bbolt.Bucket) error {
			record := bytes.Clone(b.Get(id2))
			record[0] = session.Schema + 1
			return b.Put(id2, record)
		}, session.ErrNewerSchema},
		{"a turn of schema 0", func(b *bbolt.Bucket) error {
			record := bytes.Clone(b.Get(id2))
			record[0] = 0
			return b.Put(id2, record)
		}, session.ErrCorrupt},
		{"a bit of a turn", func(b *bbolt.Bucket) error {
			record := bytes.Clone(b.Get(id2))
			record[len(record)/2] ^= 4
			return b.Put(id2, record)
		}, session.ErrCorrupt},
		{"a turn cut short", func(b *bbolt.Bucket) error {
			return b.Put(id2, bytes.Clone(b.Get(id2)[:20]))
		}, session.ErrCorrupt},
		{"an empty turn", func(b *bbolt.Bucket) error { return b.Put(id2, nil) }, session.ErrCorrupt},
		{"a turn missing", func(b *bbolt.Bucket) error { return b.Delete(id2) }, session.ErrCorrupt},
		{"a turn in another's place", func(b *bbolt.Bucket) error {
			return b.Put(id2, bytes.Clone(b.Get([]byte{0, 0, 0, 3})))
		}, session.ErrCorrupt},
		{"a turn as large as a disk", func(b *bbolt.Bucket) error {
			return b.Put(id2, make([]byte, session.MaxTurnBytes+1))
		}, session.ErrCorrupt},
		{"the state missing", func(b *bbolt.Bucket) error { return b.Delete([]byte("state")) }, session.ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := stored(t, 3)
			change(t, path, func(tx *bbolt.Tx) error { return tt.damage(place(tx)) })
			store := openFile(t, path)
			if _, err := store.Load(t.Context(), testKey); !errors.Is(err, tt.want) {
				t.Errorf("Load: %v, want %v", err, tt.want)
			}
			if _, err := say(t.Context(), store, testKey, "more"); !errors.Is(err, tt.want) {
				t.Errorf("Update: %v, want %v", err, tt.want)
			}
			other := session.Key{User: testKey.User, Place: "elsewhere"}
			if _, err := say(t.Context(), store, other, "more"); err != nil {
				t.Errorf("another session: %v", err)
			}
			if err := store.Delete(t.Context(), testKey); err != nil {
				t.Errorf("Delete: %v", err)
			}
			if _, err := say(t.Context(), store, testKey, "again"); err != nil {
				t.Errorf("after Delete: %v", err)
			}
		})
	}
}

// A share that is damaged, or a time that is, holds up nobody else.
func TestDamagedShareAndTime(t *testing.T) {
	path := stored(t, 3)
	store := openFile(t, path)
	code, err := store.Share(t.Context(), testKey, 2, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, func(tx *bbolt.Tx) error {
		shares := tx.Bucket([]byte("shares"))
		return errors.Join(place(tx).Put([]byte("touched"), []byte("then")), shares.ForEachBucket(func(name []byte) error {
			return shares.Bucket(name).Put([]byte("state"), []byte("what"))
		}))
	})
	store, err = bolt.Open(path, bolt.Options{Expiry: session.Expiry{After: time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := store.Shared(t.Context(), code); !errors.Is(err, session.ErrCorrupt) {
		t.Errorf("Shared: %v, want ErrCorrupt", err)
	}
	if s, err := say(t.Context(), store, testKey, "more"); err != nil || len(s.Turns) != 4 {
		t.Errorf("Update: %+v, %v; want 4 turns", s, err)
	}
	bob := session.Key{User: "bob", Place: "x"}
	if _, err := say(t.Context(), store, bob, "hello"); err != nil {
		t.Errorf("another user: %v", err)
	}
	if _, err := store.Share(t.Context(), bob, 1, time.Hour); err != nil {
		t.Errorf("Share: %v", err)
	}
	if err := store.Forget(t.Context(), bob.User); err != nil {
		t.Errorf("Forget: %v", err)
	}
}

// A file cut anywhere is refused or whole.
func TestCutShort(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(stored(t, 200))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(boltfiletest.Dir(t), "cut.db")
	for size := 0; size < len(whole); size += 1536 {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		exercise(t, path, 200)
	}
}

// Files with a few wrong bytes are refused, or their sessions are, or nothing
// is lost.
func TestWrongBytes(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(stored(t, 60))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(boltfiletest.Dir(t), "wrong.db")
	r := rand.New(rand.NewPCG(5, 6))
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	for range rounds {
		wrong := bytes.Clone(whole)
		page := r.IntN(len(wrong) / os.Getpagesize())
		for range 1 + r.IntN(4) { // mostly in headers and elements
			wrong[page*os.Getpagesize()+r.IntN(1+r.IntN(os.Getpagesize()))] = byte(r.IntN(256))
		}
		if err := os.WriteFile(path, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		exercise(t, path, 60)
	}
}

// exercise uses a store that may be damaged. It must not panic, and a session
// that it gives must have all its turns.
func exercise(t *testing.T, path string, turns int) {
	t.Helper()
	store, err := bolt.Open(path, bolt.Options{})
	if errors.Is(err, session.ErrCorrupt) || errors.Is(err, session.ErrNewerSchema) {
		return
	}
	if err != nil {
		t.Fatalf("Open: %v, want ErrCorrupt", err)
	}
	s, err := store.Load(t.Context(), testKey)
	// A wrong meta page looks like a transaction that was not finished, and a
	// wrong name like another session.
	if err == nil && s.Version != 0 && len(s.Turns) != turns {
		t.Fatalf("%d turns are left of %d", len(s.Turns), turns)
	}
	if err != nil && !errors.Is(err, session.ErrCorrupt) && !errors.Is(err, session.ErrNewerSchema) {
		t.Fatalf("Load: %v, want ErrCorrupt", err)
	}
	for n := range 3 { // free pages are used
		if _, err := say(t.Context(), store, session.Key{User: "bob", Place: "x"}, fmt.Sprint(n)); err != nil && !errors.Is(err, session.ErrCorrupt) {
			t.Fatalf("Update: %v", err)
		}
	}
	if err := store.Forget(t.Context(), "bob"); err != nil && !errors.Is(err, session.ErrCorrupt) {
		t.Fatalf("Forget: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func TestNotAStore(t *testing.T) {
	folder := t.TempDir()
	files := map[string][]byte{
		"empty": {}, "text": []byte("hello"), "zeros": make([]byte, 1<<16), "noise": bytes.Repeat([]byte("noise"), 1<<14),
	}
	for name, data := range files {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Open(path, bolt.Options{}); !errors.Is(err, session.ErrCorrupt) {
			t.Errorf("%s: %v, want ErrCorrupt", name, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, data) {
			t.Errorf("%s was changed (%v)", name, err)
		}
	}
	if _, err := bolt.Open(folder, bolt.Options{}); !errors.Is(err, session.ErrCorrupt) {
		t.Errorf("a folder: %v, want ErrCorrupt", err)
	}
	other := filepath.Join(folder, "other.db")
	change(t, other, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
	if _, err := bolt.Open(other, bolt.Options{}); !errors.Is(err, session.ErrCorrupt) {
		t.Errorf("another program's bbolt file: %v, want ErrCorrupt", err)
	}
}

// The file is cut under a running store: an error, no crash, and it can be
// closed.
func TestFault(t *testing.T) {
	path := stored(t, 200)
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Skipf("this system does not let an open file be cut: %v", err)
	}
	for range 2 {
		if _, err := store.Load(t.Context(), testKey); !errors.Is(err, session.ErrCorrupt) {
			t.Errorf("Load: %v, want ErrCorrupt", err)
		}
		if _, err := say(t.Context(), store, testKey, "more"); !errors.Is(err, session.ErrCorrupt) {
			t.Errorf("Update: %v, want ErrCorrupt", err)
		}
	}
	if err := store.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// A blob that was damaged is gone.
func TestDamagedBlob(t *testing.T) {
	folder := t.TempDir()
	store := openFile(t, filepath.Join(folder, "sessions.db"))
	digest, err := store.PutBlob(t.Context(), testKey, []byte("latents"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "sessions.db.blobs", "blobs", digest))
	if err != nil || len(files) != 1 {
		t.Fatalf("the blob's files are %q, %v", files, err)
	}
	if err := os.WriteFile(files[0], []byte("latentz"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.GetBlob(t.Context(), testKey, digest); !errors.Is(err, session.ErrNoSuchBlob) {
		t.Errorf("GetBlob: %v, want ErrNoSuchBlob", err)
	}
}

// What killed processes left is removed.
func TestTempsRemoved(t *testing.T) {
	path := stored(t, 1)
	if err := os.WriteFile(path+".tmp-123", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	openFile(t, path)
	if left := temps(t, filepath.Dir(path)); len(left) > 0 {
		t.Errorf("unfinished files are left: %q", left)
	}
}
