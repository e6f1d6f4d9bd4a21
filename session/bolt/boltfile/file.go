// Package boltfile keeps bbolt files that may be damaged: everything that is
// wrong with one is an error, where bbolt panics, faults or recurses until the
// process dies. Start at [Open].
//
// bbolt trusts the pages that it maps. pages.go checks them before it does,
// meta.go finds out whether the last change is missing, and [File.Guard] turns
// what still goes wrong into errors. rewrite.go leaves nothing of what was
// deleted, salvage.go reads what a damaged file still has.
package boltfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// ErrInUse says that another process has the file open, or has put another one
// in its place.
var ErrInUse = errors.New("another process has the file open")

// A DamageError says what is wrong with a file that is not as it was written,
// or is not a bbolt file at all.
type DamageError struct{ What string }

// Error says what is wrong.
func (e *DamageError) Error() string { return e.What }

// Damaged returns a [*DamageError].
func Damaged(format string, args ...any) error { return &DamageError{fmt.Sprintf(format, args...)} }

// IsDamage reports whether an error says that a file is damaged.
func IsDamage(err error) bool {
	_, is := errors.AsType[*DamageError](err)
	return is
}

// IsFull reports whether there was no room for a write.
func IsFull(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		// bbolt keeps only the text of an error in growing the file.
		if err != nil && (errors.Is(err, full) || strings.HasSuffix(err.Error(), full.Error())) {
			return true
		}
	}
	return false
}

// lockTimeout is how long Open waits for another process to let go.
const lockTimeout = 300 * time.Millisecond

// A File is an open bbolt file. It belongs to one process at a time.
type File struct {
	*bbolt.DB
	path    string   // without symbolic links
	handle  *os.File // the file that DB works on
	missing error
	// fault is set by the first panic. bbolt's locks are then in an unknown
	// state, and nothing may enter it again.
	fault atomic.Pointer[error]
}

// Open opens the file at path, checks its pages and takes its lock. If there
// is none, it makes one with what layout puts into it, and the folder. The
// error is a [*DamageError], [ErrInUse] within a second, or one of the file
// system.
func Open(path string, layout func(*bbolt.Tx) error) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := create(path, layout); err != nil {
			return nil, err
		}
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	missing, err := checkFile(path)
	if err != nil {
		return nil, err
	}
	f, err := openBolt(path, false)
	if err != nil {
		return nil, err
	}
	f.missing = missing
	if err := removeTemps(path); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// openBolt opens the file and takes its lock, a shared one if readOnly.
func openBolt(path string, readOnly bool) (*File, error) {
	f := &File{path: path}
	err := f.Guard(func() (err error) {
		f.DB, err = bbolt.Open(path, 0o600, &bbolt.Options{
			ReadOnly: readOnly,
			Timeout:  lockTimeout,
			OpenFile: func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
				f.handle, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
				return f.handle, err
			},
		})
		return err
	})
	if f.fault.Load() != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err != nil {
		return nil, openError(err)
	}
	if err := f.checkName(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// checkName makes sure that the path is still that of the file that is open.
// Whoever waited for its lock may have got it from a process that put another
// file there.
func (f *File) checkName() error {
	ours, err := f.handle.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	if !os.SameFile(ours, named) {
		return ErrInUse
	}
	return nil
}

// openError names what bbolt returned from opening a file. What the system did
// not say, bbolt said about the contents.
func openError(err error) error {
	var system syscall.Errno
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrInUse
	case errors.As(err, &system):
		return err
	}
	return Damaged("%v", err)
}

// Missing says whether the last change before the file was opened is missing
// from it: it is [ErrLastChange], [ErrPerhapsLastChange], or nil.
func (f *File) Missing() error { return f.missing }

// View runs a read-only transaction.
func (f *File) View(fn func(*bbolt.Tx) error) error {
	return f.Guard(func() error { return f.DB.View(fn) })
}

// Update runs a transaction and commits it unless fn fails.
func (f *File) Update(fn func(*bbolt.Tx) error) error {
	return f.Guard(func() error { return f.DB.Update(fn) })
}

// Rollback ends tx if it was begun and not committed.
func (f *File) Rollback(tx *bbolt.Tx) {
	if tx == nil {
		return
	}
	// The one error that may happen says that tx was ended.
	_ = f.Guard(tx.Rollback)
}

// Close releases the file.
func (f *File) Close() error {
	if f.fault.Load() != nil {
		return f.handle.Close() // bbolt might wait for its own locks
	}
	return f.Guard(f.DB.Close)
}

// Guard runs fn and turns a panic or a fault in mapped memory into an error,
// which every later call returns too.
func (f *File) Guard(fn func() error) (err error) {
	if fault := f.fault.Load(); fault != nil {
		return *fault
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = Damaged("%v", r)
			f.fault.Store(&err)
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
