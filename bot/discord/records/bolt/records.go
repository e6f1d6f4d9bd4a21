// Package bolt keeps a bot's records in one file. Start at [Open].
//
// seal.go says what is in the file, and how it is known that nothing of it has
// changed or is missing.
package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"go.etcd.io/bbolt"

	"pentimento/bot/discord/records"
	"pentimento/session"
	"pentimento/session/bolt/boltfile"
)

// errClosed says that the records were closed.
var errClosed = errors.New("the bot's memory is closed")

// Records are the records in a file. All methods may be called by several
// goroutines at once.
type Records struct {
	path string

	mu   sync.RWMutex   // held for writing while the file is replaced or closed
	file *boltfile.File // nil once closed
}

// Open opens the file at path, making it and its folder if they are not there,
// and checks every record in it. Only one process may have it open. The error is
// [records.ErrDamaged] if the file is not what was written. That its last change
// is missing is told to the log: the rest is of use.
func Open(path string, log *slog.Logger) (*Records, error) {
	r := &Records{path: path}
	if err := r.open(log); err != nil {
		return nil, r.explain("open", err)
	}
	return r, nil
}

func (r *Records) open(log *slog.Logger) (err error) {
	if r.file, err = boltfile.Open(r.path, layout); err != nil {
		return err
	}
	if missing := r.file.Missing(); missing != nil {
		log.Warn("the bot may not remember what it did last: settings, who is blocked", "file", r.path, "reason", missing)
	}
	if err = r.upgrade(); err == nil {
		err = r.file.View(check)
	}
	if err == nil {
		// On a full disk the next Erase or Open does it; until then the records
		// are of use.
		if err = r.erase(); boltfile.IsFull(err) {
			err = nil
		}
	}
	if err != nil {
		return errors.Join(err, r.file.Close())
	}
	return nil
}

// upgrade marks the records of a file from before there were marks.
func (r *Records) upgrade() error {
	old := false
	err := r.file.View(func(tx *bbolt.Tx) error {
		old = tx.Bucket(bucketBot) == nil
		return nil
	})
	if err != nil || !old {
		return err
	}
	return r.file.Update(upgrade)
}

// Close releases the file.
func (r *Records) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return nil
	}
	file := r.file
	r.file = nil
	return r.explain("close", file.Close())
}

// Get returns a value; nil if there is none.
func (r *Records) Get(ctx context.Context, table, name string) (value []byte, err error) {
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	err = r.file.View(func(tx *bbolt.Tx) error {
		value, err = get(tx, table, name)
		return err
	})
	return value, r.explain("read", err)
}

// Change puts what change makes of a value in its place. Nil stands for no
// value, both ways. Nobody else changes the value in between. The error is that
// of change, or of the disk.
func (r *Records) Change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	defer r.mu.RUnlock()
	var tx *bbolt.Tx
	defer func() { r.file.Rollback(tx) }() // also when change panics
	var old []byte
	err := r.file.Guard(func() (err error) {
		if tx, err = r.file.Begin(true); err == nil {
			old, err = get(tx, table, name)
		}
		return err
	})
	if err != nil {
		return r.explain("read", err)
	}
	value, err := change(old)
	if err != nil || bytes.Equal(value, old) && (value == nil) == (old == nil) {
		return err
	}
	err = r.file.Guard(func() error {
		if err := put(tx.Bucket(bucketBot), []byte(table), []byte(name), value); err != nil {
			return err
		}
		return tx.Commit()
	})
	return r.explain("change", err)
}

// Each calls visit with every value of a table, in no order, and stops at its
// first error.
func (r *Records) Each(ctx context.Context, table string, visit func(name string, value []byte) error) error {
	found, err := r.all(ctx, table)
	if err != nil {
		return err
	}
	for name, value := range found {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := visit(name, value); err != nil {
			return err
		}
	}
	return nil
}

// all returns the values of a table.
func (r *Records) all(ctx context.Context, table string) (map[string][]byte, error) {
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	found := map[string][]byte{}
	err := r.file.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketBot).Bucket([]byte(table))
		if b == nil {
			return nil
		}
		return b.ForEach(func(name, record []byte) (err error) {
			found[string(name)], err = unseal([]byte(table), name, record)
			return err
		})
	})
	return found, r.explain("read", err)
}

// Erase leaves no byte in the file of what was removed or replaced. If the
// process dies meanwhile, opening the file does so. On a full disk the error is
// [session.ErrNotErased]; the next Erase or Open erases.
func (r *Records) Erase(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return errClosed
	}
	err := r.erase()
	if boltfile.IsFull(err) {
		err = fmt.Errorf("%w: %w", session.ErrNotErased, err)
	}
	return r.explain("erase what was removed from", err)
}

// erase writes the file anew.
func (r *Records) erase() error {
	next, err := r.file.Rewrite(check)
	if next != nil {
		r.file = next
	}
	return err
}

// enter keeps the file what it is until r.mu.RUnlock is called.
func (r *Records) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.RLock()
	if r.file == nil {
		r.mu.RUnlock()
		return errClosed
	}
	return nil
}

// explain says what was being done with which file.
func (r *Records) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if boltfile.IsDamage(err) {
		err = fmt.Errorf("%w: %w", records.ErrDamaged, err)
	}
	return fmt.Errorf("%s %s: %w", doing, r.path, err)
}
