package session

import (
	"fmt"
	"maps"
)

// Mend returns the records of as much of a damaged session as hangs together:
// the turns before the first that cannot be read. Turns keep their numbers, so
// that whatever names one goes on meaning it. Without its state the session is
// the one under key, and goes on from its last turn. It also returns the session
// itself. The error is [ErrCorrupt] if nothing is left.
func Mend(key Key, had Records) (Records, *Session, error) {
	st, err := DecodeState(had.State)
	stateless := err != nil || st.Version < 1
	if stateless {
		st = State{Key: key, Version: max(1, len(had.Turns)), Turns: len(had.Turns)}
	}
	s := &Session{Key: st.Key, Version: st.Version, Head: st.Head}
	for i, record := range had.Turns {
		turn, err := decodeTurn(record)
		if err != nil || turn.ID != i+1 || turn.Parent > i {
			break
		}
		s.Turns = append(s.Turns, turn)
	}
	n := len(s.Turns)
	if n == 0 {
		return Records{}, nil, fmt.Errorf("%w: none of its turns can be read", ErrCorrupt)
	}
	if s.Head > n || stateless {
		s.Head = n
	}
	s.Left = maps.Clone(st.Left)
	maps.DeleteFunc(s.Left, func(turn, child int) bool { return turn > n || child > n })
	if len(s.Left) == 0 {
		s.Left = nil
	}
	r, err := encodeSession(s)
	if err != nil {
		return Records{}, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return r, s, nil
}
