package session_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pentimento/recipe"
	"pentimento/session"
)

var testKey = session.Key{User: "alice", Place: "terminal"}

// build returns a session whose turns have those parents; the head is the last.
func build(t *testing.T, parents ...int) *session.Session {
	t.Helper()
	s := &session.Session{Key: testKey}
	for i, parent := range parents {
		id, err := s.Add(session.Turn{Parent: parent, Settings: recipe.Settings{Seed: uint64(i + 1)}, Recipe: recipe.Turn{Prompt: string(rune('a' + i))}})
		if err != nil || id != i+1 || s.Head != id {
			t.Fatalf("turn %d has ID %d, head %d, error %v", i+1, id, s.Head, err)
		}
	}
	return s
}

// A tree to walk in:
//
//	1 ─ 2 ─ 3
//	  └ 4 ─ 5
//	6 ─ 7
func tree(t *testing.T) *session.Session { t.Helper(); return build(t, 0, 1, 2, 1, 4, 0, 6) }

func TestMoves(t *testing.T) {
	type move = func(*session.Session) error
	revert := func(n int) move { return func(s *session.Session) error { return s.Revert(n) } }
	redo := func(n int) move { return func(s *session.Session) error { return s.Redo(n) } }
	visit := func(id int) move { return func(s *session.Session) error { return s.Goto(id) } }
	edit := func(parent int) move {
		return func(s *session.Session) error { _, err := s.Add(session.Turn{Parent: parent}); return err }
	}
	tests := []struct {
		name  string
		moves []move
		head  int
		err   error // of the last move
	}{
		{"revert goes to the parent", []move{visit(5), revert(1)}, 4, nil},
		{"revert goes up by n", []move{visit(5), revert(2)}, 1, nil},
		{"revert stops at a root", []move{visit(6), revert(1)}, 6, session.ErrNothingToUndo},
		{"revert too far moves nothing", []move{visit(5), revert(3)}, 5, session.ErrNothingToUndo},
		{"revert by nothing", []move{revert(0)}, 7, session.ErrInvalid},
		{"redo takes the way back", []move{visit(5), revert(2), redo(2)}, 5, nil},
		{"redo goes by n", []move{visit(5), revert(2), redo(1)}, 4, nil},
		{"redo too far moves nothing", []move{visit(5), revert(2), redo(3)}, 1, session.ErrNothingToRedo},
		{"redo without revert", []move{visit(2), redo(1)}, 2, session.ErrNothingToRedo},
		{"redo by nothing", []move{redo(0)}, 7, session.ErrInvalid},
		{"redo follows the branch that was left last", []move{visit(3), revert(2), visit(5), revert(2), redo(2)}, 5, nil},
		{"goto anywhere", []move{visit(3)}, 3, nil},
		{"goto an ancestor is a revert", []move{visit(5), visit(1), redo(2)}, 5, nil},
		{"goto another branch leaves no way", []move{visit(5), visit(2), redo(1)}, 2, session.ErrNothingToRedo},
		{"goto nowhere", []move{visit(8)}, 7, session.ErrNoSuchTurn},
		{"goto before the first", []move{visit(0)}, 7, session.ErrNoSuchTurn},
		{"an edit after a revert starts a branch", []move{visit(3), revert(1), edit(2), revert(1)}, 2, nil},
		{"the way to the old branch goes on from it", []move{visit(3), revert(2), edit(1), revert(1), redo(1)}, 8, nil},
		{"an edit of another turn than the head", []move{visit(3), edit(6)}, 8, nil},
		{"an edit of no turn", []move{edit(8)}, 7, session.ErrNoSuchTurn},
		{"an edit of a negative turn", []move{edit(-1)}, 7, session.ErrNoSuchTurn},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := tree(t)
			for i, move := range tt.moves {
				err := move(s)
				last := i == len(tt.moves)-1
				if !last && err != nil || last && !errors.Is(err, tt.err) {
					t.Fatalf("move %d: %v, want %v", i+1, err, tt.err)
				}
			}
			if s.Head != tt.head {
				t.Errorf("the head is %d, want %d", s.Head, tt.head)
			}
			if err := s.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEmptySession(t *testing.T) {
	s := &session.Session{Key: testKey}
	if err := s.Revert(1); !errors.Is(err, session.ErrNothingToUndo) {
		t.Errorf("Revert: %v", err)
	}
	if err := s.Redo(1); !errors.Is(err, session.ErrNothingToRedo) {
		t.Errorf("Redo: %v", err)
	}
	if s.CanUndo() || s.CanRedo() || len(s.Roots()) > 0 || len(s.Children(1)) > 0 || s.Validate() != nil {
		t.Errorf("an empty session is not empty: %+v", s)
	}
	if _, err := s.RecipeFor(0); !errors.Is(err, session.ErrNoSuchTurn) {
		t.Errorf("RecipeFor: %v", err)
	}
}

func TestDistanceError(t *testing.T) {
	s := tree(t)
	err := s.Goto(3)
	if err != nil {
		t.Fatal(err)
	}
	var distance *session.DistanceError
	if err := s.Revert(5); !errors.As(err, &distance) || distance.Asked != 5 || distance.Possible != 2 {
		t.Errorf("Revert(5): %v", err)
	}
	if err := s.Redo(1); err == nil || err.Error() != "there is nothing to redo" {
		t.Errorf("Redo(1): %v", err)
	}
}

func TestPathAndRecipe(t *testing.T) {
	s := tree(t)
	r, err := s.RecipeFor(5)
	if err != nil {
		t.Fatal(err)
	}
	var prompts string
	for _, turn := range r.Turns {
		prompts += turn.Prompt
	}
	if prompts != "ade" || r.Version != 1 || r.Settings.Seed != 1 {
		t.Errorf("the recipe for turn 5 is %+v", r)
	}
	path, err := s.Path(7)
	if err != nil || len(path) != 2 || path[0].ID != 6 || path[1].ID != 7 || path[1].Settings.Seed != 6 {
		t.Errorf("the path to turn 7 is %+v, %v", path, err)
	}
	for _, id := range []int{0, -1, 8} {
		if _, err := s.Path(id); !errors.Is(err, session.ErrNoSuchTurn) {
			t.Errorf("Path(%d): %v", id, err)
		}
	}
}

func TestChildren(t *testing.T) {
	s := tree(t)
	for id, want := range map[int][]int{0: {1, 6}, 1: {2, 4}, 2: {3}, 3: nil, 7: nil, 8: nil, -1: nil} {
		var got []int
		for _, child := range s.Children(id) {
			got = append(got, child.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Children(%d) = %v, want %v", id, got, want)
		}
	}
}

func TestAddMakesTextAndTimePlain(t *testing.T) {
	s := &session.Session{Key: testKey}
	if _, err := s.Add(session.Turn{Utterance: "a \xff cat", Plan: []byte(" { \"a\" : 1 } ")}); err != nil {
		t.Fatal(err)
	}
	if turn := s.Turns[0]; turn.Utterance != "a \uFFFD cat" || string(turn.Plan) != `{"a":1}` || turn.Time.Location().String() != "UTC" {
		t.Errorf("the turn is %+v", turn)
	}
	for name, turn := range map[string]session.Turn{
		"a prompt that is not text": {Recipe: recipe.Turn{Prompt: "\xff"}},
		"a plan that is not JSON":   {Plan: []byte("{")},
		"a plan of nothing":         {Plan: []byte(" ")},
	} {
		if _, err := s.Add(turn); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	if _, err := s.Add(session.Turn{Edit: strings.Repeat("x", session.MaxTurnBytes)}); !errors.Is(err, session.ErrTooLarge) {
		t.Errorf("a long label: %v, want ErrTooLarge", err)
	}
	if len(s.Turns) != 1 || s.Head != 1 {
		t.Errorf("what was refused is there: %+v", s)
	}
}

func TestFull(t *testing.T) {
	s := &session.Session{Key: testKey}
	for range session.MaxTurns {
		if _, err := s.Add(session.Turn{Parent: s.Head}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Add(session.Turn{}); !errors.Is(err, session.ErrFull) {
		t.Errorf("turn %d: %v, want ErrFull", session.MaxTurns+1, err)
	}
	// The largest redo memory still fits its record.
	if err := s.Goto(1); err != nil {
		t.Fatal(err)
	}
	store := session.NewMemory()
	if _, err := store.Update(t.Context(), testKey, func(empty *session.Session) error { *empty = *s; return nil }); err != nil {
		t.Error(err)
	}
}

// Whatever is done to a session, it stays a tree, the way that redo knows
// leads back to where revert came from, and no turn is ever changed.
func TestTreeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &session.Session{Key: testKey}
		var past []session.Turn
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				turn := session.Turn{
					Parent:   rapid.IntRange(0, len(s.Turns)).Draw(t, "parent"),
					Event:    rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "event"),
					Settings: recipe.Settings{Seed: rapid.Uint64().Draw(t, "seed")},
				}
				known, twice := s.ByEvent(turn.Event)
				head := s.Head
				id, err := s.Add(turn)
				switch {
				case err != nil:
					t.Fatal(err)
				case twice && (id != known.ID || s.Head != head):
					t.Fatalf("the event made turn %d and turn %d", known.ID, id)
				case !twice && (id != len(s.Turns) || s.Head != id):
					t.Fatalf("turn %d of %d, head %d", id, len(s.Turns), s.Head)
				}
			},
			"revert and redo": func(t *rapid.T) {
				n := rapid.IntRange(1, 5).Draw(t, "n")
				head := s.Head
				if s.Revert(n) != nil {
					if s.Head != head {
						t.Fatal("a revert that failed moved the head")
					}
					return
				}
				reverted := s.Head
				if err := s.Redo(n); err != nil || s.Head != head {
					t.Fatalf("redo led to turn %d, want %d: %v", s.Head, head, err)
				}
				if rapid.Bool().Draw(t, "stay") {
					return
				}
				if err := s.Revert(n); err != nil || s.Head != reverted {
					t.Fatalf("the second revert led to turn %d, want %d: %v", s.Head, reverted, err)
				}
			},
			"redo": func(t *rapid.T) {
				head := s.Head
				if s.Redo(rapid.IntRange(1, 3).Draw(t, "n")) != nil && s.Head != head {
					t.Fatal("a redo that failed moved the head")
				}
			},
			"goto": func(t *rapid.T) {
				if len(s.Turns) == 0 {
					t.Skip("nowhere to go")
				}
				id := rapid.IntRange(1, len(s.Turns)).Draw(t, "id")
				if err := s.Goto(id); err != nil || s.Head != id {
					t.Fatalf("goto %d led to %d: %v", id, s.Head, err)
				}
			},
			"": func(t *rapid.T) {
				if err := s.Validate(); err != nil {
					t.Fatal(err)
				}
				for i, turn := range past {
					if now := s.Turns[i]; now.Parent != turn.Parent || now.Settings != turn.Settings || now.Event != turn.Event {
						t.Fatalf("turn %d was %+v and is %+v", i+1, turn, now)
					}
				}
				past = slices.Clone(s.Turns)
				if s.Head == 0 {
					return
				}
				r, err := s.RecipeFor(s.Head)
				if err != nil || r.Settings != s.Turns[s.Head-1].Settings {
					t.Fatalf("the recipe %+v, %v", r, err)
				}
				if undo := len(r.Turns) > 1; s.CanUndo() != undo {
					t.Fatalf("CanUndo is %v with %d turns in the chain", s.CanUndo(), len(r.Turns))
				}
			},
		})
	})
}
