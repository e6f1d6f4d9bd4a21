package session

import (
	"bytes"
	"reflect"
	"slices"
	"sync"
	"time"
)

// A Codec makes records of sessions and sessions of records, for a [Store]
// that keeps records. It remembers decoded turns by their records. Every
// request for a session reads all its records; most of them are those of the
// request before, and decoding them again would be nearly all of its time.
// What is remembered is as good as what would be decoded, since it is of the
// same bytes.
//
// Turns that were not used for a while go, those of the session of a forgotten
// user at once if the store calls Clear then, and within two minutes if another
// process forgets. The zero value is ready; nil remembers nothing. All methods
// may be called by several goroutines at once.
type Codec struct {
	mu sync.Mutex
	// Turns that are used move from older to newer. When newer is full or
	// recentFor is over, older goes and newer takes its place.
	newer, older map[string]*Turn
	bytes        int         // of the records in newer
	aging        *time.Timer // nil while nothing is remembered
}

const (
	// recentBytes bounds the records that are remembered, twice.
	recentBytes = 8 << 20
	// recentFor is how long a turn is remembered at least, if there is room.
	recentFor = time.Minute
)

// decode returns the turn of a record, which is the caller's own.
func (r *Codec) decode(record []byte) (Turn, error) {
	if known := r.find(record); known != nil {
		return known.clone(), nil
	}
	turn, err := decodeTurn(record)
	if err != nil {
		return Turn{}, err
	}
	known := turn.clone()
	r.keep(record, &known)
	return turn, nil
}

// encode returns the record of a turn: had, if it is still that of the turn
// before it was given out.
func (r *Codec) encode(turn *Turn, had []byte) ([]byte, error) {
	if known := r.find(had); known != nil && reflect.DeepEqual(known, turn) {
		return had, nil
	}
	return encodeTurn(*turn)
}

func (r *Codec) find(record []byte) *Turn {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.newer[string(record)]; ok {
		return known
	}
	known, ok := r.older[string(record)]
	if ok {
		r.add(record, known)
	}
	return known
}

func (r *Codec) keep(record []byte, turn *Turn) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(record, turn)
	if r.aging == nil {
		r.aging = time.AfterFunc(recentFor, r.age)
	}
}

// add puts a turn with the newer ones. The lock must be held.
func (r *Codec) add(record []byte, turn *Turn) {
	if r.bytes+len(record) > recentBytes || r.newer == nil {
		r.turnOver()
	}
	r.newer[string(record)] = turn
	r.bytes += len(record)
}

// turnOver makes the newer turns the older ones. The lock must be held.
func (r *Codec) turnOver() {
	r.older, r.newer, r.bytes = r.newer, make(map[string]*Turn), 0
}

// age is called while anything is remembered.
func (r *Codec) age() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turnOver()
	if r.aging = nil; len(r.older) > 0 {
		r.aging = time.AfterFunc(recentFor, r.age)
	}
}

// Clear drops all that is remembered.
func (r *Codec) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.newer, r.older, r.bytes = nil, nil, 0
	if r.aging != nil {
		r.aging.Stop()
		r.aging = nil
	}
}

// clone returns a copy that shares nothing with t.
func (t Turn) clone() Turn {
	t.Plan = bytes.Clone(t.Plan)
	if t.Seen != nil {
		seen := make(map[string][]string, len(t.Seen))
		for name, values := range t.Seen {
			seen[name] = slices.Clone(values)
		}
		t.Seen = seen
	}
	t.Recipe.Weights = slices.Clone(t.Recipe.Weights)
	t.Recipe.Windows.CrossWords = slices.Clone(t.Recipe.Windows.CrossWords)
	t.Recipe.Blend.Source = slices.Clone(t.Recipe.Blend.Source)
	t.Recipe.Blend.Target = slices.Clone(t.Recipe.Blend.Target)
	if r := t.Recipe.Region; r != nil {
		own := *r
		own.Rows = make([][]int, len(r.Rows))
		for i, row := range r.Rows {
			own.Rows[i] = slices.Clone(row)
		}
		t.Recipe.Region = &own
	}
	return t
}
