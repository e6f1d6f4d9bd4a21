package dialogue

import "testing"

// TestOnlyAnswersPick: what is asked is answered by a number, by the exact words, or
// by what cannot be mistaken; everything else is read as if nothing had been asked.
func TestOnlyAnswersPick(t *testing.T) {
	planner := New()
	const cars = "a red car and a green car in a street"
	const pair = "a man with a collar and a woman with a collar"
	const hat = "a woman with red hair and a hat"
	for _, c := range []struct{ prompt, asks, said, want string }{
		{cars, "make the car blue", "1", "a blue car and a green car in a street | red → blue"},
		{cars, "make the car blue", "the second one", "a red car and a blue car in a street | green → blue"},
		{cars, "make the car blue", "make the green car blue", "a red car and a blue car in a street | green → blue"},
		{cars, "make the car blue", "the left one", "a blue car and a green car in a street | red → blue"},
		{cars, "make the car blue", "both", "a blue car and a blue car in a street | red → blue, green → blue"},
		{cars, "make the car blue", "3", "? not-understood"},
		{cars, "make the car blue", "add a tree", "a red car and a green car in a street with a tree | + tree"},
		{cars, "make the car blue", "a cat on a sofa", "imagine a cat on a sofa"},
		{cars, "make the car blue", "what is the prompt?", "answer The picture's prompt is: " + cars + "."},
		{pair, "make the collar red", "hers", "a man with a collar and a woman with a red collar | + red"},
		{pair, "make the collar red", "his", "a man with a red collar and a woman with a collar | + red"},
		// Choices that are examples are picked by their number or wording alone.
		{hat, "remove the scarf", "1", "a woman with a hat | − red hair"},
		{hat, "remove the scarf", "hair", "? nothing-to-do"},
		{hat, "remove the scarf", "the hat", "? clarify"},
		{hat, "remove the scarf", "remove the hat", "a woman with red hair | − hat"},
		{hat, "crop it", "hair", "? nothing-to-do"},
	} {
		talk := Conversation{Turns: []Turn{{Prompt: c.prompt}}}
		asked := planner.Plan(c.asks, talk)
		if asked.Question == nil || len(asked.Question.Choices) == 0 {
			t.Errorf("%q asks nothing", c.asks)
			continue
		}
		talk.Pending = asked.Question
		if got := outcome(planner.Plan(c.said, talk)); got != c.want {
			t.Errorf("after %q (%q), %q leads to %q, want %q", c.asks, asked.Question.Choices, c.said, got, c.want)
		}
		// The next utterance is read without the question.
		talk.Pending = nil
		if got := planner.Plan("1", talk); got.Plan != nil {
			t.Errorf("after that, 1 leads to %q", outcome(got))
		}
	}
}
