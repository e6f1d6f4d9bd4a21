package boltfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// What checkPages lets through, bbolt reads without a panic.
func FuzzCheckPages(f *testing.F) {
	path := filepath.Join(f.TempDir(), "sessions.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: 1024})
	if err != nil {
		f.Fatal(err)
	}
	err = errors.Join(db.Update(layout), db.Update(fill), db.Close())
	if err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	if missing, err := checkPages(bytes.NewReader(whole), int64(len(whole)), 1024); err != nil || missing != nil {
		f.Fatal(missing, err)
	}
	f.Add([]byte{})
	for page := range len(whole) / 1024 {
		f.Add([]byte{byte(page), 0, 8, 1, byte(page), 0, 10, 2})
	}
	f.Fuzz(func(t *testing.T, changes []byte) {
		data := bytes.Clone(whole)
		for ; len(changes) >= 4; changes = changes[4:] { // page, offset in two bytes, value
			at := int(changes[0])*1024 + int(changes[1])<<8 + int(changes[2])
			if at < len(data) {
				data[at] = changes[3]
			}
		}
		for page := range 2 { // with a right checksum the check gets further
			resealMeta(data[page*1024+pageHeaderSize:])
		}
		if _, err := checkPages(bytes.NewReader(data), int64(len(data)), 1024); err != nil {
			if !IsDamage(err) {
				t.Errorf("%v, want a damage", err)
			}
			return
		}
		copied := filepath.Join(t.TempDir(), "copy.db")
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			t.Fatal(err)
		}
		useUnguarded(t, copied)
	})
}

// layout makes a bucket.
func layout(tx *bbolt.Tx) error {
	_, err := tx.CreateBucket([]byte("kept"))
	return err
}

// fill puts a bucket into that which runs over a page, and small ones.
func fill(tx *bbolt.Tx) error {
	kept := tx.Bucket([]byte("kept"))
	for _, name := range []string{"alice", "bob", "carol"} {
		b, err := kept.CreateBucket([]byte(name))
		if err != nil {
			return err
		}
		for n := range len(name) {
			if err := b.Put([]byte(fmt.Sprint(name, n)), bytes.Repeat([]byte(name), 1<<(3*n))); err != nil {
				return err
			}
		}
	}
	return nil
}

// resealMeta makes the checksum of a meta record right.
func resealMeta(meta []byte) {
	binary.NativeEndian.PutUint64(meta[metaSize-8:], metaChecksum(meta))
}

// useUnguarded reads all of a file with bbolt alone and writes a little. A
// panic is a failure.
func useUnguarded(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		return
	}
	var walk func(b *bbolt.Bucket) error
	walk = func(b *bbolt.Bucket) error {
		return b.ForEach(func(k, _ []byte) error {
			if sub := b.Bucket(k); sub != nil {
				return walk(sub)
			}
			return nil
		})
	}
	err = db.View(func(tx *bbolt.Tx) error {
		cursor := tx.Cursor()
		for name, _ := cursor.First(); name != nil; name, _ = cursor.Next() {
			if b := tx.Bucket(name); b != nil { // and no key of the root's own
				if err := walk(b); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("read: %v", err)
	}
	for range 3 {
		err = db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("new"))
			if err != nil {
				return err
			}
			return b.Put([]byte("key"), make([]byte, 3000))
		})
		if err != nil && !errors.Is(err, bolterrors.ErrIncompatibleValue) {
			t.Errorf("write: %v", err)
		}
	}
	if err := db.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
