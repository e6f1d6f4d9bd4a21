package bolt

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"pentimento/session"
)

// lockTimeout is how long openBolt waits for another process to let go.
const lockTimeout = 300 * time.Millisecond

// A boltFile is a bbolt file that gives errors where bbolt panics or faults:
// it trusts the pages that it maps, and a disk may fail under them.
type boltFile struct {
	*bbolt.DB
	handle *os.File // the file that DB works on
	// fault is set by the first panic. bbolt's locks are then in an unknown
	// state, and nothing may enter it again.
	fault atomic.Pointer[error]
}

// openBolt opens the file and takes its lock, a shared one if readOnly. The
// error is session.ErrInUse if another process holds it, or has replaced the
// file.
func openBolt(path string, readOnly bool) (*boltFile, error) {
	db := &boltFile{}
	err := db.guard(func() (err error) {
		db.DB, err = bbolt.Open(path, 0o600, &bbolt.Options{
			ReadOnly: readOnly,
			Timeout:  lockTimeout,
			OpenFile: func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
				db.handle, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
				return db.handle, err
			},
		})
		return err
	})
	if db.fault.Load() != nil {
		return nil, errors.Join(err, db.close())
	}
	if err != nil {
		return nil, openError(err)
	}
	if err := db.checkName(path); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// checkName makes sure that path is still the file that is open. Whoever waited
// for its lock may have got it from a process that put another file there.
func (db *boltFile) checkName(path string) error {
	ours, err := db.handle.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(ours, named) {
		return session.ErrInUse
	}
	return nil
}

// openError names what bbolt returned from opening a file. What the system did
// not say, bbolt said about the contents.
func openError(err error) error {
	var system syscall.Errno
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return session.ErrInUse
	case errors.As(err, &system):
		return err
	}
	return fmt.Errorf("%w: %w", session.ErrCorrupt, err)
}

// view runs a read-only transaction.
func (db *boltFile) view(fn func(*bbolt.Tx) error) error {
	return db.guard(func() error { return db.View(fn) })
}

// update runs a transaction and commits it unless fn fails.
func (db *boltFile) update(fn func(*bbolt.Tx) error) error {
	return db.guard(func() error { return db.Update(fn) })
}

// rollback ends tx if it was begun and not committed.
func (db *boltFile) rollback(tx *bbolt.Tx) {
	if tx == nil {
		return
	}
	// The one error that may happen says that tx was ended.
	_ = db.guard(tx.Rollback)
}

// close releases the file.
func (db *boltFile) close() error {
	if db.fault.Load() != nil {
		return db.handle.Close() // bbolt might wait for its own locks
	}
	return db.guard(db.Close)
}

// guard runs fn and turns a panic or a fault in mapped memory into an error,
// which every later call returns too.
func (db *boltFile) guard(fn func() error) (err error) {
	if fault := db.fault.Load(); fault != nil {
		return *fault
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", session.ErrCorrupt, r)
			db.fault.Store(&err)
		}
	}()
	return fn()
}

// syncFolder makes the names in a folder last. Windows cannot and need not.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
