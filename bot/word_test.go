package bot

import (
	"errors"
	"slices"
	"testing"

	"pentimento/editor"
	"pentimento/session"
)

// TestWhichOfEqualWords: a word that stands twice is asked about; its number, its
// words or the whole wording pick one, and anything else forgets the question.
func TestWhichOfEqualWords(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman with red hair and a red shirt")
	prompt := "a woman with red hair and a red shirt"
	weighed := func(a *Answer) string {
		for _, w := range a.Turn.Recipe.Weights {
			return prompt[w.Start:w.End] + prompt[w.End:]
		}
		return ""
	}
	for _, picks := range []string{"2", "second", "the second one", "second red", "/weight second red 1.5"} {
		asked, err := c.Weight(t.Context(), Request{}, "red", 1.5)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"/weight first red 1.5", "/weight second red 1.5"}
		if asked.Question == nil || !slices.Equal(asked.Question.Choices, want) || c.Pending != asked.Question {
			t.Fatalf("asks %+v", asked.Question)
		}
		if got := weighed(say(t, c, picks)); got != "red shirt" {
			t.Errorf("%q weighs %q, want the second", picks, got)
		}
		if c.Pending != nil {
			t.Errorf("%q leaves the question open", picks)
		}
		if _, err := c.Revert(t.Context(), Request{}, 1); err != nil {
			t.Fatal(err)
		}
	}
	asked, err := c.Attention(t.Context(), Request{}, "red")
	if err != nil || asked.Question == nil || asked.Heat != nil {
		t.Fatalf("attention of red: %+v, %v", asked, err)
	}
	first := say(t, c, "1")
	if first.Show != ShowHeat || first.Heat == nil || first.Heat.Word != "red" {
		t.Fatalf("the first is answered with %+v", first)
	}
	second, err := c.Attention(t.Context(), Request{}, "second red")
	if err != nil || second.Heat == nil || slices.Equal(second.Heat.Map, first.Heat.Map) {
		t.Errorf("the second red attends as the first does (%v)", err)
	}
	if _, err := c.Attention(t.Context(), Request{}, "third red"); !errors.Is(err, editor.ErrNoSuchWord) {
		t.Errorf("the third red: %v", err)
	}
	if _, err := c.Attention(t.Context(), Request{}, "red"); err != nil {
		t.Fatal(err)
	}
	if got := say(t, c, "make her hair blond"); got.Plan == nil {
		t.Errorf("another request is answered with %+v", got.Question)
	}
	if got := say(t, c, "2"); got.Show == ShowHeat || got.Plan != nil {
		t.Errorf("the question was not forgotten: %+v", got)
	}
}
