package session

import (
	"encoding/binary"
	"errors"
	"reflect"
	"testing"

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
		spoil func(*Records)
		want  error
	}{
		{"another user's session", func(r *Records) {
			r.State = sealed(Schema, `{"user":"bob","place":"terminal","version":7,"turns":3,"head":1}`)
		}, ErrCorrupt},
		{"fewer turns than it says", func(r *Records) { r.Turns = r.Turns[:2] }, ErrCorrupt},
		{"turns in another order", func(r *Records) { r.Turns[1], r.Turns[2] = r.Turns[2], r.Turns[1] }, ErrCorrupt},
		{"a head that is not there", func(r *Records) {
			r.State = sealed(Schema, `{"user":"alice","place":"terminal","version":7,"turns":3,"head":4}`)
		}, ErrCorrupt},
		{"a version that was never stored", func(r *Records) {
			r.State = sealed(Schema, `{"user":"alice","place":"terminal","version":0,"turns":3,"head":1}`)
		}, ErrCorrupt},
		{"a turn that edits itself", func(r *Records) {
			r.Turns[0] = sealed(Schema, `{"id":1,"parent":1,"time":"2025-01-01T00:00:00Z","utterance":"","settings":{"model":"","seed":7,"scheduler":"","steps":20,"guidance":0},"recipe":{"prompt":"","windows":{"cross":{"from":0,"to":0},"self":{"from":0,"to":0},"value":{"from":0,"to":0}},"blend":{}}}`)
		}, ErrCorrupt},
		{"a field that no version knows", func(r *Records) { r.Turns[0] = sealed(Schema, `{"id":1,"mood":"good"}`) }, ErrCorrupt},
		{"two values", func(r *Records) { r.Turns[0] = append(sealed(Schema, `{"id":1}{}`), 0)[:15] }, ErrCorrupt},
		{"a newer schema", func(r *Records) { r.State = sealed(Schema+1, `anything`) }, ErrNewerSchema},
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
	f.Add(r.State[recordHeader:], r.Turns[0][recordHeader:], r.Turns[1][recordHeader:])
	f.Add([]byte(`{"user":"alice","place":"terminal","version":1,"turns":2,"head":1,"left":{"1":2}}`), []byte(`{"id":1}`), []byte(`{"id":2,"parent":1}`))
	f.Add([]byte(`{"user":"alice","place":"terminal","version":1,"turns":2,"head":2,"left":{"0":0}}`), []byte(`{"id":1}`), []byte(`{"id":2,"parent":-1}`))
	f.Fuzz(func(t *testing.T, state, first, second []byte) {
		s, err := decodeSession(key, Records{State: sealed(Schema, string(state)), Turns: [][]byte{sealed(Schema, string(first)), sealed(Schema, string(second))}})
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

// A turn is written in the earliest schema that has all that it says, so that what
// is kept stays as it is and older programs say of the rest that it is newer.
func TestTurnsAreOfTheEarliestSchema(t *testing.T) {
	for _, test := range []struct {
		schema byte
		turn   Turn
	}{
		{1, Turn{ID: 1, Settings: recipe.Settings{Scheduler: recipe.DDIM, Steps: 4}}},
		{2, Turn{ID: 1, Identity: 5}},
		{3, Turn{ID: 1, Identity: 5, Settings: recipe.Settings{Width: 768, Height: 512, Steps: 4}}},
		{3, Turn{ID: 1, Recipe: recipe.Turn{Start: .35}}},
	} {
		turn := test.turn
		record, err := encodeTurn(turn)
		if err != nil || record[0] != test.schema {
			t.Errorf("%+v is of schema %d, %v; want %d", turn, record[0], err, test.schema)
		}
		if again, err := decodeTurn(record); err != nil || !reflect.DeepEqual(again, turn) {
			t.Errorf("%+v, %v; want %+v", again, err, turn)
		}
	}
}
