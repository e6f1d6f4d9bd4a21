package english

import (
	"reflect"
	"strings"
	"testing"
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
		for _, token := range Tokenise(text) {
			got = append(got, token.Text)
			if text[token.Start:token.Start+len(token.Text)] != token.Text {
				t.Errorf("%q: %q does not start at %d", text, token.Text, token.Start)
			}
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestTags(t *testing.T) {
	names := map[Tag]string{Noun: "N", Adjective: "A", Verb: "V", Gerund: "G", Past: "P", Adverb: "R", Determiner: "D", Number: "#", Possessive: "S", Pronoun: "O", Preposition: "I", Conjunction: "C", Auxiliary: "X", Other: "?", Mark: "."}
	en := New()
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
		for _, tag := range en.tagAll(Tokenise(text)) {
			got = append(got, names[tag])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %s, want %s", text, strings.Join(got, " "), want)
		}
	}
}

func TestNounPhrases(t *testing.T) {
	en := New()
	for text, want := range map[string][]string{
		"a woman's face with long blond hair":  {"a woman", "a woman's face", "long blond hair"},
		"the old man in a black and white hat": {"the old man", "a black and white hat"},
		"two red baseball caps, glasses":       {"two red baseball caps", "glasses"},
	} {
		p := en.Parse(Tokenise(text))
		var got []string
		for _, n := range p.Nouns {
			got = append(got, p.Words[n.Start:n.End].Text())
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
		Compile(c.pattern).Match(Tokenise(c.text), func(m Match) bool {
			var parts []string
			for _, gap := range []string{"n", "where", "x", "y"} {
				if _, ok := m[gap]; ok {
					parts = append(parts, gap+"="+m.Text(gap))
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
	en := New()
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
		for _, c := range en.Clauses(readAll(text)) {
			got = append(got, c.Text())
		}
		if strings.Join(got, " | ") != want {
			t.Errorf("%q: %q, want %q", text, strings.Join(got, " | "), want)
		}
	}
}

func readAll(text string) Words {
	tokens, _ := Read(text)
	return tokens
}
func TestList(t *testing.T) {
	const list List = "other the there & her"
	for word, want := range map[string]bool{"the": true, "there": true, "her": true, "other": true, "&": true, "he": false, "ther": false, "": false, "the there": false, " ": false} {
		if got := list.Has(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}
