package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pentimento/recipe"
)

// Add appends turn as a child of turn.Parent, or as a root if that is 0, moves
// the head to it and returns its ID. The session chooses the ID; an edit gets
// its parent's settings, whatever turn.Settings says.
//
// The parent is part of the turn and not taken from the head: drawing takes
// time, and the picture that was edited is the parent wherever the head has
// gone meanwhile.
//
// If a turn with the same non-empty Event is there already, Add changes
// nothing and returns that turn's ID: a message that is delivered twice makes
// one turn.
//
// The error is [ErrNoSuchTurn] for an unknown parent, [ErrFull] in a session
// of [MaxTurns], [ErrTooLarge] for a turn beyond [MaxTurnBytes], and
// [ErrInvalid] for one that cannot be stored.
func (s *Session) Add(turn Turn) (id int, err error) {
	if had, ok := s.ByEvent(turn.Event); ok {
		return had.ID, nil
	}
	if len(s.Turns) >= MaxTurns {
		return 0, ErrFull
	}
	if turn.Parent != 0 {
		parent, err := s.Turn(turn.Parent)
		if err != nil {
			return 0, err
		}
		turn.Settings = parent.Settings
	}
	turn.ID = len(s.Turns) + 1
	if turn, err = canonical(turn); err != nil {
		return 0, err
	}
	if _, err := encodeTurn(turn); err != nil {
		return 0, err
	}
	s.Turns = append(s.Turns, turn)
	s.Head = turn.ID
	return turn.ID, nil
}

// canonical gives turn the form in which it comes back from a store.
func canonical(turn Turn) (Turn, error) {
	turn.Time = turn.Time.Round(0).UTC()
	turn.Utterance = strings.ToValidUTF8(turn.Utterance, "\uFFFD")
	if len(turn.Plan) == 0 {
		turn.Plan = nil
		return turn, nil
	}
	var plan bytes.Buffer
	if err := json.Compact(&plan, turn.Plan); err != nil {
		return turn, fmt.Errorf("%w: turn %d: the plan is not JSON: %w", ErrInvalid, turn.ID, err)
	}
	turn.Plan = plan.Bytes()
	return turn, nil
}

// Turn returns the turn with that ID, or [ErrNoSuchTurn].
func (s *Session) Turn(id int) (Turn, error) {
	if id < 1 || id > len(s.Turns) {
		return Turn{}, fmt.Errorf("%w: %d of %d", ErrNoSuchTurn, id, len(s.Turns))
	}
	return s.Turns[id-1], nil
}

// ByEvent returns the turn that the event made, and whether there is one.
func (s *Session) ByEvent(event string) (Turn, bool) {
	if event == "" {
		return Turn{}, false
	}
	for i := len(s.Turns) - 1; i >= 0; i-- {
		if s.Turns[i].Event == event {
			return s.Turns[i], true
		}
	}
	return Turn{}, false
}

// Revert moves the head n turns towards its root. Redo takes the way back. If
// fewer than n edits lead to the head nothing moves and the error is a
// [*DistanceError] that is [ErrNothingToUndo].
func (s *Session) Revert(n int) error {
	if n < 1 {
		return fmt.Errorf("%w: revert by %d", ErrInvalid, n)
	}
	above := s.ancestors(s.Head)
	if n > len(above) {
		return &DistanceError{Asked: n, Possible: len(above), Err: ErrNothingToUndo}
	}
	s.climb(above[n-1])
	return nil
}

// Redo moves the head n turns along the way that revert or goto left. If it
// is shorter than n nothing moves and the error is a [*DistanceError] that is
// [ErrNothingToRedo].
func (s *Session) Redo(n int) error {
	if n < 1 {
		return fmt.Errorf("%w: redo by %d", ErrInvalid, n)
	}
	head := s.Head
	for i := range n {
		next, ok := s.Left[head]
		if !ok {
			return &DistanceError{Asked: n, Possible: i, Err: ErrNothingToRedo}
		}
		head = next
	}
	s.Head = head
	return nil
}

// Goto moves the head to any turn, or returns [ErrNoSuchTurn]. Going to an
// ancestor of the head is the same as reverting to it.
func (s *Session) Goto(id int) error {
	if _, err := s.Turn(id); err != nil {
		return err
	}
	for _, a := range s.ancestors(s.Head) {
		if a == id {
			s.climb(id)
			return nil
		}
	}
	s.Head = id
	return nil
}

// climb moves the head up to its ancestor to, leaving the way for Redo.
func (s *Session) climb(to int) {
	if s.Left == nil {
		s.Left = make(map[int]int)
	}
	for s.Head != to {
		parent := s.Turns[s.Head-1].Parent
		s.Left[parent] = s.Head
		s.Head = parent
	}
}

