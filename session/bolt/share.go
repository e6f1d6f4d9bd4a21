package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"pentimento/session"
)

// Share implements [session.Store].
func (f *Store) Share(ctx context.Context, key session.Key, turn int, lifetime time.Duration) (code string, err error) {
	s, err := f.Load(ctx, key)
	if err != nil {
		return "", err
	}
	if err := f.enter(ctx, session.ValidateShare(key, lifetime)); err != nil {
		return "", err
	}
	defer f.mu.RUnlock()
	code, r, err := session.NewShare(s, turn)
	if err != nil {
		return "", err
	}
	err = f.db.Update(func(tx *bbolt.Tx) error {
		if err := removeShares(tx, func(_ session.Key, until time.Time) bool { return !f.expiry.Now().Before(until) }); err != nil {
			return err
		}
		return putShare(tx, session.HashCode(code), f.expiry.Now().Add(lifetime), r)
	})
	if err != nil {
		return "", f.explain("write a share", err)
	}
	return code, nil
}

// Shared implements [session.Store].
func (f *Store) Shared(ctx context.Context, code string) (s *session.Session, err error) {
	if err := f.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer f.mu.RUnlock()
	var r session.Records
	err = f.db.View(func(tx *bbolt.Tx) (err error) {
		r, err = f.readShare(tx, code)
		return err
	})
	if err == nil {
		s, err = session.DecodeShare(r)
	}
	if err != nil {
		return nil, f.explain("read a share", err)
	}
	return s, nil
}

// Revoke implements [session.Store].
func (f *Store) Revoke(ctx context.Context, user, code string) error {
	if err := f.enter(ctx, session.ValidateUser(user)); err != nil {
		return err
	}
	defer f.mu.RUnlock()
	err := f.db.Update(func(tx *bbolt.Tx) error {
		r, err := f.readShare(tx, code)
		if err != nil {
			return err
		}
		if s, err := session.DecodeShare(r); err != nil {
			return err
		} else if s.User != user {
			return session.ErrNoSuchShare
		}
		return tx.Bucket(bucketShares).DeleteBucket([]byte(session.HashCode(code)))
	})
	return f.explain("revoke a share", err)
}

// putShare stores what is shared under the hashed code until then.
func putShare(tx *bbolt.Tx, code string, until time.Time, r session.Records) error {
	shares, err := tx.CreateBucketIfNotExists(bucketShares)
	if err != nil {
		return err
	}
	share, err := shares.CreateBucket([]byte(code))
	if err != nil {
		return err
	}
	if err := share.Put(keyUntil, encodeTime(until)); err != nil {
		return err
	}
	return writeRecords(share, session.Records{}, r)
}

// readShare returns what is shared under the code, or session.ErrNoSuchShare.
func (f *Store) readShare(tx *bbolt.Tx, code string) (session.Records, error) {
	shares := tx.Bucket(bucketShares)
	if shares == nil {
		return session.Records{}, session.ErrNoSuchShare
	}
	share := shares.Bucket([]byte(session.HashCode(code)))
	if share == nil {
		return session.Records{}, session.ErrNoSuchShare
	}
	until, err := decodeTime(share.Get(keyUntil))
	if err != nil {
		return session.Records{}, err
	}
	if !f.expiry.Now().Before(until) {
		return session.Records{}, session.ErrNoSuchShare
	}
	return readRecords(share)
}

// removeShares removes shares by whose they are and how long they last, and
// those that cannot be read: they are of no use, and may be anybody's.
func removeShares(tx *bbolt.Tx, which func(key session.Key, until time.Time) bool) error {
	shares := tx.Bucket(bucketShares)
	if shares == nil {
		return nil
	}
	var over [][]byte
	err := shares.ForEachBucket(func(name []byte) error {
		share := shares.Bucket(name)
		until, damaged := decodeTime(share.Get(keyUntil))
		st, unreadable := session.DecodeState(share.Get(keyState))
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
		return time.Time{}, fmt.Errorf("%w: a time of %d bytes", session.ErrCorrupt, len(b))
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b))), nil
}
