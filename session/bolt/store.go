// Package bolt keeps sessions in one bbolt file. Start at [Open].
//
// Package boltfile knows bbolt, and what a file may have gone through; layout.go
// says what is where in it.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/bolt/boltfile"
)

// DefaultBlobLimit is how many bytes of blobs a [Store] keeps beside its file.
const DefaultBlobLimit = 2 << 30

// Options of a [Store].
type Options struct {
	// Expiry says when sessions end.
	Expiry session.Expiry
	// Blobs keeps the blobs, and is closed with the store. If it is nil they
	// are in a folder beside the file, DefaultBlobLimit of them.
	Blobs *blobs.Store
	// Log is told when the last change is missing from the file; nil is nobody.
	Log *slog.Logger
}

// Store is a [session.Store] in one bbolt file, with the blobs in a folder
// beside it or wherever the options say. It belongs to one process at a time.
// What Update returned without an error is on disk: killing the process at any
// moment loses none of it.
type Store struct {
	path   string
	blobs  *blobs.Store
	expiry session.Expiry
	codec  session.Codec

	mu sync.RWMutex   // held for writing while the file is replaced or closed
	db *boltfile.File // nil once closed
}

// Open opens the store at path, creating it if there is none. Its errors are
// [session.ErrInUse] within a second if another process has it open,
// [session.ErrCorrupt] if it is damaged or not a store,
// [session.ErrNewerSchema], [session.ErrDiskFull], and those of the file system.
func Open(path string, options Options) (*Store, error) {
	f := &Store{path: path, blobs: options.Blobs, expiry: options.Expiry}
	log := options.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := f.open(log); err != nil {
		return nil, f.explain("open", err)
	}
	return f, nil
}

