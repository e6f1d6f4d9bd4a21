package dialogue

import (
	"strings"
	"testing"
)

// BenchmarkPlan plans every line of testdata/utterances.txt; ns/op is the time of
// one utterance.
func BenchmarkPlan(b *testing.B) {
	planner := New()
	prompts := []string{"a woman's face with long curly red hair, glasses and a hat", "a river between mountains with a house at sunset", "A kitchen filled with wooden floors and a stove top oven."}
	said := []string{"make her hair red", "change the river to a street", "add glasses and a hat", "could you please make the background blue and remove the house, at night", "curlier", "get rid of the vase on top of the table"}
	for i := range b.N {
		planner.Plan(said[i%len(said)], Conversation{Turns: []Turn{{Prompt: prompts[i%len(prompts)]}}})
	}
}

// BenchmarkPlanLong plans utterances and prompts of 10,000 characters.
func BenchmarkPlanLong(b *testing.B) {
	planner := New()
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				planner.Plan(text, Conversation{Turns: []Turn{{Prompt: text}}})
			}
		})
	}
}

// hostile are texts of 10,000 characters that grammars choke on.
func hostile() map[string]string {
	out := map[string]string{}
	for name, part := range map[string]string{
		"words": "make her hair red and ", "and": "and ", "commas": ",", "letters": "a", "to": "change to ", "of": "of the hat ", "possessive": "cat's ", "instead": "red instead of ", "nouns": "hat ", "adjectives": "red ", "emoji": "😀", "with": "with a hat ", "typos": "zqxv ", "unbroken": "-a'",
	} {
		out[name] = strings.Repeat(part, 10000/len(part)+1)[:10000]
	}
	return out
}
