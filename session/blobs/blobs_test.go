package blobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pentimento/session"
	"pentimento/session/blobs"
)

// maxBlob is how much the tests read back.
const maxBlob = 1 << 20

// A place is an empty bucket, and the folder where its values are files.
type place struct {
	bucket blobs.Bucket
	files  string
}

// kinds are the buckets that all tests run on.
func kinds(t *testing.T) map[string]func(*testing.T) place {
	return map[string]func(*testing.T) place{"folder": folderPlace, "S3": s3Places(t)}
}

func folderPlace(t *testing.T) place {
	dir := t.TempDir()
	bucket, err := blobs.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return place{bucket, dir}
}

// s3Places runs a real S3 server for the test and returns how to make a
// bucket there.
func s3Places(t *testing.T) func(*testing.T) place {
	gateway, err := exec.LookPath("versitygw")
	if err != nil {
		gateway, err = filepath.Abs(filepath.Join("..", "..", "build", "tools", "versitygw"))
		if err == nil {
			_, err = os.Stat(gateway)
		}
	}
	if err != nil {
		return func(t *testing.T) place {
			t.Skip("there is no versitygw on the path or in build/tools: run make s3 to have one, and test pictures on a real S3 server")
			return place{}
		}
	}
	data, addr := t.TempDir(), freeAddr(t)
	process := exec.Command(gateway, "--port", addr, "--quiet", "posix", "--sidecar", t.TempDir(), data)
	process.Env = append(os.Environ(), "ROOT_ACCESS_KEY=user", "ROOT_SECRET_KEY=secret")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = process.Wait() // "signal: killed" is what was wanted
	})
	waitFor(t, addr)
	n := 0
	return func(t *testing.T) place {
		n++
		name := fmt.Sprintf("bucket-%d", n)
		if err := os.Mkdir(filepath.Join(data, name), 0o755); err != nil {
			t.Fatal(err)
		}
		options, err := blobs.ParseS3("s3+http://" + addr + "/" + name + "/below/it?region=us-east-1")
		if err != nil {
			t.Fatal(err)
		}
		options.AccessKey, options.SecretKey = "user", "secret"
		bucket, err := blobs.OpenS3(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		return place{bucket, filepath.Join(data, name, "below", "it")}
	}
}

func freeAddr(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	return l.Addr().String()
}

