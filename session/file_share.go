package session

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Share implements [Store].
func (f *File) Share(ctx context.Context, key Key, turn int, lifetime time.Duration) (code string, err error) {
	s, err := f.Load(ctx, key)
	if err != nil {
		return "", err
	}
	if err := f.enter(ctx, validateShare(key, lifetime)); err != nil {
		return "", err
	}
	defer f.mu.RUnlock()
	code, r, err := newShare(s, turn)
	if err != nil {
		return "", err
	}
	err = f.db.update(func(tx *bolt.Tx) error {
		if err := removeShares(tx, func(_ Key, until time.Time) bool { return !f.expiry.now().Before(until) }); err != nil {
			return err
		}
		return writeShare(tx, code, f.expiry.now().Add(lifetime), r)
	})
	if err != nil {
		return "", f.explain("write a share", err)
	}
	return code, nil
}

// Shared implements [Store].
func (f *File) Shared(ctx context.Context, code string) (s *Session, err error) {
	if err := f.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var r records
	err = f.db.view(func(tx *bolt.Tx) (err error) {
		r, err = f.readShare(tx, code)
		return err
	})
	if err == nil {
		s, err = decodeShare(r)
	}
	if err != nil {
		return nil, f.explain("read a share", err)
	}
	return s, nil
}

// Revoke implements [Store].
func (f *File) Revoke(ctx context.Context, user, code string) error {
	if err := f.enter(ctx, validateName("user", user)); err != nil {
		return err
	}
	defer f.mu.RUnlock()
	err := f.db.update(func(tx *bolt.Tx) error {
		r, err := f.readShare(tx, code)
		if err != nil {
			return err
		}
		if s, err := decodeShare(r); err != nil {
			return err
		} else if s.User != user {
			return ErrNoSuchShare
		}
		return tx.Bucket(bucketShares).DeleteBucket([]byte(hashedCode(code)))
	})
	return f.explain("revoke a share", err)
}

// writeShare stores what is shared under the code until then.
func writeShare(tx *bolt.Tx, code string, until time.Time, r records) error {
	shares, err := tx.CreateBucketIfNotExists(bucketShares)
	if err != nil {
		return err
	}
	share, err := shares.CreateBucket([]byte(hashedCode(code)))
	if err != nil {
		return err
	}
	if err := share.Put(keyUntil, encodeTime(until)); err != nil {
		return err
	}
	return writeRecords(share, records{}, r)
}

// readShare returns what is shared under the code, or ErrNoSuchShare.
func (f *File) readShare(tx *bolt.Tx, code string) (records, error) {
	shares := tx.Bucket(bucketShares)
	if shares == nil {
		return records{}, ErrNoSuchShare
	}
	share := shares.Bucket([]byte(hashedCode(code)))
	if share == nil {
		return records{}, ErrNoSuchShare
	}
	until, err := decodeTime(share.Get(keyUntil))
	if err != nil {
		return records{}, err
	}
	if !f.expiry.now().Before(until) {
		return records{}, ErrNoSuchShare
	}
	return readRecords(share)
}

// removeShares removes shares by whose they are and how long they last, and
// those that cannot be read: they are of no use, and may be anybody's.
func removeShares(tx *bolt.Tx, which func(key Key, until time.Time) bool) error {
	shares := tx.Bucket(bucketShares)
	if shares == nil {
		return nil
	}
	var over [][]byte
	err := shares.ForEachBucket(func(name []byte) error {
		share := shares.Bucket(name)
		until, damaged := decodeTime(share.Get(keyUntil))
		st, unreadable := decodeState(share.Get(keyState))
		if damaged != nil || unreadable != nil || which(st.Key, until) {
			over = append(over, bytes.Clone(name))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range over {
		if err := shares.DeleteBucket(name); err != nil {
			return err
		}
	}
	return nil
}

// encodeTime returns t in milliseconds.
func encodeTime(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(t.UnixMilli()))
}

// decodeTime returns what encodeTime made b of.
func decodeTime(b []byte) (time.Time, error) {
	if len(b) != 8 {
		return time.Time{}, fmt.Errorf("%w: a time of %d bytes", ErrCorrupt, len(b))
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b))), nil
}
