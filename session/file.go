package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"

	"pentimento/session/blobs"
)

// File is a [Store] in one bbolt file, with the blobs in a folder beside it or
// wherever [WithBlobs] says.
// It belongs to one process at a time. What Update returned without an error
// is on disk: killing the process at any moment loses none of it.
type File struct {
	path   string
	blobs  *blobs.Store
	expiry expiry
	recent recentTurns

	mu sync.RWMutex // held for writing while the file is erased or closed
	db *boltFile    // nil once closed
}

// OpenFile opens the store at path, creating it if there is none. Its errors
// are [ErrInUse] within a second if another process has it open, [ErrCorrupt]
// if it is damaged or not a store, [ErrNewerSchema], [ErrDiskFull], and those
// of the file system.
func OpenFile(path string, options ...Option) (*File, error) {
	c := choose(options)
	f := &File{path: path, blobs: c.blobs, expiry: c.expiry}
	if err := f.open(); err != nil {
		return nil, f.explain("open", err)
	}
	return f, nil
}

// open checks the file before bbolt works with it, since bbolt trusts what it
// maps.
func (f *File) open() (err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(f.path); errors.Is(err, os.ErrNotExist) {
		if err := f.create(); err != nil {
			return err
		}
	}
	if err := checkStructure(f.path); err != nil {
		return err
	}
	if f.db, err = openBolt(f.path, false); err != nil {
		return err
	}
	if err = f.db.view(checkLayout); err == nil {
		err = f.removeTemps()
	}
	if err == nil {
		err = f.erase()
	}
	if err == nil && f.blobs == nil {
		f.blobs, err = f.openBlobs()
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// openBlobs opens the folder beside the file.
func (f *File) openBlobs() (*blobs.Store, error) {
	folder, err := blobs.OpenFolder(f.path + ".blobs")
	if err != nil {
		return nil, err
	}
	store, err := blobs.Open(context.Background(), folder, blobs.Options{Limit: DefaultBlobLimit, TTL: f.expiry.ttl})
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return store, nil
}

// create makes a file with its buckets. It appears under its name complete or
// not at all.
func (f *File) create() error {
	temp, err := f.tempFile()
	if err != nil {
		return err
	}
	db, err := openBolt(temp, false)
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	err = errors.Join(db.update(writeLayout), db.close())
	if err == nil {
		err = os.Link(temp, f.path) // a rename could replace another process's
	}
	if _, there := os.Stat(f.path); there == nil {
		err = syncFolder(filepath.Dir(f.path)) // ours, or made meanwhile
	}
	if rerr := os.Remove(temp); !errors.Is(rerr, os.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	return err
}

// tempInfix stands in the names of unfinished files, after the store's.
const tempInfix = ".tmp-"

// tempFile creates an empty file beside the store.
func (f *File) tempFile() (string, error) {
	temp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+tempInfix+"*")
	if err != nil {
		return "", err
	}
	return temp.Name(), temp.Close()
}

// removeTemps removes what a killed process left. The lock must be held.
func (f *File) removeTemps() error {
	folder := filepath.Dir(f.path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), filepath.Base(f.path)+tempInfix) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Load implements [Store].
func (f *File) Load(ctx context.Context, key Key) (*Session, error) {
	if err := f.enter(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var had records
	live, err := f.touch(key)
	if err == nil && live {
		err = f.db.view(func(tx *bolt.Tx) (err error) {
			had, err = f.readLive(tx, key)
			return err
		})
	}
	if err != nil {
		return nil, f.explain("read", err)
	}
	s, err := f.recent.loaded(key, had)
	if err != nil {
		return nil, f.explain("read", err)
	}
	return s, nil
}

// Update implements [Store].
func (f *File) Update(ctx context.Context, key Key, change func(*Session) error) (s *Session, err error) {
	if err := f.enter(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var tx *bolt.Tx
	var had records
	stale := false
	defer func() { f.db.rollback(tx) }() // also when change panics
	err = f.db.guard(func() (err error) {
		if tx, err = f.db.Begin(true); err != nil {
			return err
		}
		if err = f.expire(tx, key); err == nil {
			had, err = f.readLive(tx, key)
			stale = f.stale(tx, key)
		}
		return err
	})
	if err != nil {
		return nil, f.explain("read", err)
	}
	if s, err = f.recent.loaded(key, had); err != nil {
		return nil, f.explain("read", err)
	}
	next, err := f.recent.apply(s, had, change)
	if err != nil {
		return nil, err
	}
	if next.equal(had) && !stale {
		return s, nil
	}
	err = f.db.guard(func() error {
		place, err := makePlace(tx, key)
		if err != nil {
			return err
		}
		if err := writeRecords(place, had, next); err != nil {
			return err
		}
		if err := f.renew(tx, key); err != nil {
			return err
		}
		return tx.Commit()
	})
	if err != nil {
		return nil, f.explain("write", err)
	}
	return s, nil
}

// List implements [Store].
func (f *File) List(ctx context.Context, user string) ([]Key, error) {
	if err := f.enter(ctx, validateName("user", user)); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var keys []Key
	err := f.db.view(func(tx *bolt.Tx) error {
		places := tx.Bucket(bucketSessions).Bucket([]byte(user))
		if places == nil {
			return nil
		}
		return places.ForEachBucket(func(place []byte) error {
			if f.expiry.over(f.touchedAt(places.Bucket(place))) {
				return nil
			}
			keys = append(keys, Key{User: user, Place: string(place)})
			return nil
		})
	})
	if err != nil {
		return nil, f.explain("list", err)
	}
	return keys, nil
}

// Delete implements [Store].
func (f *File) Delete(ctx context.Context, key Key) error {
	if err := f.enter(ctx, key.validate()); err != nil {
		return err
	}
	defer f.mu.RUnlock()
	if err := f.blobs.Drop(ctx, blobs.Owner(key)); err != nil {
		return f.explain("delete", err)
	}
	err := f.db.update(func(tx *bolt.Tx) error {
		if err := removeShares(tx, func(k Key, _ time.Time) bool { return k == key }); err != nil {
			return err
		}
		if placeBucket(tx, key) == nil {
			return nil
		}
		return tx.Bucket(bucketSessions).Bucket([]byte(key.User)).DeleteBucket([]byte(key.Place))
	})
	return f.explain("delete", err)
}

// Forget implements [Store]. If the process dies before the last byte is
// erased, opening the file erases it. On a full disk that may fail with
// [ErrDiskFull] and be tried again.
func (f *File) Forget(ctx context.Context, user string) error {
	if err := f.enter(ctx, validateName("user", user)); err != nil {
		return err
	}
	f.mu.RUnlock()
	f.mu.Lock() // nobody may read pages while they are erased
	defer f.mu.Unlock()
	if f.db == nil {
		return ErrClosed
	}
	f.recent.clear()
	// Pictures that cannot be reached keep nothing else from going.
	pictures := f.explain("forget", f.blobs.Forget(ctx, user))
	err := f.db.update(func(tx *bolt.Tx) error {
		if err := removeShares(tx, func(k Key, _ time.Time) bool { return k.User == user }); err != nil {
			return err
		}
		if sessions := tx.Bucket(bucketSessions); sessions.Bucket([]byte(user)) != nil {
			if err := sessions.DeleteBucket([]byte(user)); err != nil {
				return err
			}
		}
		// Even if there was nothing: sessions that were deleted or have
		// expired left their bytes.
		return tx.Bucket(bucketStore).Put(keyErase, []byte{1})
	})
	if err == nil {
		err = f.erase()
	}
	return errors.Join(pictures, f.explain("forget", err))
}

// erase finishes what Forget began.
func (f *File) erase() error {
	pending := false
	err := f.db.view(func(tx *bolt.Tx) error {
		pending = tx.Bucket(bucketStore).Get(keyErase) != nil
		return nil
	})
	if err != nil || !pending {
		return err
	}
	if err := f.db.guard(f.db.eraseFree); err != nil {
		return err
	}
	return f.db.update(func(tx *bolt.Tx) error { return tx.Bucket(bucketStore).Delete(keyErase) })
}

// PutBlob implements [Store].
func (f *File) PutBlob(ctx context.Context, key Key, data []byte) (string, error) {
	if err := f.enter(ctx, key.validate()); err != nil {
		return "", err
	}
	defer f.mu.RUnlock()
	if _, err := f.touch(key); err != nil {
		return "", f.explain("write a blob", err)
	}
	digest, err := putBlob(ctx, f.blobs, key, data)
	return digest, f.explain("write a blob", err)
}

// GetBlob implements [Store].
func (f *File) GetBlob(ctx context.Context, key Key, digest string) ([]byte, error) {
	if err := f.enter(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	if live, err := f.touch(key); err != nil {
		return nil, f.explain("read a blob", err)
	} else if !live {
		return nil, ErrNoSuchBlob
	}
	data, err := getBlob(ctx, f.blobs, key, digest)
	return data, f.explain("read a blob", err)
}

// Close implements [Store].
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.db == nil {
		return nil
	}
	db := f.db
	f.db = nil
	f.recent.clear()
	err := db.close()
	if f.blobs != nil {
		err = errors.Join(err, f.blobs.Close())
	}
	return f.explain("close", err)
}

// enter locks the store for a request that is in order so far, or returns why
// it cannot be served.
func (f *File) enter(ctx context.Context, invalid error) error {
	if invalid != nil {
		return invalid
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f.mu.RLock()
	if f.db == nil {
		f.mu.RUnlock()
		return ErrClosed
	}
	return nil
}

// explain says what was being done to which file, and gives the errors that a
// caller decides on their names.
func (f *File) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		// bbolt keeps only the text of an error in growing the file.
		if errors.Is(err, full) || strings.HasSuffix(err.Error(), full.Error()) {
			err = fmt.Errorf("%w: %w", ErrDiskFull, err)
			break
		}
	}
	return fmt.Errorf("%s %s: %w", doing, f.path, err)
}
