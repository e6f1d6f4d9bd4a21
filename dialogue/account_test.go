package dialogue

import (
	"strings"
	"testing"
)

// TestHalfUnderstood holds that nothing is drawn of a clause in which a word with a
// meaning was passed over, and that a detail that was is named.
func TestHalfUnderstood(t *testing.T) {
	tests := []struct {
		prompt, said string
		want         string // the prompt; none where nothing may be drawn
		undone       string // a word that the plan says it passed over
	}{
		{"still life with a blue vase and white roses", "vase out of glass instead of blue", "", ""},
		{"a white rabbit with a hat and a yellow bird with a hat", "red ones", "", ""},
		{"two cups on a shelf", "add them on a tray", "", ""},
		{"a barn and three cows", "only one cow", "a barn and one cow", ""},
		{"a knight with a sword in his right hand by a tower", "take the sword away", "a knight by a tower", ""},
		{"a woman with dark brown hair", "blonder", "a woman with blond hair", ""},
		{"a boat on a lake in the snow", "no more snow", "a boat on a lake", ""},
		{"a woman wearing a yellow hat", "hat orange", "a woman wearing an orange hat", ""},
		{"a blue vase", "make the gorgeous vase red", "a red vase", "gorgeous"},
		{"a woman with blond hair", "make her hair a bit redder please", "a woman with red hair", ""},
		{"a red car and a blue car in a street", "make the second car green", "a red car and a green car in a street", ""},
		{"a black dog and an orange cat", "give them both collars", "a black dog with a collar and an orange cat with a collar", ""},
	}
	planner := New()
	for _, test := range tests {
		t.Run(test.said, func(t *testing.T) {
			reply := planner.Plan(test.said, Conversation{Turns: []Turn{{Prompt: test.prompt}}})
			switch {
			case reply.Plan == nil && test.want != "":
				t.Errorf("it asks %q, want %q", reply.Question.Text, test.want)
			case reply.Plan != nil && reply.Plan.Prompt != test.want:
				t.Errorf("it leads to %q, want %q", reply.Plan.Prompt, test.want)
			case reply.Plan != nil && test.undone != "" && !strings.Contains(strings.Join(reply.Plan.Undone, "; "), test.undone):
				t.Errorf("it does not name %q as undone: %q", test.undone, reply.Plan.Undone)
			}
		})
	}
}