func waitFor(t *testing.T, addr string) {
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// open returns a store in the place.
func (p place) open(t *testing.T, options blobs.Options) *blobs.Store {
	t.Helper()
	store, err := blobs.Open(t.Context(), p.bucket, options)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// names are all files in the place.
func (p place) names(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(p.files, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(name, p.files+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// age makes a blob last used some time ago.
func (p place) age(t *testing.T, digest string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(filepath.Join(p.files, "blobs", digest), then, then); err != nil {
		t.Fatal(err)
	}
}

var (
	ann = blobs.Owner{User: "ann", Place: "dm"}
	bob = blobs.Owner{User: "bob", Place: "dm"}
)

func put(t *testing.T, s *blobs.Store, o blobs.Owner, data []byte) string {
	t.Helper()
	digest, err := s.Put(t.Context(), o, data)
	if err != nil {
		t.Fatalf("Put: %v", err)
	}
	return digest
}

// has reports whether the owner gets the blob; anything but ErrNone fails the
// test.
func has(t *testing.T, s *blobs.Store, o blobs.Owner, digest string) bool {
	t.Helper()
	_, err := s.Get(t.Context(), o, digest, maxBlob)
	if err != nil && !errors.Is(err, blobs.ErrNone) {
		t.Fatalf("Get: %v", err)
	}
	return err == nil
}

// each runs a test on an empty place of each kind.
func each(t *testing.T, test func(*testing.T, place)) {
	for name, open := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			test(t, p)
			if err := p.bucket.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBlobsComeBack(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t, blobs.Options{Limit: 10 << 20})
		for _, data := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("picture"), 100_000)} {
			digest := put(t, s, ann, data)
			if again := put(t, s, ann, data); again != digest {
				t.Errorf("the same bytes have digests %s and %s", digest, again)
			}
			if got, err := s.Get(t.Context(), ann, digest, maxBlob); err != nil || !bytes.Equal(got, data) {
				t.Errorf("got %d bytes, %v; want %d", len(got), err, len(data))
			}
			if has(t, s, bob, digest) {
				t.Error("bob gets what ann put")
			}
		}
		large := put(t, s, ann, make([]byte, maxBlob+1))
		if has(t, s, ann, large) {
			t.Error("a blob beyond the limit of the reader came back")
		}
		for _, digest := range []string{"", "../../etc/passwd", strings.Repeat("0", 64), strings.Repeat("Z", 64)} {
			if has(t, s, ann, digest) {
				t.Errorf("there is a blob %q", digest)
			}
		}
	})
}

func TestSharedBlobGoesWithItsLastOwner(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t, blobs.Options{Limit: 1 << 20})
		thread := blobs.Owner{User: "ann", Place: "thread"}
		digest := put(t, s, ann, []byte("both"))
		put(t, s, thread, []byte("both"))
		put(t, s, bob, []byte("both"))
		alone := put(t, s, ann, []byte("alone"))
		if err := s.Drop(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
		if has(t, s, ann, digest) || has(t, s, ann, alone) {
			t.Error("ann's are still there")
		}
		if !has(t, s, bob, digest) || !has(t, s, thread, digest) {
			t.Error("others lost theirs")
		}
		if names := strings.Join(p.names(t), " "); strings.Contains(names, alone) {
			t.Errorf("what nobody has is kept: %s", names)
		}
		if err := s.Forget(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		if has(t, s, thread, digest) || !has(t, s, bob, digest) {
			t.Error("Forget took the wrong ones")
		}
		if err := s.Forget(t.Context(), "bob"); err != nil {
			t.Fatal(err)
		}
		if names := p.names(t); len(names) != 0 {
			t.Errorf("when all are forgotten there is %q", names)
		}
	})
}

func TestOldestGoFirst(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		const size = 1000
		s := p.open(t, blobs.Options{Limit: 10 * size})
		var digests []string
		for i := range 10 {
			digests = append(digests, put(t, s, ann, bytes.Repeat([]byte{byte(i)}, size)))
			p.age(t, digests[i], time.Duration(100-i)*time.Hour)
		}
		if !has(t, s, ann, digests[0]) { // now it is the newest
			t.Fatal("a blob within the limit is gone")
		}
		newest := put(t, s, bob, bytes.Repeat([]byte("n"), size))
		kept := []string{newest}
		for _, d := range digests {
			if has(t, s, ann, d) {
				kept = append(kept, d)
			}
		}
		if want := append([]string{newest, digests[0]}, digests[3:]...); !slices.Equal(kept, want) {
			t.Errorf("%d blobs are kept, the first is used: %v", len(kept), slices.Contains(kept, digests[0]))
		}
		if names := strings.Join(p.names(t), " "); strings.Contains(names, digests[1]) {
			t.Errorf("something of an evicted blob is left: %s", names)
		}
	})
}

