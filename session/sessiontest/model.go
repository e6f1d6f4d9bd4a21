package sessiontest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pentimento/recipe"
	"pentimento/session"
)

// historyLength is how many random operations Run does.
const historyLength = 10_000

// A model is a session as simply as it can be said.
type model struct {
	version int
	turns   []modelTurn
	head    int
	left    map[int]int
}

// A modelTurn is what testModel sets of a turn.
type modelTurn struct {
	parent    int
	utterance string
	event     string
	seed      uint64
}

// testModel does random operations on a store and on models, and compares
// every result.
func testModel(t *testing.T, store session.Store, operations int) {
	if testing.Short() {
		operations = min(operations, historyLength/20)
	}
	r := rand.New(rand.NewPCG(1, 2))
	models := make(map[session.Key]*model)
	keys := []session.Key{{User: "a", Place: "x"}, {User: "a", Place: "y"}, {User: "b", Place: "x"}, {User: "c", Place: "z"}}
	for i := range operations {
		key := keys[r.IntN(len(keys))]
		m := models[key]
		if m == nil {
			m = &model{left: make(map[int]int)}
			models[key] = m
		}
		switch n := r.IntN(1000); {
		case n < 3:
			if err := store.Forget(t.Context(), key.User); err != nil {
				t.Fatalf("operation %d: Forget: %v", i, err)
			}
			maps.DeleteFunc(models, func(k session.Key, _ *model) bool { return k.User == key.User })
		case n < 10:
			if err := store.Delete(t.Context(), key); err != nil {
				t.Fatalf("operation %d: Delete: %v", i, err)
			}
			delete(models, key)
		case n < 30:
			compareKeys(t, i, store, models, key.User)
		case n < 330:
			s, err := store.Load(t.Context(), key)
			if err != nil {
				t.Fatalf("operation %d: Load: %v", i, err)
			}
			m.compare(t, i, s)
		default:
			m.step(t, i, r, store, key)
		}
	}
	for key, m := range models {
		m.compare(t, operations, mustLoad(t, store, key))
	}
}

// errGivenUp is what a change returns that wants nothing stored.
var errGivenUp = errors.New("given up")

// step makes one random change to the store and the model.
func (m *model) step(t *testing.T, i int, r *rand.Rand, store session.Store, key session.Key) {
	t.Helper()
	next := m.clone()
	var want error
	var change func(*session.Session) error
	switch n := r.IntN(100); {
	case n < 45:
		turn := modelTurn{parent: r.IntN(len(m.turns) + 1), utterance: fmt.Sprint("operation ", i), seed: r.Uint64()}
		switch {
		case r.IntN(3) > 0:
			turn.parent = m.head
		case r.IntN(10) == 0:
			turn.parent = len(m.turns) + 1 + r.IntN(3)
		}
		if r.IntN(2) == 0 {
			turn.event = fmt.Sprint(r.IntN(200)) // so that some come twice
		}
		want = next.add(turn)
		change = adding(session.Turn{Parent: turn.parent, Utterance: turn.utterance, Event: turn.event, Settings: recipe.Settings{Seed: turn.seed}})
	case n < 65:
		n := r.IntN(4)
		want = next.revert(n)
		change = func(s *session.Session) error { return s.Revert(n) }
	case n < 80:
		n := r.IntN(4)
		want = next.redo(n)
		change = func(s *session.Session) error { return s.Redo(n) }
	case n < 95:
		id := r.IntN(len(m.turns)+3) - 1
		want = next.visit(id)
		change = func(s *session.Session) error { return s.Goto(id) }
	default:
		want = errGivenUp
		change = func(s *session.Session) error {
			if _, err := s.Add(session.Turn{Utterance: "lost"}); err != nil {
				return err
			}
			return errGivenUp
		}
	}
	s, err := store.Update(t.Context(), key, change)
	if !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Fatalf("operation %d: %v, want %v", i, err, want)
	}
	if err != nil {
		return
	}
	if !next.same(m) {
		next.version++
	}
	*m = *next
	m.compare(t, i, s)
}

// clone returns a copy of m.
func (m *model) clone() *model {
	return &model{version: m.version, turns: slices.Clone(m.turns), head: m.head, left: maps.Clone(m.left)}
}

// same reports whether nothing but the version differs.
func (m *model) same(other *model) bool {
	return m.head == other.head && slices.Equal(m.turns, other.turns) && maps.Equal(m.left, other.left)
}

func (m *model) add(turn modelTurn) error {
	for _, had := range m.turns {
		if turn.event != "" && had.event == turn.event {
			return nil
		}
	}
	if turn.parent > len(m.turns) {
		return session.ErrNoSuchTurn
	}
	if turn.parent > 0 {
		turn.seed = m.turns[turn.parent-1].seed
	}
	m.turns = append(m.turns, turn)
	m.head = len(m.turns)
	return nil
}

func (m *model) revert(n int) error {
	if n == 0 {
		return session.ErrInvalid
	}
	way := m.wayUp()
	if n > len(way) {
		return session.ErrNothingToUndo
	}
	m.climb(way[:n])
	return nil
}

// wayUp are the turns above the head, up to the root.
func (m *model) wayUp() (way []int) {
	for id := m.head; id > 0; way = append(way, id) {
		if id = m.turns[id-1].parent; id == 0 {
			break
		}
	}
	return way
}

// climb goes a way up, turn by turn.
func (m *model) climb(way []int) {
	for _, parent := range way {
		m.left[parent], m.head = m.head, parent
	}
}

func (m *model) redo(n int) error {
	if n == 0 {
		return session.ErrInvalid
	}
	head := m.head
	for range n {
		if m.left[head] == 0 {
			return session.ErrNothingToRedo
		}
		head = m.left[head]
	}
	m.head = head
	return nil
}

// visit is goto, which is a word of the language.
func (m *model) visit(id int) error {
	if id < 1 || id > len(m.turns) {
		return session.ErrNoSuchTurn
	}
	way := m.wayUp()
	if n := slices.Index(way, id); n >= 0 {
		m.climb(way[:n+1])
	} else {
		m.head = id
	}
	return nil
}

// compare fails the test unless s is what m says.
func (m *model) compare(t *testing.T, i int, s *session.Session) {
	t.Helper()
	got := &model{version: s.Version, head: s.Head, left: s.Left}
	for _, turn := range s.Turns {
		got.turns = append(got.turns, modelTurn{turn.Parent, turn.Utterance, turn.Event, turn.Settings.Seed})
	}
	if got.version != m.version || !got.same(m) {
		t.Fatalf("operation %d: got session %+v, want %+v", i, got, m)
	}
}

// compareKeys fails the test unless the store lists the user's sessions.
func compareKeys(t *testing.T, i int, store session.Store, models map[session.Key]*model, user string) {
	t.Helper()
	var want []session.Key
	for key, m := range models {
		if key.User == user && m.version > 0 {
			want = append(want, key)
		}
	}
	slices.SortFunc(want, func(a, b session.Key) int { return int(a.Place[0]) - int(b.Place[0]) })
	got, err := store.List(t.Context(), user)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("operation %d: List: %q, %v; want %q", i, got, err, want)
	}
}
