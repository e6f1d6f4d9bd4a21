package align

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pentimento/models/tokenizer"
)

// encoding tokenizes words that are written with the number of their tokens,
// "pug-dog/2", into a context of 12 tokens.
func encoding(prompt string) tokenizer.Encoding {
	const context = 12
	e := tokenizer.Encoding{IDs: make([]int, context)}
	next := 1
	for _, field := range strings.Fields(prompt) {
		text, tokens := field, 1
		if at := strings.IndexByte(field, '/'); at > 0 {
			text, tokens = field[:at], int(field[at+1]-'0')
		}
		e.Words = append(e.Words, tokenizer.Word{Text: text, First: next, Last: next + tokens})
		next += tokens
	}
	e.Length = next + 1
	return e
}

func TestWords(t *testing.T) {
	tests := []struct {
		name, source, target, want string
	}{
		{"same", "a cat", "a cat", "keep keep"},
		{"swap", "a blond woman", "a red woman", "keep swap keep"},
		{"insertion", "a woman", "a happy old woman", "keep insert keep"},
		{"deletion", "a happy woman", "a woman", "keep delete keep"},
		{"longer swap", "a dog eating", "a polar bear eating", "keep swap keep"},
		{"swap and refinement", "a cat sits", "a dog sits outside", "keep swap keep insert"},
		{"repeated words", "a red car and a red house", "a red car and a blue house", "keep keep keep keep keep swap keep"},
		{"nothing in common", "one two", "three", "swap"},
		{"empty source", "", "a cat", "insert"},
		{"both empty", "", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var kinds []string
			for _, s := range Words(encoding(test.source).Words, encoding(test.target).Words) {
				kinds = append(kinds, s.Kind.String())
			}
			if got := strings.Join(kinds, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// sources lists, for every target token, the source tokens it reads.
func sources(m Mapping) []map[int]float32 {
	out := make([]map[int]float32, len(m.Kinds))
	for j := range m.Kinds {
		out[j] = map[int]float32{}
		for i := range m.Kinds {
			if v := m.Mapper[i*len(m.Kinds)+j]; v != 0 {
				out[j][i] = v
			}
		}
	}
	return out
}

func TestTokensAfterALongerSwapReadTheirOwnWord(t *testing.T) {
	source, target := encoding("a dog eating pizza"), encoding("a axolotl/3 eating pizza")
	got := sources(Tokens(source, target, Words(source.Words, target.Words)))
	third := float32(1) / 3
	want := []map[int]float32{
		{0: 1}, {1: 1},
		{2: third}, {2: third}, {2: third}, // axolotl reads dog
		{3: 1}, {4: 1}, // eating reads eating, pizza pizza
		{5: 1},                         // end reads end
		{6: 1}, {7: 1}, {8: 1}, {9: 1}, // padding reads padding
	}
	for j := range want {
		if len(got[j]) != len(want[j]) {
			t.Errorf("target token %d reads %v, want %v", j, got[j], want[j])
			continue
		}
		for i, share := range want[j] {
			if got[j][i] != share {
				t.Errorf("target token %d reads %v, want %v", j, got[j], want[j])
			}
		}
	}
}

func TestInsertedTokensReadNothing(t *testing.T) {
	source, target := encoding("a cat"), encoding("a happy/2 cat")
	m := Tokens(source, target, Words(source.Words, target.Words))
	for _, j := range []int{2, 3} {
		if m.Kinds[j] != Insert || len(sources(m)[j]) != 0 {
			t.Errorf("token %d is %v and reads %v, want insert and nothing", j, m.Kinds[j], sources(m)[j])
		}
	}
}

// Whatever the prompts, the spans cover both in order, kept words are equal
// words, no source token's attention is counted more than once in total, and
// the mapping back swaps the roles.
func TestAlignmentProperties(t *testing.T) {
	prompt := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "cat", "red", "dog/2", "on", "sofa"}), 0, 5).Draw(t, "words"), " ")
	})
	rapid.Check(t, func(t *rapid.T) {
		source, target := encoding(prompt.Draw(t, "source")), encoding(prompt.Draw(t, "target"))
		spans := Words(source.Words, target.Words)
		i, j, kept := 0, 0, 0
		for _, s := range spans {
			if s.SourceFirst != i || s.TargetFirst != j {
				t.Fatalf("spans leave a gap at %d, %d: %v", i, j, spans)
			}
			i, j = s.SourceEnd, s.TargetEnd
			if s.Kind == Keep {
				kept++
				if source.Words[s.SourceFirst].Text != target.Words[s.TargetFirst].Text {
					t.Fatalf("kept words differ: %v", s)
				}
			}
		}
		if i != len(source.Words) || j != len(target.Words) {
			t.Fatalf("spans end at %d, %d: %v", i, j, spans)
		}
		for _, s := range Words(target.Words, source.Words) {
			if s.Kind == Keep {
				kept--
			}
		}
		if kept != 0 {
			t.Fatalf("the way back keeps another number of words (%+d)", -kept)
		}
		m := Tokens(source, target, spans)
		for i := range m.Kinds {
			var sum float32
			for j := range m.Kinds {
				sum += m.Mapper[i*len(m.Kinds)+j]
			}
			if sum > 1.0001 {
				t.Fatalf("source token %d gives away %v of its attention", i, sum)
			}
		}
	})
}
