package bolt

import (
	"bytes"
	"os"

	"go.etcd.io/bbolt"

	"pentimento/session"
	"pentimento/session/bolt/boltfile"
)

// Adopt takes over all conversations and shares of the store at path, which is
// removed: one that was used while this one was another process's. Pictures are
// no part of it. Its errors are [session.ErrInUse] if another process has that
// store now, and those of [Open]; nothing is lost then. If the process dies
// meanwhile, the next Adopt goes on.
func (f *Store) Adopt(path string) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.db == nil {
		return session.ErrClosed
	}
	return f.explain("take over the conversations of "+path+" into", f.adopt(path))
}

func (f *Store) adopt(path string) (err error) {
	other, err := boltfile.Open(path, writeLayout)
	if err != nil {
		return err
	}
	defer func() {
		if closing := other.Close(); err == nil {
			err = closing
		}
	}()
	err = f.db.Update(func(into *bbolt.Tx) error {
		return other.View(func(from *bbolt.Tx) error {
			if err := checkLayout(from); err != nil {
				return err
			}
			// Every record has a schema of its own: the file has the newest of them.
			if theirs, ours := from.Bucket(bucketStore).Get(keySchema), into.Bucket(bucketStore); bytes.Compare(theirs, ours.Get(keySchema)) > 0 {
				if err := ours.Put(keySchema, bytes.Clone(theirs)); err != nil {
					return err
				}
			}
			if err := adoptSessions(into.Bucket(bucketSessions), from.Bucket(bucketSessions)); err != nil {
				return err
			}
			return adoptShares(into, from)
		})
	})
	if err != nil {
		return err
	}
	return os.Remove(path) // while its lock is held
}

// adoptSessions copies the sessions of all users.
func adoptSessions(into, from *bbolt.Bucket) error {
	return from.ForEachBucket(func(user []byte) error {
		places, err := into.CreateBucketIfNotExists(user)
		if err != nil {
			return err
		}
		return copyMissing(places, from.Bucket(user))
	})
}

func adoptShares(into, from *bbolt.Tx) error {
	shared := from.Bucket(bucketShares)
	if shared == nil {
		return nil
	}
	shares, err := into.CreateBucketIfNotExists(bucketShares)
	if err != nil {
		return err
	}
	return copyMissing(shares, shared)
}

// copyMissing copies the buckets that are not there yet: those that are there were
// copied by a process that was killed before it removed the file.
func copyMissing(into, from *bbolt.Bucket) error {
	return from.ForEachBucket(func(name []byte) error {
		if into.Bucket(name) != nil {
			return nil
		}
		bucket, err := into.CreateBucket(name)
		if err != nil {
			return err
		}
		return from.Bucket(name).ForEach(bucket.Put)
	})
}
