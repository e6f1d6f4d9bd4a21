package session

import (
	"bytes"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// The buckets of the file:
//
//	store
//	    schema            the schema of this layout, one byte
//	    erase             there while deleted records are still to be erased
//	sessions
//	    <user>
//	        <place>
//	            state     the session without its turns
//	            <id>      a turn, four bytes big endian
//	            touched   when it was last used, if sessions expire
//	shares                there once something was shared
//	    <code>            hashed
//	        state, <id>   what is shared, as in a session
//	        until         when that ends
//
// One record for each turn keeps an update small however long the session is.
var (
	bucketStore    = []byte("store")
	bucketSessions = []byte("sessions")
	bucketShares   = []byte("shares")
	keySchema      = []byte("schema")
	keyErase       = []byte("erase")
	keyState       = []byte("state")
	keyTouched     = []byte("touched")
	keyUntil       = []byte("until")
)

// writeLayout makes the buckets of an empty file.
func writeLayout(tx *bolt.Tx) error {
	if _, err := tx.CreateBucket(bucketSessions); err != nil {
		return err
	}
	store, err := tx.CreateBucket(bucketStore)
	if err != nil {
		return err
	}
	return store.Put(keySchema, []byte{Schema})
}

// checkLayout reports whether this program, in this version or an earlier one,
// wrote the buckets.
func checkLayout(tx *bolt.Tx) error {
	store := tx.Bucket(bucketStore)
	if store == nil || tx.Bucket(bucketSessions) == nil {
		return fmt.Errorf("%w: it is no session store", ErrCorrupt)
	}
	schema := store.Get(keySchema)
	if len(schema) != 1 || schema[0] == 0 {
		return fmt.Errorf("%w: its schema is %x", ErrCorrupt, schema)
	}
	if schema[0] > Schema {
		return newerSchema(schema[0])
	}
	return nil
}

// turnKey is the key of a turn's record.
func turnKey(id int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(id)) }

// placeBucket returns the bucket of a session, nil if it was never stored.
func placeBucket(tx *bolt.Tx, key Key) *bolt.Bucket {
	user := tx.Bucket(bucketSessions).Bucket([]byte(key.User))
	if user == nil {
		return nil
	}
	return user.Bucket([]byte(key.Place))
}

// makePlace returns the bucket of a session, making it if there is none.
func makePlace(tx *bolt.Tx, key Key) (*bolt.Bucket, error) {
	user, err := tx.Bucket(bucketSessions).CreateBucketIfNotExists([]byte(key.User))
	if err != nil {
		return nil, err
	}
	return user.CreateBucketIfNotExists([]byte(key.Place))
}

// readRecords returns a copy of the records in the bucket of a session.
func readRecords(place *bolt.Bucket) (records, error) {
	r := records{state: bytes.Clone(place.Get(keyState))}
	if r.state == nil {
		return records{}, fmt.Errorf("%w: a session without its state", ErrCorrupt)
	}
	st, err := decodeState(r.state)
	if err != nil {
		return records{}, err
	}
	r.turns = make([][]byte, st.Turns)
	for i := range r.turns {
		if r.turns[i] = bytes.Clone(place.Get(turnKey(i + 1))); r.turns[i] == nil {
			return records{}, fmt.Errorf("%w: turn %d of %d is missing", ErrCorrupt, i+1, st.Turns)
		}
	}
	return r, nil
}

// writeRecords stores in the bucket of a session what of next is not in had.
func writeRecords(place *bolt.Bucket, had, next records) error {
	for i, turn := range next.turns {
		if i < len(had.turns) && bytes.Equal(turn, had.turns[i]) {
			continue
		}
		if err := place.Put(turnKey(i+1), turn); err != nil {
			return err
		}
	}
	return place.Put(keyState, next.state)
}
