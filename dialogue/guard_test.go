package dialogue

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// TestNothingIsDrawnThatWasNotSaid: whatever is said, here what the corpus says
// with words swapped, dropped and doubled, each word with a meaning of a planned
// prompt was in a prompt before or was said in some form, and the prompt begins
// with a noun phrase.
func TestNothingIsDrawnThatWasNotSaid(t *testing.T) {
	planner := New()
	random := rand.New(rand.NewPCG(14, 7))
	drawn := 0
	for _, e := range readExamples(t) {
		said := strings.Split(e.said, " / ")
		for range 2 {
			garbled := garble(random, said[len(said)-1])
			for _, talk := range []Conversation{{}, {Turns: []Turn{{Prompt: e.prompt}}}, pocket(Turn{Prompt: e.prompt})} {
				reply := planner.Plan(garbled, talk)
				check(t, garbled, talk, reply)
				if p := reply.Plan; p != nil && (p.Action == Edit || p.Action == Imagine) {
					drawn++
					holds(t, planner, garbled, talk, p.Prompt)
				}
			}
		}
	}
	if drawn < 500 {
		t.Errorf("only %d prompts were planned", drawn)
	}
}

// garble swaps, drops and doubles words.
func garble(random *rand.Rand, said string) string {
	words := strings.Fields(said)
	for range 1 + random.IntN(2) {
		i := random.IntN(len(words))
		switch random.IntN(3) {
		case 0:
			j := random.IntN(len(words))
			words[i], words[j] = words[j], words[i]
		case 1:
			if len(words) > 1 {
				words = slices.Delete(words, i, i+1)
			}
		case 2:
			words = slices.Insert(words, i, words[random.IntN(len(words))])
		}
	}
	return strings.Join(words, " ")
}

// holds fails where a prompt says more than was said, or begins with no noun
// phrase.
func holds(t *testing.T, p *Planner, said string, talk Conversation, prompt string) {
	t.Helper()
	words := english.Tokenise(prompt)
	source := ""
	if len(talk.Turns) > 0 {
		source = talk.Turns[0].Prompt
	}
	if (source == "" || caption.OpensCaption(p.en.Parse(english.Tokenise(source)))) && !caption.OpensCaption(p.en.Parse(words)) {
		t.Errorf("%q\n  said %q\n  begins with no noun phrase: %q", source, said, prompt)
	}
	heard := p.hear(said, talk)
	for _, w := range words {
		if w.Mark || english.Closed(w.Lower) || strings.Contains(" "+english.Lower(source)+" ", " "+w.Lower+" ") {
			continue
		}
		if !p.comesFrom(w.Lower, slices.Concat(heard.words, english.Tokenise(said)), talk) {
			t.Errorf("%q\n  said %q\n  nobody said %q: %q", source, said, w.Lower, prompt)
		}
		if talkWords.Has(w.Lower) {
			t.Errorf("%q\n  said %q\n  painted %q: %q", source, said, w.Lower, prompt)
		}
	}
}
