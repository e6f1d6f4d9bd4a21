package dialogue

import "testing"

// TestWhichOfEqualWords: what is asked for more of, or given a weight, is the word
// that was picked and no other.
func TestWhichOfEqualWords(t *testing.T) {
	planner := New()
	cats := "a black cat and a black dog and a cat on a sofa"
	hair := "a man with curly hair and a woman with curly hair"
	for _, c := range []struct {
		prompt, said, picks string
		rest                string // the prompt from the weighed word on
	}{
		{cats, "more cat", "1", "cat and a black dog and a cat on a sofa"},
		{cats, "more cat", "the second one", "cat on a sofa"},
		{cats, "emphasize the cat", "2", "cat on a sofa"},
		{cats, "(cat:1.3)", "2", "cat on a sofa"},
		{cats, "(black:1.3)", "2", "black dog and a cat on a sofa"},
		{cats, "weigh cat 1.3", "1", "cat and a black dog and a cat on a sofa"},
		{cats, "more black", "2", "black dog and a cat on a sofa"},
		{cats, "less black", "the first one", "black cat and a black dog and a cat on a sofa"},
		{hair, "more curly", "hers", "curly hair"},
		{hair, "curlier", "2", "curly hair"},
		{hair, "curlier", "his", "curly hair and a woman with curly hair"},
	} {
		talk := Conversation{Turns: []Turn{{Prompt: c.prompt}}}
		asked := planner.Plan(c.said, talk)
		if asked.Question == nil || len(asked.Question.Choices) < 2 {
			t.Errorf("%q asks nothing", c.said)
			continue
		}
		talk.Pending = asked.Question
		plan := planner.Plan(c.picks, talk).Plan
		if plan == nil || plan.Prompt != c.prompt || len(plan.Weights) != 1 || c.prompt[plan.Weights[0].Start:] != c.rest {
			t.Errorf("%q, %q of %q leads to %+v", c.said, c.picks, asked.Question.Choices, plan)
		}
	}
}
