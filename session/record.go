package session

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"unicode/utf8"
)

// Schema is the newest version of the records that this program writes. The first
// knows no identities of turns and does not know that they are withdrawn, and the
// second no recipes of version 2; what is none of that is still written in them,
// so that it is kept as it was.
//
// A record is the schema version in one byte, the CRC-32C of the rest in four
// (little endian), and JSON. The version stands outside so that a newer one
// may change everything behind it.
const Schema = 3

// The schemas before it.
const (
	firstSchema    = 1
	identitySchema = 2
)

// recordHeader is the number of bytes before the JSON.
const recordHeader = 5

// maxStateBytes bounds the record of a session without its turns: two numbers
// of five digits with punctuation for every turn that Left may hold.
const maxStateBytes = 1<<10 + 16*MaxTurns

// A State is a session without its turns.
type State struct {
	Key
	Version int `json:"version"`
	// Turns is how many there are.
	Turns int         `json:"turns"`
	Head  int         `json:"head"`
	Left  map[int]int `json:"left,omitempty"`
}

// Records are a session as a [Store] keeps it. Without State there is none.
type Records struct {
	// State is the session without its turns; [DecodeState] reads it.
	State []byte
	// Turns are the turns: Turns[i] has ID i+1.
	Turns [][]byte
}

// encodeSession returns the records of s, which must be valid.
func encodeSession(s *Session) (Records, error) {
	return (*Codec)(nil).encodeSession(s, Records{})
}

// decodeSession returns the session under key that had holds. Its errors are
// [ErrCorrupt] and [ErrNewerSchema].
func decodeSession(key Key, had Records) (*Session, error) {
	return (*Codec)(nil).decodeSession(key, had)
}

// encodeSession returns the records of s, which must be valid. Those of turns
// that are as they were in had are had's.
func (r *Codec) encodeSession(s *Session, had Records) (Records, error) {
	if err := s.Validate(); err != nil {
		return Records{}, err
	}
	head, err := encodeState(s)
	if err != nil {
		return Records{}, err
	}
	out := Records{State: head, Turns: make([][]byte, len(s.Turns))}
	for i := range s.Turns {
		var before []byte
		if i < len(had.Turns) {
			before = had.Turns[i]
		}
		if out.Turns[i], err = r.encode(&s.Turns[i], before); err != nil {
			return Records{}, err
		}
	}
	return out, nil
}

// encodeState returns the record of s without its turns.
func encodeState(s *Session) ([]byte, error) {
	return encodeRecord(State{Key: s.Key, Version: s.Version, Turns: len(s.Turns), Head: s.Head, Left: s.Left}, firstSchema, maxStateBytes)
}

// encodeTurn returns the record of one turn.
func encodeTurn(turn Turn) ([]byte, error) {
	for _, text := range []string{turn.Author, turn.Utterance, turn.Edit, turn.Picture, turn.Event, turn.Settings.Model, turn.Settings.Scheduler, turn.Settings.Negative, turn.Settings.Picture, turn.Recipe.Prompt, turn.Recipe.Preset} {
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("%w: turn %d has text that is not UTF-8: %.40q", ErrInvalid, turn.ID, text)
		}
	}
	schema := byte(firstSchema)
	if turn.Identity != 0 || turn.Withdrawn {
		schema = identitySchema
	}
	if turn.Settings.Version() > 1 || turn.Recipe.Version() > 1 {
		schema = Schema
	}
	record, err := encodeRecord(turn, schema, MaxTurnBytes)
	if err != nil {
		return nil, fmt.Errorf("turn %d: %w", turn.ID, err)
	}
	return record, nil
}

// encodeRecord returns the record of v, of at most limit bytes.
func encodeRecord(v any, schema byte, limit int) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, recordHeader))
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if b.Len() > limit {
		return nil, fmt.Errorf("%w: %d bytes, %d are allowed", ErrTooLarge, b.Len(), limit)
	}
	record := b.Bytes()
	record[0] = schema
	binary.LittleEndian.PutUint32(record[1:], checksum(record[recordHeader:]))
	return record, nil
}

