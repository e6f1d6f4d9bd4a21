// Package bolt keeps a bot's records in one file. Start at [Open].
package bolt

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"pentimento/bot/discord/records"
)

// Records are the records in a file: each table is a bucket of a bbolt database.
type Records struct{ db *bbolt.DB }

// Open opens the file at path, making it and its folder if they are not
// there. Only one process may have it open.
func Open(path string) (*Records, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open the bot's memory: %w", err)
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("open the bot's memory %s: %w", path, err)
	}
	return &Records{db}, nil
}

// Close releases the file.
func (r *Records) Close() error { return r.db.Close() }

// Get returns a value; nil if there is none.
func (r *Records) Get(ctx context.Context, table, name string) ([]byte, error) {
	var out []byte
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, r.db.View(func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(table)); b != nil {
			out = bytes.Clone(b.Get([]byte(name)))
		}
		return nil
	})
}

// Change puts what change makes of a value in its place. Nil stands for no
// value, both ways. Nobody else changes the value in between. The error is that
// of change, or of the disk.
func (r *Records) Change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte(table))
		if err != nil {
			return err
		}
		value, err := change(bytes.Clone(b.Get([]byte(name))))
		switch {
		case err != nil:
			return err
		case len(value) > records.MaxBytes:
			return records.ErrTooLarge
		case value == nil:
			return b.Delete([]byte(name))
		}
		return b.Put([]byte(name), value)
	})
}

// Each calls visit with every value of a table, in no order, and stops at its
// first error. Visit must not use the records.
func (r *Records) Each(ctx context.Context, table string, visit func(name string, value []byte) error) error {
	return r.db.View(func(tx *bbolt.Tx) error {
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
