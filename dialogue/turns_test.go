package dialogue

import "testing"

// TestTurnsBesideTheWay: a picture is found by what it shows, and gone to by its
// number, wherever it is: before a new picture, or on a way that was left. Numbers
// are those that people see, not places on the way to the head.
func TestTurnsBesideTheWay(t *testing.T) {
	planner := New()
	branched := Conversation{
		Turns: []Turn{{ID: 1, Prompt: "a woman with blond hair"}, {ID: 3, Prompt: "a woman with blond hair and glasses"}},
		Others: []Turn{
			{ID: 2, Prompt: "a woman with blond hair and a hat"},
		},
	}
	renewed := Conversation{
		Turns:  []Turn{{ID: 3, Prompt: "a river between mountains"}},
		Others: []Turn{{ID: 1, Prompt: "a black cat"}, {ID: 2, Prompt: "a black cat with a hat"}, {ID: 4, Prompt: "a river between hills"}},
	}
	for _, c := range []struct {
		talk       Conversation
		said, want string
	}{
		{branched, "the one with the hat", "goto 2"},
		{branched, "go back to the one with the hat", "goto 2"},
		{branched, "go to turn 2", "goto 2"},
		{branched, "go to turn 3", "goto 3"},
		{branched, "go to turn 4", "? nothing-to-do"},
		{branched, "go back to the original", "goto 1"},
		{branched, "the one with the scarf", "? nothing-to-do"},
		{branched, "undo", "undo 1"},
		{renewed, "the one with the hat", "goto 2"},
		{renewed, "the first one with the cat", "goto 1"},
		{renewed, "the one with the hills", "goto 4"},
		{renewed, "go back to the original", "goto 3"},
		{renewed, "undo", "goto 2"},
		{renewed, "undo and make it winter", "? clarify"},
	} {
		if got := outcome(planner.Plan(c.said, c.talk)); got != c.want {
			t.Errorf("%q leads to %q, want %q", c.said, got, c.want)
		}
	}
}
