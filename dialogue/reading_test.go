package dialogue

import (
	"reflect"
	"strings"
	"testing"

	"pentimento/dialogue/lexicon"
)

func TestTokenise(t *testing.T) {
	for text, want := range map[string]string{
		"the woman's hair":        "the|woman|'s|hair",
		"The woman’s, hair.":      "The|woman|’s|,|hair|.",
		"a close-up of it's":      "a|close-up|of|it's",
		"50% — “well-done” 😀 3.5": "50|%|—|“|well-done|”|😀|3.5",
		"let's go, o'clock":       "let's|go|,|o'clock",
		"'s 's-s' ''":             "'|s|'|s-s|'|'|'",
		"":                        "",
	} {
		var got []string
		for _, token := range tokenise(text) {
			got = append(got, token.text)
			if text[token.start:token.start+len(token.text)] != token.text {
				t.Errorf("%q: %q does not start at %d", text, token.text, token.start)
			}
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestCaptionsComeBack: a caption that is not edited is written as it was, but
// for its spaces.
func TestCaptionsComeBack(t *testing.T) {
	for _, text := range []string{"a woman's face, with “blond” hair!", "A (red) car: 50% off – now.", "an hour 😀 👍🏽 later", "x", "“", "a-b - c"} {
		c := newCaption(lexicon.New(), text, nil)
		c.tidy()
		if got, _ := c.text(); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestTags(t *testing.T) {
	names := map[tag]string{noun: "N", adjective: "A", verb: "V", gerund: "G", past: "P", adverb: "R", determiner: "D", number: "#", possessive: "S", pronoun: "O", preposition: "I", conjunction: "C", auxiliary: "X", other: "?", mark: "."}
	lex := lexicon.New()
	for text, want := range map[string]string{
		"a woman with long blond hair":                     "D N I A A N",
		"A car drifts on a racetrack.":                     "D N V I D N .",
		"Several people ride surfboards in the ocean":      "D N V N I D N",
		"Swans gliding over a lake":                        "N G I D N",
		"A woman swings on a rope next to an ocean":        "D N V I D N I I D N",
		"a mountain covered in snow":                       "D N P I N",
		"her hair is red":                                  "S N X A",
		"give her a hat":                                   "V O D N",
		"a black and white cat sitting on the green grass": "D A C A N G I D A N",
	} {
		var got []string
		for _, tag := range tagAll(lex, tokenise(text)) {
			got = append(got, names[tag])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %s, want %s", text, strings.Join(got, " "), want)
		}
	}
}

func TestNounPhrases(t *testing.T) {
	lex := lexicon.New()
	for text, want := range map[string][]string{
		"a woman's face with long blond hair":  {"a woman", "a woman's face", "long blond hair"},
		"the old man in a black and white hat": {"the old man", "a black and white hat"},
		"two red baseball caps, glasses":       {"two red baseball caps", "glasses"},
	} {
		p := parse(lex, tokenise(text))
		var got []string
		for _, n := range p.nouns {
			got = append(got, phraseText(p.tokens[n.start:n.end]))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestPattern(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{"(change|turn) <x> (to|into) <y>", "turn the cat into a dog", "x=the cat y=a dog"},
		{"[please] go <n>", "go two", "n=two"},
		{"<y> instead of <x>", "red instead of blond hair", "x=blond hair y=red"},
		{"put <y> (where=next to|on) <x>", "put it next to me", "where=next to x=me y=it"},
		{"a b", "a", "-"},
		{"<x>", "", "-"},
	} {
		got := "-"
		compile(c.pattern).match(tokenise(c.text), func(m match) bool {
			var parts []string
			for _, gap := range []string{"n", "where", "x", "y"} {
				if _, ok := m[gap]; ok {
					parts = append(parts, gap+"="+m.text(gap))
				}
			}
			got = strings.Join(parts, " ")
			return true
		})
		if got != c.want {
			t.Errorf("%s on %q: %s, want %s", c.pattern, c.text, got, c.want)
		}
	}
}

func TestClauses(t *testing.T) {
	p := New()
	for text, want := range map[string]string{
		"make her hair red and add glasses":                       "make her hair red | add glasses",
		"add a hat and glasses":                                   "add a hat and glasses",
		"make her hair red and the shirt blue":                    "make her hair red | make the shirt blue",
		"change cat to dog, grass to snow":                        "change cat to dog | change grass to snow",
		"make it red, please, then could you also remove the hat": "make it red | remove the hat",
		"at night with a hat":                                     "at night | with a hat",
		"make it longer and curlier":                              "make it longer | curlier",
	} {
		var got []string
		for _, c := range p.clauses(readAll(text)) {
			got = append(got, phraseText(c))
		}
		if strings.Join(got, " | ") != want {
			t.Errorf("%q: %q, want %q", text, strings.Join(got, " | "), want)
		}
	}
}

func readAll(text string) []token {
	tokens, _ := read(text)
	return tokens
}
