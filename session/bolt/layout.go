package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"pentimento/session"
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
func writeLayout(tx *bbolt.Tx) error {
	if _, err := tx.CreateBucket(bucketSessions); err != nil {
		return err
	}
	store, err := tx.CreateBucket(bucketStore)
	if err != nil {
		return err
	}
	return store.Put(keySchema, []byte{session.Schema})
}

// checkLayout reports whether this program, in this version or an earlier one,
// wrote the buckets.
func checkLayout(tx *bbolt.Tx) error {
	store := tx.Bucket(bucketStore)
	if store == nil || tx.Bucket(bucketSessions) == nil {
		return fmt.Errorf("%w: it is no session store", session.ErrCorrupt)
	}
	schema := store.Get(keySchema)
	if len(schema) != 1 || schema[0] == 0 {
		return fmt.Errorf("%w: its schema is %x", session.ErrCorrupt, schema)
	}
	if schema[0] > session.Schema {
		return session.NewerSchema(schema[0])
	}
	return nil
}

// checkNames makes sure that conversations are under the names of those whose
// they are: nobody would ask for one under another name, and so nobody would
// hear that it is lost. What else is wrong with one is found when it is read.
func checkNames(tx *bbolt.Tx) error {
	return eachPlace(tx, func(key session.Key, place *bbolt.Bucket) error {
		st, err := session.DecodeState(place.Get(keyState))
		if err == nil && st.Key != key {
			return fmt.Errorf("%w: a conversation is not under its name", session.ErrCorrupt)
		}
		return nil
	})
}

// eachPlace calls visit with the bucket of every session.
func eachPlace(tx *bbolt.Tx, visit func(key session.Key, place *bbolt.Bucket) error) error {
	users := tx.Bucket(bucketSessions)
	return users.ForEachBucket(func(user []byte) error {
		places := users.Bucket(user)
		return places.ForEachBucket(func(place []byte) error {
			return visit(session.Key{User: string(user), Place: string(place)}, places.Bucket(place))
		})
	})
}

// turnKey is the key of a turn's record.
func turnKey(id int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(id)) }

// placeBucket returns the bucket of a session, nil if it was never stored.
func placeBucket(tx *bbolt.Tx, key session.Key) *bbolt.Bucket {
	user := tx.Bucket(bucketSessions).Bucket([]byte(key.User))
	if user == nil {
		return nil
	}
	return user.Bucket([]byte(key.Place))
}

// makePlace returns the bucket of a session, making it if there is none.
func makePlace(tx *bbolt.Tx, key session.Key) (*bbolt.Bucket, error) {
	user, err := tx.Bucket(bucketSessions).CreateBucketIfNotExists([]byte(key.User))
	if err != nil {
		return nil, err
	}
	return user.CreateBucketIfNotExists([]byte(key.Place))
}

// readRecords returns a copy of the records in the bucket of a session.
func readRecords(place *bbolt.Bucket) (session.Records, error) {
	r := session.Records{State: bytes.Clone(place.Get(keyState))}
	if r.State == nil {
		return session.Records{}, fmt.Errorf("%w: a session without its state", session.ErrCorrupt)
	}
	st, err := session.DecodeState(r.State)
	if err != nil {
		return session.Records{}, err
	}
	r.Turns = make([][]byte, st.Turns)
	for i := range r.Turns {
		if r.Turns[i] = bytes.Clone(place.Get(turnKey(i + 1))); r.Turns[i] == nil {
			return session.Records{}, fmt.Errorf("%w: turn %d of %d is missing", session.ErrCorrupt, i+1, st.Turns)
		}
	}
	return r, nil
}

// writeRecords stores in the bucket of a session what of next is not in had.
func writeRecords(place *bbolt.Bucket, had, next session.Records) error {
	for i, turn := range next.Turns {
		if i < len(had.Turns) && bytes.Equal(turn, had.Turns[i]) {
			continue
		}
		if err := place.Put(turnKey(i+1), turn); err != nil {
			return err
		}
	}
	return place.Put(keyState, next.State)
}
