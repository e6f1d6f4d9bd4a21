package session

import (
	"time"

	bolt "go.etcd.io/bbolt"
)

// touchedAt returns when the session was last touched: now if that is not
// known, because it was stored when sessions did not expire or is damaged.
func (f *File) touchedAt(place *bolt.Bucket) time.Time {
	at, err := decodeTime(place.Get(keyTouched))
	if err != nil {
		return f.expiry.now()
	}
	return at
}

// readLive returns the session's records, none if its life is over.
func (f *File) readLive(tx *bolt.Tx, key Key) (records, error) {
	place := placeBucket(tx, key)
	if place == nil {
		return records{}, nil
	}
	if f.expiry.over(f.touchedAt(place)) {
		return records{}, nil
	}
	return readRecords(place)
}

// touch renews the session's life and reports whether that was not over.
func (f *File) touch(key Key) (live bool, err error) {
	if f.expiry.ttl == 0 {
		return true, nil
	}
	live, stale := true, false
	err = f.db.view(func(tx *bolt.Tx) error {
		stale = f.stale(tx, key)
		if place := placeBucket(tx, key); place != nil {
			live = !f.expiry.over(f.touchedAt(place))
		}
		return nil
	})
	if err == nil && live && stale {
		err = f.db.update(func(tx *bolt.Tx) error { return f.renew(tx, key) })
	}
	return live, err
}

// stale reports whether the time of the session's last touch has to be
// written.
func (f *File) stale(tx *bolt.Tx, key Key) bool {
	place := placeBucket(tx, key)
	if f.expiry.ttl == 0 || place == nil {
		return false
	}
	at := place.Get(keyTouched)
	last, err := decodeTime(at)
	return err != nil || f.expiry.stale(last)
}

// renew writes that the session was touched now.
func (f *File) renew(tx *bolt.Tx, key Key) error {
	place := placeBucket(tx, key)
	if place == nil || f.expiry.ttl == 0 {
		return nil
	}
	return place.Put(keyTouched, encodeTime(f.expiry.now()))
}

// expire removes the sessions and shares whose life is over, if it is time to
// look for them or key is one.
func (f *File) expire(tx *bolt.Tx, key Key) error {
	if f.expiry.ttl == 0 {
		return nil
	}
	if !f.expiry.due() {
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
	return removeShares(tx, func(_ Key, until time.Time) bool { return !f.expiry.now().Before(until) })
}

// ended returns the sessions whose life is over.
func (f *File) ended(tx *bolt.Tx) (over []Key, err error) {
	users := tx.Bucket(bucketSessions)
	err = users.ForEachBucket(func(user []byte) error {
		places := users.Bucket(user)
		return places.ForEachBucket(func(place []byte) error {
			if f.expiry.over(f.touchedAt(places.Bucket(place))) {
				over = append(over, Key{User: string(user), Place: string(place)})
			}
			return nil
		})
	})
	return over, err
}

// expireSession removes the session if its life is over. Its blobs have lives
// of their own, which are as long.
func (f *File) expireSession(tx *bolt.Tx, key Key) error {
	place := placeBucket(tx, key)
	if place == nil || !f.expiry.over(f.touchedAt(place)) {
		return nil
	}
	return tx.Bucket(bucketSessions).Bucket([]byte(key.User)).DeleteBucket([]byte(key.Place))
}
