package bolt

import (
	"errors"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// bbolt leaves what was deleted in free pages until it needs the room. To
// erase it, the file is written anew, with what is kept, and takes the old
// one's name:
//
//  1. Forget deletes the user's records, and in the same transaction puts
//     keyErase, which says that something is still to be erased.
//  2. The new file is made beside the old one. It is locked as soon as it is
//     there, so that nobody gets hold of it before it has its name.
//  3. It is renamed over the old one. Whoever has the old one open still reads
//     that; whoever opens the name and waits for the old one's lock finds that
//     the name is another file's (see openBolt).
//  4. The old one is closed, which gives its lock back.
//
// Whatever interrupts this, there is one whole file under the name: before 3
// the old one, with keyErase, after it the new one, without.

// compactBytes is how many bytes are copied in one transaction.
const compactBytes = 16 << 20

// erase finishes what Forget began.
func (f *Store) erase() error {
	pending := false
	err := f.db.view(func(tx *bbolt.Tx) error {
		pending = tx.Bucket(bucketStore).Get(keyErase) != nil
		return nil
	})
	if err != nil || !pending {
		return err
	}
	temp, err := f.tempFile()
	if err != nil {
		return err
	}
	next, err := f.compact(temp)
	if err == nil {
		if err = os.Rename(temp, f.file); err != nil {
			err = errors.Join(err, next.close())
		}
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	old := f.db
	f.db = next
	return errors.Join(syncFolder(filepath.Dir(f.file)), old.close())
}

// compact writes what is kept to the empty file at temp and returns that open,
// with the old one's permissions.
func (f *Store) compact(temp string) (*boltFile, error) {
	info, err := f.db.handle.Stat()
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
	err = f.db.guard(func() error { return bbolt.Compact(next.DB, f.db.DB, compactBytes) })
	if err == nil {
		err = next.update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketStore).Delete(keyErase) })
	}
	if err != nil {
		return nil, errors.Join(err, next.close())
	}
	return next, nil
}
