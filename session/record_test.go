package session

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"pentimento/recipe"
)

var key = Key{User: "alice", Place: "terminal"}

// sample is a session with a branch.
func sample(t testing.TB) *Session {
	t.Helper()
	s := &Session{Key: key, Version: 7}
	for i, turn := range []Turn{
		{Utterance: "a cat", Settings: recipe.Settings{Seed: 7, Steps: 20}, Plan: []byte(`{"a":[1]}`)},
		{Parent: 1, Utterance: "a dog", Recipe: recipe.Turn{Prompt: "a dog", Weights: []recipe.Weight{{Factor: 2}}}},
		{Parent: 1, Utterance: "a bird"},
	} {
		if _, err := s.Add(turn); err != nil {
			t.Fatalf("turn %d: %v", i+1, err)
		}
	}
	if err := s.Revert(1); err != nil {
		t.Fatal(err)
	}
	return s
}

// sealed is a record with a checksum that is right.
func sealed(schema byte, text string) []byte {
	record := append([]byte{schema, 0, 0, 0, 0}, text...)
	binary.LittleEndian.PutUint32(record[1:], checksum([]byte(text)))
	return record
}

func TestRecordRoundTrip(t *testing.T) {
	want := sample(t)
	r, err := encodeSession(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeSession(key, r)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// Records that are well made but do not fit together.
func TestDecodeSessionRefuses(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*records)
		want  error
	}{
		{"another user's session", func(r *records) {
			r.state = sealed(Schema, `{"user":"bob","place":"terminal","version":7,"turns":3,"head":1}`)
		}, ErrCorrupt},
		{"fewer turns than it says", func(r *records) { r.turns = r.turns[:2] }, ErrCorrupt},
		{"turns in another order", func(r *records) { r.turns[1], r.turns[2] = r.turns[2], r.turns[1] }, ErrCorrupt},
		{"a head that is not there", func(r *records) {
			r.state = sealed(Schema, `{"user":"alice","place":"terminal","version":7,"turns":3,"head":4}`)
		}, ErrCorrupt},
		{"a version that was never stored", func(r *records) {
			r.state = sealed(Schema, `{"user":"alice","place":"terminal","version":0,"turns":3,"head":1}`)
		}, ErrCorrupt},
		{"a turn that edits itself", func(r *records) {
			r.turns[0] = sealed(Schema, `{"id":1,"parent":1,"time":"2025-01-01T00:00:00Z","utterance":"","settings":{"model":"","seed":7,"scheduler":"","steps":20,"guidance":0},"recipe":{"prompt":"","windows":{"cross":{"from":0,"to":0},"self":{"from":0,"to":0},"value":{"from":0,"to":0}},"blend":{}}}`)
		}, ErrCorrupt},
		{"a field that no version knows", func(r *records) { r.turns[0] = sealed(Schema, `{"id":1,"mood":"good"}`) }, ErrCorrupt},
		{"two values", func(r *records) { r.turns[0] = append(sealed(Schema, `{"id":1}{}`), 0)[:15] }, ErrCorrupt},
		{"a newer schema", func(r *records) { r.state = sealed(Schema+1, `anything`) }, ErrNewerSchema},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := encodeSession(sample(t))
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(&r)
			if s, err := decodeSession(key, r); !errors.Is(err, tt.want) {
				t.Errorf("got %+v, %v; want %v", s, err, tt.want)
			}
		})
	}
}

