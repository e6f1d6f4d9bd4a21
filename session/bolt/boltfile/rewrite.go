package boltfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"go.etcd.io/bbolt"
)

// bbolt leaves what was deleted in free pages until it needs the room. To
// erase it, the file is written anew, with what is kept, and takes the old
// one's name:
//
//  1. The new file is made beside the old one. It is locked as soon as it is
//     there, so that nobody gets hold of it before it has its name.
//  2. It is renamed over the old one. Whoever has the old one open still reads
//     that; whoever opens the name and waits for the old one's lock finds that
//     the name is another file's (see openBolt).
//  3. The old one is closed, which gives its lock back.
//
// Whatever interrupts this, there is one whole file under the name.

// compactBytes is how many bytes are copied in one transaction.
const compactBytes = 16 << 20

// Rewrite writes the file anew, with what finish makes of it, so that no byte
// is left of what was deleted. The new one takes the place of f, which is
// closed and must not be used by anybody meanwhile. After an error f is as it
// was, unless it is returned with a file.
func (f *File) Rewrite(finish func(*bbolt.Tx) error) (*File, error) {
	temp, err := tempFile(f.path)
	if err != nil {
		return nil, err
	}
	next, err := f.compact(temp, finish)
	if err == nil {
		if err = os.Rename(temp, f.path); err != nil {
			err = errors.Join(err, next.Close())
		}
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(temp))
	}
	next.path = f.path
	return next, errors.Join(syncFolder(filepath.Dir(f.path)), f.Close())
}

// compact writes what is kept to the empty file at temp and returns that open,
// with the old one's permissions.
func (f *File) compact(temp string, finish func(*bbolt.Tx) error) (*File, error) {
	info, err := f.handle.Stat()
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(temp, info.Mode().Perm()); err != nil {
		return nil, err
	}
	next, err := openBolt(temp, false)
	if err != nil {
		return nil, err
	}
	err = f.Guard(func() error { return bbolt.Compact(next.DB, f.DB, compactBytes) })
	if err == nil {
		err = next.Update(finish)
	}
	if err != nil {
		return nil, errors.Join(err, next.Close())
	}
	return next, nil
}

// create makes a file with its layout. It appears under its name complete or
// not at all.
func create(path string, layout func(*bbolt.Tx) error) error {
	temp, err := tempFile(path)
	if err != nil {
		return err
	}
	f, err := openBolt(temp, false)
	if err == nil {
		err = errors.Join(f.Update(layout), f.Close())
	}
	if err == nil {
		err = os.Link(temp, path) // a rename could replace another process's
	}
	if _, there := os.Stat(path); there == nil {
		err = syncFolder(filepath.Dir(path)) // ours, or made meanwhile
	}
	if removing := os.Remove(temp); !errors.Is(removing, os.ErrNotExist) {
		err = errors.Join(err, removing)
	}
	return err
}

// tempInfix stands in the names of unfinished files, after the file's.
const tempInfix = ".tmp-"

// tempFile creates an empty file beside the one at path.
func tempFile(path string) (string, error) {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+tempInfix+"*")
	if err != nil {
		return "", err
	}
	return temp.Name(), temp.Close()
}

// removeTemps removes what a killed process left. The lock must be held.
func removeTemps(path string) error {
	folder := filepath.Dir(path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), filepath.Base(path)+tempInfix) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
