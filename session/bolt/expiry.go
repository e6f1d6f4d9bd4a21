package bolt

import (
	"time"

	"go.etcd.io/bbolt"

	"pentimento/session"
)

// touchedAt returns when the session was last touched: now if that is not
// known, because it was stored when sessions did not expire or is damaged.
func (f *Store) touchedAt(place *bbolt.Bucket) time.Time {
	at, err := decodeTime(place.Get(keyTouched))
	if err != nil {
		return f.expiry.Now()
	}
	return at
}

// readLive returns the session's records, none if its life is over.
func (f *Store) readLive(tx *bbolt.Tx, key session.Key) (session.Records, error) {
	place := placeBucket(tx, key)
	if place == nil {
		return session.Records{}, nil
	}
	if f.expiry.Over(f.touchedAt(place)) {
		return session.Records{}, nil
	}
	return readRecords(place)
}

// touch renews the session's life and reports whether that was not over.
func (f *Store) touch(key session.Key) (live bool, err error) {
	if f.expiry.After == 0 {
		return true, nil
	}
	live, stale := true, false
	err = f.db.View(func(tx *bbolt.Tx) error {
		stale = f.stale(tx, key)
		if place := placeBucket(tx, key); place != nil {
			live = !f.expiry.Over(f.touchedAt(place))
		}
		return nil
	})
	if err == nil && live && stale {
		err = f.db.Update(func(tx *bbolt.Tx) error { return f.renew(tx, key) })
	}
	return live, err
}

// stale reports whether the time of the session's last touch has to be
// written.
func (f *Store) stale(tx *bbolt.Tx, key session.Key) bool {
	place := placeBucket(tx, key)
	if f.expiry.After == 0 || place == nil {
		return false
	}
	at := place.Get(keyTouched)
	last, err := decodeTime(at)
	return err != nil || f.expiry.Stale(last)
}

// renew writes that the session was touched now.
func (f *Store) renew(tx *bbolt.Tx, key session.Key) error {
	place := placeBucket(tx, key)
	if place == nil || f.expiry.After == 0 {
		return nil
	}
	return place.Put(keyTouched, encodeTime(f.expiry.Now()))
}

// expire removes the sessions and shares whose life is over, if it is time to
// look for them or key is one.
func (f *Store) expire(tx *bbolt.Tx, key session.Key) error {
	if f.expiry.After == 0 {
		return nil
	}
	if !f.expiry.Due() {
		return f.expireSession(tx, key)
	}
	over, err := f.ended(tx)
	if err != nil {
		return err
	}
	for _, key := range over {
		if err := f.expireSession(tx, key); err != nil {
			return err
		}
	}
	return removeShares(tx, func(_ session.Key, until time.Time) bool { return !f.expiry.Now().Before(until) })
}

// ended returns the sessions whose life is over.
func (f *Store) ended(tx *bbolt.Tx) (over []session.Key, err error) {
	err = eachPlace(tx, func(key session.Key, place *bbolt.Bucket) error {
		if f.expiry.Over(f.touchedAt(place)) {
			over = append(over, key)
		}
		return nil
	})
	return over, err
}

// expireSession removes the session if its life is over. Its blobs have lives
// of their own, which are as long.
func (f *Store) expireSession(tx *bbolt.Tx, key session.Key) error {
	place := placeBucket(tx, key)
	if place == nil || !f.expiry.Over(f.touchedAt(place)) {
		return nil
	}
	return tx.Bucket(bucketSessions).Bucket([]byte(key.User)).DeleteBucket([]byte(key.Place))
}