// ancestors returns the turns above id, nearest first.
func (s *Session) ancestors(id int) []int {
	var above []int
	for id != 0 {
		if id = s.Turns[id-1].Parent; id != 0 {
			above = append(above, id)
		}
	}
	return above
}

// CanUndo reports whether Revert(1) would move the head.
func (s *Session) CanUndo() bool { return s.Head != 0 && s.Turns[s.Head-1].Parent != 0 }

// CanRedo reports whether Redo(1) would move the head.
func (s *Session) CanRedo() bool { _, ok := s.Left[s.Head]; return ok }

// Path returns the chain from the root to the turn, both included, or
// [ErrNoSuchTurn].
func (s *Session) Path(id int) ([]Turn, error) {
	turn, err := s.Turn(id)
	if err != nil {
		return nil, err
	}
	above := s.ancestors(id)
	path := make([]Turn, 0, len(above)+1)
	for i := len(above) - 1; i >= 0; i-- {
		path = append(path, s.Turns[above[i]-1])
	}
	return append(path, turn), nil
}

// Withdraw notes that the turn is no longer for others; or [ErrNoSuchTurn].
func (s *Session) Withdraw(id int) error {
	if _, err := s.Turn(id); err != nil {
		return err
	}
	s.Turns[id-1].Withdrawn = true
	return nil
}

// IsWithdrawn reports whether the turn, or one on the way to it, is no longer for
// others; or returns [ErrNoSuchTurn].
func (s *Session) IsWithdrawn(id int) (bool, error) {
	path, err := s.Path(id)
	return slices.ContainsFunc(path, func(t Turn) bool { return t.Withdrawn }), err
}

// RecipeFor returns what draws the turn's picture: its root's settings and the
// chain of recipes that leads to it; or [ErrNoSuchTurn].
func (s *Session) RecipeFor(id int) (recipe.Recipe, error) {
	path, err := s.Path(id)
	if err != nil {
		return recipe.Recipe{}, err
	}
	turns := make([]recipe.Turn, len(path))
	for i, turn := range path {
		turns[i] = turn.Recipe
	}
	return recipe.New(path[0].Settings, turns...), nil
}

// Children returns the edits of the turn in the order of making.
func (s *Session) Children(id int) []Turn {
	var children []Turn
	for _, turn := range s.Turns[max(0, min(id, len(s.Turns))):] {
		if turn.Parent == id {
			children = append(children, turn)
		}
	}
	return children
}

// Roots returns the turns that were made from nothing, in the order of making.
func (s *Session) Roots() []Turn { return s.Children(0) }

// Validate reports whether s is a tree that a store would keep; the error is
// [ErrInvalid], [ErrFull] or [ErrTooLarge].
func (s *Session) Validate() error {
	if err := s.Key.Validate(); err != nil {
		return err
	}
	if s.Version < 0 {
		return fmt.Errorf("%w: version %d", ErrInvalid, s.Version)
	}
	if len(s.Turns) > MaxTurns {
		return ErrFull
	}
	for i, turn := range s.Turns {
		if err := s.validateTurn(i, turn); err != nil {
			return err
		}
	}
	if s.Head < 0 || s.Head > len(s.Turns) || (s.Head == 0 && len(s.Turns) > 0) {
		return fmt.Errorf("%w: the head is turn %d of %d", ErrInvalid, s.Head, len(s.Turns))
	}
	for parent, child := range s.Left {
		if parent < 1 || child < 1 || child > len(s.Turns) || s.Turns[child-1].Parent != parent {
			return fmt.Errorf("%w: redo leads from turn %d to %d, which is not its child", ErrInvalid, parent, child)
		}
	}
	return nil
}

// validateTurn checks the turn at index i against the session.
func (s *Session) validateTurn(i int, turn Turn) error {
	if turn.ID != i+1 {
		return fmt.Errorf("%w: turn %d has ID %d", ErrInvalid, i+1, turn.ID)
	}
	if turn.Parent < 0 || turn.Parent >= turn.ID {
		return fmt.Errorf("%w: turn %d edits turn %d", ErrInvalid, turn.ID, turn.Parent)
	}
	if turn.Parent != 0 && turn.Settings != s.Turns[turn.Parent-1].Settings {
		return fmt.Errorf("%w: turn %d has other settings than turn %d, which it edits", ErrInvalid, turn.ID, turn.Parent)
	}
	if year := turn.Time.Year(); year < 1 || year > 9999 {
		return fmt.Errorf("%w: turn %d was made in the year %d", ErrInvalid, turn.ID, year)
	}
	return nil
}