// open opens the file and erases what is still to be erased.
func (f *Store) open(log *slog.Logger) (err error) {
	if f.db, err = boltfile.Open(f.path, writeLayout); err != nil {
		return err
	}
	if missing := f.db.Missing(); missing != nil {
		log.Warn("conversations may not be as they were left", "file", f.path, "reason", missing)
	}
	if err = f.db.View(checkLayout); err == nil {
		err = f.db.View(checkNames)
	}
	if err == nil {
		err = f.erase()
	}
	if boltfile.IsFull(err) {
		err = nil // the next Forget or Open erases; until then the store is of use
	}
	if err == nil && f.blobs == nil {
		f.blobs, err = f.openBlobs()
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// blobsSuffix ends the name of the folder of blobs, after that of the file.
const blobsSuffix = ".blobs"

// PicturesOf is the folder beside a file that has its blobs.
func PicturesOf(path string) string { return path + blobsSuffix }

// openBlobs opens the folder beside the file.
func (f *Store) openBlobs() (*blobs.Store, error) {
	folder, err := blobs.OpenFolder(PicturesOf(f.path))
	if err != nil {
		return nil, err
	}
	store, err := blobs.Open(context.Background(), folder, blobs.Options{Limit: DefaultBlobLimit, TTL: f.expiry.After})
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return store, nil
}

// Load implements [session.Store].
func (f *Store) Load(ctx context.Context, key session.Key) (*session.Session, error) {
	if err := f.enter(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var had session.Records
	live, err := f.touch(key)
	if err == nil && live {
		err = f.db.View(func(tx *bbolt.Tx) (err error) {
			had, err = f.readLive(tx, key)
			return err
		})
	}
	if err != nil {
		return nil, f.explain("read", err)
	}
	s, err := f.codec.Decode(key, had)
	if err != nil {
		return nil, f.explain("read", err)
	}
	return s, nil
}

// Update implements [session.Store].
func (f *Store) Update(ctx context.Context, key session.Key, change func(*session.Session) error) (s *session.Session, err error) {
	if err := f.enter(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var tx *bbolt.Tx
	var had session.Records
	stale := false
	defer func() { f.db.Rollback(tx) }() // also when change panics
	err = f.db.Guard(func() (err error) {
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
	if s, err = f.codec.Decode(key, had); err != nil {
		return nil, f.explain("read", err)
	}
	next, err := f.codec.Apply(s, had, change)
	if err != nil {
		return nil, err
	}
	if next.Equal(had) && !stale {
		return s, nil
	}
	err = f.db.Guard(func() error {
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

// List implements [session.Store].
func (f *Store) List(ctx context.Context, user string) ([]session.Key, error) {
	if err := f.enter(ctx, session.ValidateUser(user)); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var keys []session.Key
	err := f.db.View(func(tx *bbolt.Tx) error {
		places := tx.Bucket(bucketSessions).Bucket([]byte(user))
		if places == nil {
			return nil
		}
		return places.ForEachBucket(func(place []byte) error {
			if f.expiry.Over(f.touchedAt(places.Bucket(place))) {
				return nil
			}
			keys = append(keys, session.Key{User: user, Place: string(place)})
			return nil
		})
	})
	if err != nil {
		return nil, f.explain("list", err)
	}
	return keys, nil
}

// Delete implements [session.Store].
func (f *Store) Delete(ctx context.Context, key session.Key) error {
	if err := f.enter(ctx, key.Validate()); err != nil {
		return err
	}
	defer f.mu.RUnlock()
	if err := f.blobs.Drop(ctx, blobs.Owner(key)); err != nil {
		return f.explain("delete", err)
	}
	err := f.db.Update(func(tx *bbolt.Tx) error {
		if err := removeShares(tx, func(k session.Key, _ time.Time) bool { return k == key }); err != nil {
			return err
		}
		if placeBucket(tx, key) == nil {
			return nil
		}
		return tx.Bucket(bucketSessions).Bucket([]byte(key.User)).DeleteBucket([]byte(key.Place))
	})
	return f.explain("delete", err)
}

// Forget implements [session.Store]. It writes the file anew, without what was
// deleted. If the process dies meanwhile, opening the file does so. On a full
// disk the user is forgotten but for bytes that nobody can ask for; the error is
// then [session.ErrNotErased], and the next Forget or Open erases those.
func (f *Store) Forget(ctx context.Context, user string) error {
	if err := f.enter(ctx, session.ValidateUser(user)); err != nil {
		return err
	}
	f.mu.RUnlock()
	f.mu.Lock() // nobody may use the file while another takes its place
	defer f.mu.Unlock()
	if f.db == nil {
		return session.ErrClosed
	}
	f.codec.Clear()
	// Pictures that cannot be reached keep nothing else from going.
	pictures := f.explain("forget", f.blobs.Forget(ctx, user))
	err := f.db.Update(func(tx *bbolt.Tx) error {
		if err := removeShares(tx, func(k session.Key, _ time.Time) bool { return k.User == user }); err != nil {
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
		if err = f.erase(); boltfile.IsFull(err) {
			err = fmt.Errorf("%w: %w", session.ErrNotErased, err)
		}
	}
	return errors.Join(pictures, f.explain("forget", err))
}

// PutBlob implements [session.Store].
func (f *Store) PutBlob(ctx context.Context, key session.Key, data []byte) (string, error) {
	return f.put(ctx, key, data, f.blobs.PutBlob)
}

// PutOriginal implements [session.Store].
func (f *Store) PutOriginal(ctx context.Context, key session.Key, data []byte) (string, error) {
	return f.put(ctx, key, data, f.blobs.PutOriginal)
}

// put keeps a blob of a session.
func (f *Store) put(ctx context.Context, key session.Key, data []byte, keep func(context.Context, session.Key, []byte) (string, error)) (string, error) {
	if err := f.enter(ctx, key.Validate()); err != nil {
		return "", err
	}
	defer f.mu.RUnlock()
	if _, err := f.touch(key); err != nil {
		return "", f.explain("write a blob", err)
	}
	digest, err := keep(ctx, key, data)
	return digest, f.explain("write a blob", err)
}

// GetBlob implements [session.Store].
func (f *Store) GetBlob(ctx context.Context, key session.Key, digest string) ([]byte, error) {
	if err := f.enter(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	if live, err := f.touch(key); err != nil {
		return nil, f.explain("read a blob", err)
	} else if !live {
		return nil, session.ErrNoSuchBlob
	}
	data, err := f.blobs.GetBlob(ctx, key, digest)
	return data, f.explain("read a blob", err)
}

// Close implements [session.Store].
func (f *Store) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.db == nil {
		return nil
	}
	db := f.db
	f.db = nil
	f.codec.Clear()
	err := db.Close()
	if f.blobs != nil {
		err = errors.Join(err, f.blobs.Close())
	}
	return f.explain("close", err)
}

// enter locks the store for a request that is in order so far, or returns why
// it cannot be served.
func (f *Store) enter(ctx context.Context, invalid error) error {
	if invalid != nil {
		return invalid
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f.mu.RLock()
	if f.db == nil {
		f.mu.RUnlock()
		return session.ErrClosed
	}
	return nil
}

// explain says what was being done to which file, and gives the errors that a
// caller decides on their names. Of errors that users are told the file is no
// part.
func (f *Store) explain(doing string, err error) error { return explain(doing, f.path, err) }

func explain(doing, path string, err error) error {
	if err == nil || errors.Is(err, session.ErrNoSuchShare) || errors.Is(err, session.ErrTooLarge) {
		return err
	}
	switch {
	case errors.Is(err, boltfile.ErrInUse):
		err = session.ErrInUse
	case boltfile.IsDamage(err):
		err = fmt.Errorf("%w: %w", session.ErrCorrupt, err)
	case boltfile.IsFull(err):
		err = fmt.Errorf("%w: %w", session.ErrDiskFull, err)
	}
	return fmt.Errorf("%s %s: %w", doing, path, err)
}

// erase finishes what Forget began: it writes the file anew if deleted records
// are still in it.
func (f *Store) erase() error {
	pending := false
	err := f.db.View(func(tx *bbolt.Tx) error {
		pending = tx.Bucket(bucketStore).Get(keyErase) != nil
		return nil
	})
	if err != nil || !pending {
		return err
	}
	next, err := f.db.Rewrite(func(tx *bbolt.Tx) error { return tx.Bucket(bucketStore).Delete(keyErase) })
	if next != nil {
		f.db = next
	}
	return err
}