// decodeSession is the function of that name, but for turns that are
// remembered.
func (r *Codec) decodeSession(key Key, had Records) (*Session, error) {
	st, err := DecodeState(had.State)
	if err != nil {
		return nil, err
	}
	if st.Key != key || st.Turns != len(had.Turns) || st.Version < 1 {
		return nil, fmt.Errorf("%w: the session's record does not belong to its %d turns", ErrCorrupt, len(had.Turns))
	}
	s := &Session{Key: key, Version: st.Version, Head: st.Head, Left: st.Left}
	if len(had.Turns) > 0 {
		s.Turns = make([]Turn, len(had.Turns))
	}
	for i, record := range had.Turns {
		if s.Turns[i], err = r.decode(record); err != nil {
			return nil, fmt.Errorf("turn %d: %w", i+1, err)
		}
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return s, nil
}

// DecodeState reads the record of a session without its turns. Its errors are
// [ErrCorrupt] and [ErrNewerSchema].
func DecodeState(record []byte) (State, error) {
	var st State
	if err := decodeRecord(record, maxStateBytes, &st); err != nil {
		return State{}, err
	}
	if st.Turns < 0 || st.Turns > MaxTurns {
		return State{}, fmt.Errorf("%w: %d turns", ErrCorrupt, st.Turns)
	}
	return st, nil
}

// decodeTurn returns what encodeTurn made record of.
func decodeTurn(record []byte) (Turn, error) {
	var turn Turn
	err := decodeRecord(record, MaxTurnBytes, &turn)
	return turn, err
}

// decodeRecord reads a record of at most limit bytes into v. Anything that
// encodeRecord would not have written is an error.
func decodeRecord(record []byte, limit int, v any) error {
	if len(record) < recordHeader || len(record) > limit {
		return fmt.Errorf("%w: a record of %d bytes", ErrCorrupt, len(record))
	}
	if record[0] > Schema {
		return NewerSchema(record[0])
	}
	if record[0] == 0 {
		return fmt.Errorf("%w: a record of schema 0", ErrCorrupt)
	}
	text := record[recordHeader:]
	if sum := binary.LittleEndian.Uint32(record[1:]); sum != checksum(text) {
		return fmt.Errorf("%w: a record's checksum does not match", ErrCorrupt)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows a record's JSON", ErrCorrupt)
	}
	return nil
}

// NewerSchema is [ErrNewerSchema] with what to do about a schema that this
// program does not know.
func NewerSchema(schema byte) error {
	return fmt.Errorf("%w: it has schema %d, this one reads up to %d; update the program, or keep conversations in another place", ErrNewerSchema, schema, Schema)
}

// checksum is the CRC-32C of a record's JSON.
func checksum(text []byte) uint32 { return crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)) }

// Decode returns the session under key that had holds, or an empty one if it
// holds none. Its errors are [ErrCorrupt] and [ErrNewerSchema].
func (r *Codec) Decode(key Key, had Records) (*Session, error) {
	if had.State == nil {
		return &Session{Key: key}, nil
	}
	return r.decodeSession(key, had)
}

// Apply lets change work on s, which had holds, and returns the records of
// what came of it: had itself if nothing did. It counts the version up. An
// error of change is returned as it is.
func (r *Codec) Apply(s *Session, had Records, change func(*Session) error) (next Records, err error) {
	key, version, turns := s.Key, s.Version, len(s.Turns)
	if err := change(s); err != nil {
		return Records{}, err
	}
	if len(s.Turns) < turns {
		return Records{}, fmt.Errorf("%w: an update removed turns: %d of %d are left", ErrInvalid, len(s.Turns), turns)
	}
	s.Key, s.Version = key, version
	if next, err = r.encodeSession(s, had); err != nil {
		return Records{}, err
	}
	if len(s.Turns) == 0 || next.Equal(had) {
		return had, nil
	}
	s.Version++
	next.State, err = encodeState(s)
	return next, err
}

// Equal reports whether r and other hold the same session.
func (r Records) Equal(other Records) bool {
	return bytes.Equal(r.State, other.State) && slices.EqualFunc(r.Turns, other.Turns, bytes.Equal)
}
