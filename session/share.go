package session

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

const (
	// ShareDays is for how many days a code leads to what a user shared.
	ShareDays = 30
	// ShareLifetime is the same as a duration.
	ShareLifetime = ShareDays * 24 * time.Hour
	// MaxShareLifetime is how long a turn can be shared at all.
	MaxShareLifetime = 366 * 24 * time.Hour
)

// Branch returns a copy of the turn and the way to it as a session of its own,
// numbered from 1. Who said what and by which message is left out: a branch is
// for others.
func (s *Session) Branch(id int) (*Session, error) {
	path, err := s.Path(id)
	if err != nil {
		return nil, err
	}
	branch := &Session{Key: s.Key, Version: 1, Turns: path, Head: len(path)}
	for i := range path {
		path[i].ID, path[i].Parent = i+1, i
		path[i].Author, path[i].Event, path[i].Identity = "", "", 0
		path[i].Withdrawn = false
	}
	return branch, nil
}

// Graft adds the turns of a branch as a tree of their own, moves the head to
// the last and returns its ID. They get identities of their own. The event is the message that asked for it, as
// in [Session.Add]: what it has grafted already is not grafted again.
func (s *Session) Graft(branch *Session, event string) (id int, err error) {
	if had, ok := s.ByEvent(event); ok {
		return had.ID, nil
	}
	if len(branch.Turns) == 0 {
		return 0, fmt.Errorf("%w: a branch without turns", ErrInvalid)
	}
	if len(s.Turns)+len(branch.Turns) > MaxTurns {
		return 0, ErrFull
	}
	for i, turn := range branch.Turns {
		turn.Parent, turn.Event, turn.Identity = id, "", NewIdentity()
		if i == len(branch.Turns)-1 {
			turn.Event = event
		}
		if id, err = s.Add(turn); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// Fork copies what is shared under the code into the session: turns, settings,
// recipes, and the pictures that are still there. The head is then the shared
// turn. The event is that of [Session.Graft]. The error is [ErrNoSuchShare],
// [ErrFull], or one of the store.
func Fork(ctx context.Context, store Store, code string, to Key, event string) (*Session, error) {
	branch, err := store.Shared(ctx, code)
	if err != nil {
		return nil, err
	}
	for _, turn := range branch.Turns {
		picture, err := store.GetBlob(ctx, branch.Key, turn.Picture)
		if errors.Is(err, ErrNoSuchBlob) {
			continue
		}
		if err == nil {
			_, err = PutPicture(ctx, store, to, turn, picture)
		}
		if err != nil {
			return nil, fmt.Errorf("copy a shared picture: %w", err)
		}
	}
	return store.Update(ctx, to, func(s *Session) error {
		_, err := s.Graft(branch, event)
		return err
	})
}

// PutPicture keeps the picture of a turn: as an original where no recipe can make it
// again.
func PutPicture(ctx context.Context, store Store, key Key, turn Turn, picture []byte) (digest string, err error) {
	if turn.Opened() {
		return store.PutOriginal(ctx, key, picture)
	}
	return store.PutBlob(ctx, key, picture)
}

// NewShare returns the records of the turn to share and a code of 130 random
// bits for it. The error is [ErrNoSuchTurn] if there is no such turn.
func NewShare(s *Session, turn int) (code string, r Records, err error) {
	branch, err := s.Branch(turn)
	if err != nil {
		return "", Records{}, err
	}
	if r, err = encodeSession(branch); err != nil {
		return "", Records{}, err
	}
	return rand.Text(), r, nil
}

// DecodeShare returns what NewShare made records of, or [ErrNoSuchShare] if
// there are none.
func DecodeShare(r Records) (*Session, error) {
	if r.State == nil {
		return nil, ErrNoSuchShare
	}
	st, err := DecodeState(r.State)
	if err != nil {
		return nil, err
	}
	return decodeSession(st.Key, r)
}

// ValidateShare reports whether a turn of the session can be shared for that
// long; the error is [ErrInvalid].
func ValidateShare(key Key, lifetime time.Duration) error {
	if lifetime < time.Second || lifetime > MaxShareLifetime {
		return fmt.Errorf("%w: something is shared for %v, 1 s to %v is allowed", ErrInvalid, lifetime, MaxShareLifetime)
	}
	return key.Validate()
}
