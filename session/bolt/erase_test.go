package bolt

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"pentimento/session"
)

// Wherever the process dies while the file is written anew, the next one finds
// what is kept and finishes.
func TestEraseInterrupted(t *testing.T) {
	const secret = "xyzzy-plugh"
	steps := map[string]func(f *Store, temp string) error{
		"before the copy": func(*Store, string) error { return nil },
		"in the copy": func(_ *Store, temp string) error {
			return os.WriteFile(temp, bytes.Repeat([]byte(secret), 1000), 0o600)
		},
		"before the name": compact,
		"after the name": func(f *Store, temp string) error {
			return errors.Join(compact(f, temp), os.Rename(temp, f.path))
		},
	}
	for name, dies := range steps {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sessions.db")
			f, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for user, says := range map[string]string{"alice": "hello", "bob": strings.Repeat(secret, 1000)} {
				_, err := f.Update(t.Context(), session.Key{User: user, Place: "x"}, func(s *session.Session) error {
					_, err := s.Add(session.Turn{Utterance: says})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			err = f.db.Update(func(tx *bbolt.Tx) error { // what Forget does first
				return errors.Join(tx.Bucket(bucketSessions).DeleteBucket([]byte("bob")), tx.Bucket(bucketStore).Put(keyErase, []byte{1}))
			})
			if err := errors.Join(err, dies(f, path+".tmp-1"), f.Close()); err != nil {
				t.Fatal(err)
			}

			f, err = Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if s, err := f.Load(t.Context(), session.Key{User: "alice", Place: "x"}); err != nil || len(s.Turns) != 1 {
				t.Errorf("alice has %d turns, %v; want 1", len(s.Turns), err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(path + "*")
			if err != nil || len(files) != 2 { // and the folder of blobs
				t.Errorf("there are %q, %v", files, err)
			}
			if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte(secret)) {
				t.Errorf("the secret is still there (%v)", err)
			}
		})
	}
}

// compact writes what is kept to a new file.
func compact(f *Store, temp string) error {
	next, err := bbolt.Open(temp, 0o600, nil)
	if err != nil {
		return err
	}
	err = bbolt.Compact(next, f.db.DB, 0)
	if err == nil {
		err = next.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketStore).Delete(keyErase) })
	}
	return errors.Join(err, next.Close())
}