// What no recipe can make again is not removed to make room, but with whoever has it,
// and when its time is over. What there is of it is bounded, too.
func TestOriginalsStay(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		const size = 1000
		now := time.Now()
		options := blobs.Options{Limit: 10 * size, TTL: 24 * time.Hour, Now: func() time.Time { return now }}
		s := p.open(t, options)
		key := session.Key{User: ann.User, Place: ann.Place}
		photograph := bytes.Repeat([]byte("p"), 2*size)
		digest, err := s.PutOriginal(t.Context(), key, photograph)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, ann, photograph) // as a picture, too
		for i := range 20 {
			put(t, s, ann, bytes.Repeat([]byte{byte(i)}, size))
		}
		if !has(t, s, ann, digest) {
			t.Fatal("it went to make room")
		}
		if _, err := s.PutOriginal(t.Context(), key, bytes.Repeat([]byte("q"), 9*size)); !errors.Is(err, session.ErrDiskFull) {
			t.Errorf("originals beyond the limit: %v", err)
		}
		if err := s.Drop(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
		if names := p.names(t); len(names) != 0 {
			t.Errorf("when it is dropped there is %q", names)
		}
		if _, err := s.PutOriginal(t.Context(), key, photograph); err != nil {
			t.Fatal(err)
		}
		now = now.Add(25 * time.Hour)
		s = p.open(t, options)
		if names := p.names(t); len(names) != 0 || has(t, s, ann, digest) {
			t.Errorf("when its time is over there is %q", names)
		}
	})
}

func TestUnusedGoAfterTheTTL(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		now := time.Now()
		options := blobs.Options{Limit: 1 << 20, TTL: 24 * time.Hour, Now: func() time.Time { return now }}
		s := p.open(t, options)
		old, used := put(t, s, ann, []byte("old")), put(t, s, ann, []byte("used"))
		p.age(t, old, 25*time.Hour)
		p.age(t, used, 25*time.Hour)
		if !has(t, s, ann, used) {
			t.Fatal("it went before anybody looked")
		}
		s = p.open(t, options)
		if has(t, s, ann, old) || !has(t, s, ann, used) {
			t.Error("the wrong one is gone")
		}
		if names := strings.Join(p.names(t), " "); strings.Contains(names, old) {
			t.Errorf("something is left: %s", names)
		}
	})
}

func TestLimitHoldsWhateverIsPut(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		const limit = 100_000
		s := p.open(t, blobs.Options{Limit: limit})
		r := rand.New(rand.NewPCG(1, 2))
		for i := range 60 {
			put(t, s, ann, bytes.Repeat([]byte{byte(i)}, r.IntN(20_000)))
			total := int64(0)
			for entry, err := range p.bucket.List(t.Context(), "blobs/") {
				if err != nil {
					t.Fatal(err)
				}
				total += entry.Size
			}
			if total > limit {
				t.Fatalf("after %d puts there are %d bytes, the limit is %d", i+1, total, limit)
			}
		}
	})
}

// fullDisk is a bucket that takes nothing any more.
type fullDisk struct{ blobs.Bucket }

// Put refuses as a full disk does.
func (fullDisk) Put(context.Context, string, []byte) error { return syscall.ENOSPC }

// A picture is shown from a full disk too, although its use cannot be noted.
func TestFullDiskIsRead(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		digest := put(t, p.open(t, blobs.Options{Limit: 1 << 20}), ann, []byte("picture"))
		p.age(t, digest, 2*time.Hour)
		p.bucket = fullDisk{p.bucket}
		s := p.open(t, blobs.Options{Limit: 1 << 20})
		if got, err := s.Get(t.Context(), ann, digest, maxBlob); err != nil || string(got) != "picture" {
			t.Errorf("Get: %q, %v", got, err)
		}
		if _, err := s.Put(t.Context(), ann, []byte("another")); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("Put: %v, want ENOSPC", err)
		}
	})
}

func TestDamagedBlobIsGone(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t, blobs.Options{Limit: 1 << 20})
		digest := put(t, s, ann, []byte("picture"))
		if err := os.WriteFile(filepath.Join(p.files, "blobs", digest), []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if has(t, s, ann, digest) {
			t.Error("a damaged blob came back")
		}
		put(t, s, ann, []byte("picture"))
		if !has(t, s, ann, digest) {
			t.Error("it could not be put again")
		}
	})
}

