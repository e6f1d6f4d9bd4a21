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

// Schema is the version of the records that this program writes.
//
// A record is the schema version in one byte, the CRC-32C of the rest in four
// (little endian), and JSON. The version stands outside so that a newer one
// may change everything behind it.
const Schema = 1

// recordHeader is the number of bytes before the JSON.
const recordHeader = 5

// maxStateBytes bounds the record of a session without its turns: two numbers
// of five digits with punctuation for every turn that Left may hold.
const maxStateBytes = 1<<10 + 16*MaxTurns

// A state is a session without its turns.
type state struct {
	Key
	Version int         `json:"version"`
	Turns   int         `json:"turns"`
	Head    int         `json:"head"`
	Left    map[int]int `json:"left,omitempty"`
}

// records are a session as a store keeps it.
type records struct {
	state []byte
	turns [][]byte // turns[i] is the turn with ID i+1
}

// encodeSession returns the records of s, which must be valid.
func encodeSession(s *Session) (records, error) {
	return (*recentTurns)(nil).encodeSession(s, records{})
}

// decodeSession returns the session under key that had holds. Its errors are
// [ErrCorrupt] and [ErrNewerSchema].
func decodeSession(key Key, had records) (*Session, error) {
	return (*recentTurns)(nil).decodeSession(key, had)
}

// encodeSession returns the records of s, which must be valid. Those of turns
// that are as they were in had are had's.
func (r *recentTurns) encodeSession(s *Session, had records) (records, error) {
	if err := s.Validate(); err != nil {
		return records{}, err
	}
	head, err := encodeState(s)
	if err != nil {
		return records{}, err
	}
	out := records{state: head, turns: make([][]byte, len(s.Turns))}
	for i := range s.Turns {
		var before []byte
		if i < len(had.turns) {
			before = had.turns[i]
		}
		if out.turns[i], err = r.encode(&s.Turns[i], before); err != nil {
			return records{}, err
		}
	}
	return out, nil
}

// encodeState returns the record of s without its turns.
func encodeState(s *Session) ([]byte, error) {
	return encodeRecord(state{Key: s.Key, Version: s.Version, Turns: len(s.Turns), Head: s.Head, Left: s.Left}, maxStateBytes)
}

// encodeTurn returns the record of one turn.
func encodeTurn(turn Turn) ([]byte, error) {
	for _, text := range []string{turn.Author, turn.Utterance, turn.Edit, turn.Picture, turn.Event, turn.Settings.Model, turn.Settings.Scheduler, turn.Recipe.Prompt, turn.Recipe.Preset} {
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("%w: turn %d has text that is not UTF-8: %.40q", ErrInvalid, turn.ID, text)
		}
	}
	record, err := encodeRecord(turn, MaxTurnBytes)
	if err != nil {
		return nil, fmt.Errorf("turn %d: %w", turn.ID, err)
	}
	return record, nil
}

// encodeRecord returns the record of v, of at most limit bytes.
func encodeRecord(v any, limit int) ([]byte, error) {
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
	record[0] = Schema
	binary.LittleEndian.PutUint32(record[1:], checksum(record[recordHeader:]))
	return record, nil
}

// decodeSession is the function of that name, but for turns that are
// remembered.
func (r *recentTurns) decodeSession(key Key, had records) (*Session, error) {
	st, err := decodeState(had.state)
	if err != nil {
		return nil, err
	}
	if st.Key != key || st.Turns != len(had.turns) || st.Version < 1 {
		return nil, fmt.Errorf("%w: the session's record does not belong to its %d turns", ErrCorrupt, len(had.turns))
	}
	s := &Session{Key: key, Version: st.Version, Head: st.Head, Left: st.Left}
	if len(had.turns) > 0 {
		s.Turns = make([]Turn, len(had.turns))
	}
	for i, record := range had.turns {
		if s.Turns[i], err = r.decode(record); err != nil {
			return nil, fmt.Errorf("turn %d: %w", i+1, err)
		}
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return s, nil
}

// decodeState returns what encodeSession made of a session without its turns.
func decodeState(record []byte) (state, error) {
	var st state
	if err := decodeRecord(record, maxStateBytes, &st); err != nil {
		return state{}, err
	}
	if st.Turns < 0 || st.Turns > MaxTurns {
		return state{}, fmt.Errorf("%w: %d turns", ErrCorrupt, st.Turns)
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
		return newerSchema(record[0])
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

// newerSchema says what to do about a schema that this program doesn't know.
func newerSchema(schema byte) error {
	return fmt.Errorf("%w: it has schema %d, this one reads up to %d; update the program, or keep conversations in another place", ErrNewerSchema, schema, Schema)
}

// checksum is the CRC-32C of a record's JSON.
func checksum(text []byte) uint32 { return crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)) }

// loaded returns the session that had holds, or an empty one.
func (r *recentTurns) loaded(key Key, had records) (*Session, error) {
	if had.state == nil {
		return &Session{Key: key}, nil
	}
	return r.decodeSession(key, had)
}

// apply lets change work on s, which had holds, and returns the records of
// what came of it: had itself if nothing did. An error of change is returned
// as it is.
func (r *recentTurns) apply(s *Session, had records, change func(*Session) error) (next records, err error) {
	key, version, turns := s.Key, s.Version, len(s.Turns)
	if err := change(s); err != nil {
		return records{}, err
	}
	if len(s.Turns) < turns {
		return records{}, fmt.Errorf("%w: an update removed turns: %d of %d are left", ErrInvalid, len(s.Turns), turns)
	}
	s.Key, s.Version = key, version
	if next, err = r.encodeSession(s, had); err != nil {
		return records{}, err
	}
	if len(s.Turns) == 0 || next.equal(had) {
		return had, nil
	}
	s.Version++
	next.state, err = encodeState(s)
	return next, err
}

// equal reports whether r and other hold the same session.
func (r records) equal(other records) bool {
	return bytes.Equal(r.state, other.state) && slices.EqualFunc(r.turns, other.turns, bytes.Equal)
}
