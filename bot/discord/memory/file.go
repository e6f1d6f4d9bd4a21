// Package memory keeps what a bot remembers beside the sessions: small values,
// each under a name in a table. [File] keeps them in one file for one process,
// [Redis] on a server for several.
//
// Start with [OpenFile].
package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
)

// MaxBytes is how long a value may be.
const MaxBytes = 1 << 20

// ErrTooLarge says that a value is longer than MaxBytes.
var ErrTooLarge = errors.New("too much to remember under one name")

// A File is a memory on disk: each table is a bucket of a bbolt database.
type File struct{ db *bolt.DB }

// OpenFile opens the file at path, making it and its folder if they are not
// there. Only one process may have it open.
func OpenFile(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open the bot's memory: %w", err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("open the bot's memory %s: %w", path, err)
	}
	return &File{db}, nil
}

// Close releases the file.
func (f *File) Close() error { return f.db.Close() }

// Get returns a value; nil if there is none.
func (f *File) Get(ctx context.Context, table, name string) ([]byte, error) {
	var out []byte
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, f.db.View(func(tx *bolt.Tx) error {
		if b := tx.Bucket([]byte(table)); b != nil {
			out = bytes.Clone(b.Get([]byte(name)))
		}
		return nil
	})
}

// Change puts what change makes of a value in its place. Nil stands for no
// value, both ways. Nobody else changes the value in between. The error is that
// of change, or of the disk.
func (f *File) Change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return f.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte(table))
		if err != nil {
			return err
		}
		value, err := change(bytes.Clone(b.Get([]byte(name))))
		switch {
		case err != nil:
			return err
		case len(value) > MaxBytes:
			return ErrTooLarge
		case value == nil:
			return b.Delete([]byte(name))
		}
		return b.Put([]byte(name), value)
	})
}

// Each calls visit with every value of a table, in no order, and stops at its
// first error. Visit must not use the memory.
func (f *File) Each(ctx context.Context, table string, visit func(name string, value []byte) error) error {
	return f.db.View(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(table))
		if b == nil {
			return ctx.Err()
		}
		return b.ForEach(func(name, value []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return visit(string(name), bytes.Clone(value))
		})
	})
}
