package dialogue

import "testing"

// say plays a conversation: the first utterance draws, the others edit. It gives
// the turns that edits led to.
func say(t *testing.T, utterances ...string) []Turn {
	t.Helper()
	planner := New()
	var talk Conversation
	for _, u := range utterances {
		reply := planner.Plan(u, talk)
		if reply.Plan == nil {
			t.Fatalf("%q asks %q", u, reply.Question.Text)
		}
		switch p := reply.Plan; p.Action {
		case Imagine, Edit:
			talk.Turns = append(talk.Turns, Turn{Utterance: u, Prompt: p.Prompt, Weights: p.Weights, Plan: p})
		case Undo:
			talk.Turns = talk.Turns[:len(talk.Turns)-p.Steps]
		default:
			t.Fatalf("%q gives %s", u, p.Action)
		}
	}
	return talk.Turns
}

func TestTheConversationOfTheReadme(t *testing.T) {
	turns := say(t, "a woman's face with blond hair", "make her hair red", "add glasses", "curlier", "curlier", "no, undo the glasses and make the background blue instead")
	for i, want := range []struct{ prompt, label string }{
		{"a woman's face with blond hair", "new picture"},
		{"a woman's face with red hair", "blond → red"},
		{"a woman's face with red hair and glasses", "+ glasses"},
		{"a woman's face with curly red hair and glasses", "+ curly"},
		{"a woman's face with curly red hair and glasses", "curly ×1.5"},
		{"a woman's face with curly red hair on a blue background", "− glasses, + blue background"},
	} {
		if got := turns[i]; got.Prompt != want.prompt || got.Plan.Label != want.label {
			t.Errorf("turn %d: got %q (%s), want %q (%s)", i, got.Prompt, got.Plan.Label, want.prompt, want.label)
		}
	}
}
