package dialogue

import (
	"slices"
	"strings"
)

// limit is how many words of an utterance, or of a clause, are read. Nobody says
// more in one edit, and it bounds the work on hostile input.
const (
	utteranceLimit = 200
	clauseLimit    = 60
)

// before are ways to begin that carry no meaning, longest first where one
// begins another. They are stripped again and again: "could you please".
func before() [][]string {
	return phrases(
		"could you please", "can you please", "would you please", "could you", "can you", "would you", "will you", "can we", "could we", "shall we", "may we",
		"can i", "could i", "may i", "might i", "is it possible to", "it is possible to", "is this possible to", "would it be possible to",
		"i would like you to", "i'd like you to", "i would like to", "i'd like to", "i would love to", "i'd love to", "i want you to", "i want to", "i wanna", "i need you to", "i need to",
		"i would prefer", "i'd prefer", "i want", "i need", "i would like", "i'd like", "i would love", "i'd love", "i think you should", "i think we should", "i think", "you should", "we should", "how about we", "how about you",
		"what if we", "what if you", "what if", "what about we", "why don't we", "why don't you", "why not", "let's see", "let us see", "let me see", "can we see", "could we see", "i'd like to see", "i would like to see", "i want to see", "let us", "let's", "lets", "let me", "do me a favor and", "go ahead and", "try to", "try", "feel free to", "just", "only",
		"please", "pls", "plz", "kindly", "hey", "hi", "hello", "ok", "okay", "alright", "all right", "right", "great", "nice", "perfect", "cool", "thanks", "thank you", "good", "well", "yes", "yeah", "nah", "naah", "nope", "wait", "no problem", "go ahead", "one more thing", "i insist you to", "i was thinking to", "i was thinking of", "further", "yep", "sure", "so", "now", "then", "and", "also", "but", "next", "maybe", "perhaps", "actually", "hmm", "hm", "um", "uh", "oh", "bot", "pentimento",
	)
}

// after are ways to end that carry no meaning.
func after() [][]string {
	return phrases("please", "pls", "plz", "thanks", "thank you", "thx", "for me", "if you can", "if possible", "if you could", "would you", "could you", "can you", "ok", "okay", "now", "too", "as well", "also", "though", "for a change", "this time", "again", "once again", "for a start", "thank you very much")
}

// phrases cuts each phrase into its words.
func phrases(list ...string) [][]string {
	out := make([][]string, len(list))
	for i, p := range list {
		out[i] = strings.Fields(p)
	}
	return out
}

// fold prepares an utterance for reading: valid text, no capitals if all is
// capitals, and no more than a program should hold of it.
func fold(utterance string) string {
	if len(utterance) > maxUtterance {
		utterance = utterance[:maxUtterance]
	}
	utterance = strings.ToValidUTF8(utterance, "")
	if utterance == strings.ToUpper(utterance) {
		utterance = strings.ToLower(utterance)
	}
	return utterance
}

// maxUtterance is how much of an utterance is kept, in bytes; prompts may be long.
const maxUtterance = 32 << 10

// read turns a text into tokens: symbols go, the number of words is bounded. It
// tells whether all of the text was read.
func read(text string) (kept []token, all bool) {
	starts := true
	for _, t := range expand(tokenise(text)) {
		if starts && !t.mark && startsUpper(t.text) {
			t.text = t.lower // a capital that only says that a sentence begins
		}
		starts = t.lower == "." || t.lower == "!" || t.lower == "?" || starts && t.mark
		if t.mark && !strings.Contains(",;.:!?&+→>-–—/\n", t.lower) {
			continue
		}
		if len(kept) == utteranceLimit {
			return kept, false
		}
		kept = append(kept, t)
	}
	return kept, true
}

// expand writes out contractions with a pronoun: "she's" is "she is".
func expand(tokens []token) []token {
	var out []token
	for _, t := range tokens {
		stem, rest, ok := strings.Cut(t.lower, "'")
		verb := map[string]string{"re": "are", "m": "am", "ll": "will", "ve": "have"}[rest]
		if rest == "s" && (stem == "she" || stem == "he" || stem == "there") {
			verb = "is"
		}
		if !ok || verb == "" {
			out = append(out, t)
			continue
		}
		first, second := t, t
		first.text, first.lower = stem, stem
		second.text, second.lower, second.glued = verb, verb, false
		out = append(out, first, second)
	}
	return out
}

// reshade says "a darker shade of orange" as captions do: "dark orange".
func (p *Planner) reshade(tokens []token) []token {
	for i := 1; i+2 < len(tokens); i++ {
		if w := tokens[i].lower; w != "shade" && w != "tone" && w != "hue" || tokens[i+1].lower != "of" || !p.lex.IsColour(tokens[i+2].lower) {
			continue
		}
		start, kept := i-1, []token{}
		if base, _, ok := p.lex.Degree(tokens[start].lower); ok {
			kept = tokenise(base)
		} else if classOf(tokens[start].lower) != determiner {
			kept = tokens[start : start+1]
		}
		for start > 0 && (degreeWord.has(tokens[start-1].lower) || classOf(tokens[start-1].lower) == determiner) {
			start--
		}
		rest := tokens[i+3:]
		if len(rest) > 0 && (rest[0].lower == "color" || rest[0].lower == "colour") {
			rest = rest[1:]
		}
		return slices.Concat(tokens[:start], kept, tokens[i+2:i+3], rest)
	}
	return tokens
}

// polite strips what carries no meaning from both ends of a clause.
func (p *Planner) polite(tokens []token) []token {
	tokens = trimMarks(tokens)
	for again := true; again; {
		again = false
		for _, phrase := range p.before {
			if startsWith(tokens, phrase) && len(phrase) < len(tokens) {
				tokens, again = trimMarks(tokens[len(phrase):]), true
			}
		}
		for _, phrase := range p.after {
			if endsWith(tokens, phrase) && len(phrase) < len(tokens) {
				tokens, again = trimMarks(tokens[:len(tokens)-len(phrase)]), true
			}
		}
	}
	return tokens
}

func trimMarks(tokens []token) []token {
	for len(tokens) > 0 && tokens[0].mark {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].mark {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

func startsWith(tokens []token, phrase []string) bool {
	if len(tokens) < len(phrase) {
		return false
	}
	for i, w := range phrase {
		if tokens[i].lower != w {
			return false
		}
	}
	return true
}

func endsWith(tokens []token, phrase []string) bool {
	return len(tokens) >= len(phrase) && startsWith(tokens[len(tokens)-len(phrase):], phrase)
}
