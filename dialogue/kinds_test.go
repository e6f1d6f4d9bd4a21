package dialogue

import "testing"

// TestKinds: the example of every kind of utterance is recognised as that kind,
// and as none before it.
func TestKinds(t *testing.T) {
	planner := New()
	for i, k := range planner.kinds() {
		talk := Conversation{Turns: []Turn{{Prompt: face}, {Prompt: curls}, {Prompt: face}}}
		if k.name == "first picture" {
			talk = Conversation{}
		}
		if k.name == "question declined" {
			talk.Pending = &Question{Kind: Clarify, Text: "Which hat?"}
		}
		if k.name == answering {
			talk.Pending = &Question{Kind: NoRoom, Text: "What should I leave out?", Choices: []string{k.example}, Plans: []*Plan{{Action: Edit}}, Of: face}
		}
		h := planner.hear(k.example, talk)
		for j, other := range planner.kinds()[:i+1] {
			if _, ok := other.answer(h, talk); ok != (i == j) {
				t.Errorf("%q as %q: %v", k.example, other.name, ok)
			}
		}
	}
}