// Whatever happens at once, nothing is left of those who were forgotten last.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t, blobs.Options{Limit: 50_000})
		var wg sync.WaitGroup
		for i := range 6 {
			owner := blobs.Owner{User: fmt.Sprint(i % 3), Place: fmt.Sprint(i)}
			wg.Go(func() {
				for n := range 15 {
					digest, err := s.Put(t.Context(), owner, bytes.Repeat([]byte{byte(n)}, 5000)) // the same for all
					if err != nil && strings.Contains(err.Error(), "Existing Object is a directory") {
						continue // the S3 server keeps folders, and cannot remove and make them at once
					}
					if err != nil {
						t.Errorf("Put: %v", err)
					}
					has(t, s, owner, digest)
					if n%5 == 4 {
						if err := s.Forget(t.Context(), owner.User); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		for i := range 3 {
			if err := s.Forget(t.Context(), fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		if names := p.names(t); len(names) > 0 {
			t.Errorf("%q is left", names)
		}
	})
}

// A picture that is put while its user is forgotten goes too, even if the
// store that puts it sees its owner's name just before that is deleted.
func TestPutWhileForgetting(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t, blobs.Options{Limit: 1 << 20})
		put(t, s, ann, []byte("picture"))
		late := place{bucket: &before{Bucket: p.bucket, folder: "owners/", do: func() { put(t, s, ann, []byte("picture")) }}}
		if err := late.open(t, blobs.Options{Limit: 1 << 20}).Forget(t.Context(), ann.User); err != nil {
			t.Fatal(err)
		}
		if names := p.names(t); len(names) > 0 {
			t.Errorf("%q is left", names)
		}
	})
}

// before is a bucket in which something happens just before a value in the
// folder is deleted.
type before struct {
	blobs.Bucket
	folder string
	do     func()
}

func (b *before) Delete(ctx context.Context, name string) error {
	if strings.HasPrefix(name, b.folder) {
		b.do()
	}
	return b.Bucket.Delete(ctx, name)
}

func TestGivenUp(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		s := p.open(t, blobs.Options{Limit: 1 << 20})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, putting := s.Put(ctx, ann, []byte("x"))
		_, getting := s.Get(ctx, ann, strings.Repeat("0", 64), maxBlob)
		for _, err := range []error{putting, getting, s.Forget(ctx, "ann")} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
		}
	})
}

func TestParseS3(t *testing.T) {
	got, err := blobs.ParseS3("s3://minio.example:9000/pictures/a/b?region=eu")
	if want := (blobs.S3Options{Endpoint: "minio.example:9000", Bucket: "pictures", Prefix: "a/b/", Region: "eu"}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	for _, address := range []string{"", "s3:", "s3://host", "http://host/bucket", "s3://key:secret@host/bucket", "s3://host/%zz"} {
		if _, err := blobs.ParseS3(address); err == nil || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// A bucket that is gone has no answer: "no" would have pictures drawn again, and
// references to them removed, that are there once the bucket is back.
func TestTrust09HasWithoutItsBucket(t *testing.T) {
	p := kinds(t)["S3"](t)
	if has, err := p.bucket.Has(t.Context(), "nothing"); has || err != nil {
		t.Errorf("nothing is there: %v, %v", has, err)
	}
	if err := p.bucket.Put(t.Context(), "something", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(filepath.Dir(p.files))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"something", "nothing"} {
		if has, err := p.bucket.Has(t.Context(), name); err == nil {
			t.Errorf("without its bucket, %s is there: %v", name, has)
		}
		if _, _, err := p.bucket.Get(t.Context(), name, 10); err == nil || errors.Is(err, blobs.ErrNone) {
			t.Errorf("without its bucket, %s gave %v", name, err)
		}
	}
}

func TestNoSuchBucket(t *testing.T) {
	kinds := kinds(t)
	kinds["S3"](t) // skips where there is no server
	if _, err := blobs.OpenS3(t.Context(), blobs.S3Options{Endpoint: freeAddr(t), Insecure: true, Bucket: "pictures", Region: "r"}); err == nil {
		t.Error("a server that is not there was opened")
	}
}