// Whatever a record holds, decoding gives an error or a session that a store
// would keep, and never more than the record can pay for.
func FuzzDecodeSession(f *testing.F) {
	r, err := encodeSession(sample(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.state[recordHeader:], r.turns[0][recordHeader:], r.turns[1][recordHeader:])
	f.Add([]byte(`{"user":"alice","place":"terminal","version":1,"turns":2,"head":1,"left":{"1":2}}`), []byte(`{"id":1}`), []byte(`{"id":2,"parent":1}`))
	f.Add([]byte(`{"user":"alice","place":"terminal","version":1,"turns":2,"head":2,"left":{"0":0}}`), []byte(`{"id":1}`), []byte(`{"id":2,"parent":-1}`))
	f.Fuzz(func(t *testing.T, state, first, second []byte) {
		s, err := decodeSession(key, records{state: sealed(Schema, string(state)), turns: [][]byte{sealed(Schema, string(first)), sealed(Schema, string(second))}})
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("%v, want ErrCorrupt", err)
			}
			return
		}
		again, err := encodeSession(s)
		if err != nil {
			t.Fatalf("a session that was read cannot be stored: %v", err)
		}
		if twice, err := decodeSession(key, again); err != nil || !reflect.DeepEqual(s, twice) {
			t.Errorf("read %+v, then %+v, %v", s, twice, err)
		}
		for id := range s.Turns { // no walk through the tree is without end
			if _, err := s.Path(id + 1); err != nil {
				t.Error(err)
			}
		}
	})
}

// What checkPages lets through, bbolt reads without a panic.
func FuzzCheckPages(f *testing.F) {
	path := filepath.Join(f.TempDir(), "sessions.db")
	db, err := bolt.Open(path, 0o600, &bolt.Options{PageSize: 1024})
	if err != nil {
		f.Fatal(err)
	}
	s := sample(f)
	r, err := encodeSession(s)
	if err != nil {
		f.Fatal(err)
	}
	r.turns[1] = bytes.Repeat(r.turns[1], 5) // a page that runs over
	err = errors.Join(db.Update(writeLayout), db.Update(func(tx *bolt.Tx) error {
		other := Key{User: "bob", Place: "x"}
		place, err := makePlace(tx, key)
		if err != nil {
			return err
		}
		second, err := makePlace(tx, other)
		if err != nil {
			return err
		}
		return errors.Join(writeRecords(place, records{}, r), writeRecords(second, records{}, records{state: []byte("x")}))
	}), db.Close())
	if err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := checkPages(bytes.NewReader(whole), int64(len(whole)), 1024); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	for page := range len(whole) / 1024 {
		f.Add([]byte{byte(page), 0, 8, 1, byte(page), 0, 10, 2})
	}
	f.Fuzz(func(t *testing.T, changes []byte) {
		data := bytes.Clone(whole)
		for ; len(changes) >= 4; changes = changes[4:] { // page, offset in two bytes, value
			at := int(changes[0])*1024 + int(changes[1])<<8 + int(changes[2])
			if at < len(data) {
				data[at] = changes[3]
			}
		}
		for page := range 2 { // with a right checksum the check gets further
			resealMeta(data[page*1024+pageHeaderSize:])
		}
		if _, err := checkPages(bytes.NewReader(data), int64(len(data)), 1024); err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("%v, want ErrCorrupt", err)
			}
			return
		}
		copied := filepath.Join(t.TempDir(), "copy.db")
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			t.Fatal(err)
		}
		useUnguarded(t, copied)
	})
}

// resealMeta makes the checksum of a meta record right.
func resealMeta(meta []byte) {
	binary.NativeEndian.PutUint64(meta[metaSize-8:], metaChecksum(meta))
}

// useUnguarded reads all of a file with bbolt alone and writes a little. A
// panic is a failure.
func useUnguarded(t *testing.T, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		return
	}
	var walk func(b *bolt.Bucket) error
	walk = func(b *bolt.Bucket) error {
		return b.ForEach(func(k, _ []byte) error {
			if sub := b.Bucket(k); sub != nil {
				return walk(sub)
			}
			return nil
		})
	}
	err = db.View(func(tx *bolt.Tx) error {
		cursor := tx.Cursor()
		for name, _ := cursor.First(); name != nil; name, _ = cursor.Next() {
			if b := tx.Bucket(name); b != nil { // and no key of the root's own
				if err := walk(b); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("read: %v", err)
	}
	for range 3 {
		err = db.Update(func(tx *bolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("new"))
			if err != nil {
				return err
			}
			return b.Put([]byte("key"), make([]byte, 3000))
		})
		if err != nil && !errors.Is(err, bolterrors.ErrIncompatibleValue) {
			t.Errorf("write: %v", err)
		}
	}
	if err := db.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
