package english

import (
	"slices"
	"strings"
)

// UtteranceLimit is how many words of an utterance are read. Nobody says more at
// a time, and it bounds the work on hostile input.
const UtteranceLimit = 200

// Fold prepares an utterance for [Read]: it becomes valid UTF-8 of at most 32
// KiB, and lower case if all of it is in capitals.
func Fold(utterance string) string {
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

// Read cuts an utterance into words: contractions are written out and symbols
// dropped. all is unset where the utterance has more than [UtteranceLimit] words,
// of which the first are kept.
func Read(text string) (kept Words, all bool) {
	starts := true
	for _, t := range expand(Tokenise(text)) {
		if starts && !t.Mark && StartsUpper(t.Text) {
			t.Text = t.Lower // a capital that only says that a sentence begins
		}
		starts = t.Lower == "." || t.Lower == "!" || t.Lower == "?" || starts && t.Mark
		if t.Mark && !strings.Contains(",;.:!?&+→>-–—/\n", t.Lower) {
			continue
		}
		if len(kept) == UtteranceLimit {
			return kept, false
		}
		kept = append(kept, t)
	}
	return kept, true
}

// expand writes out contractions with a pronoun: "she's" is "she is".
func expand(tokens Words) Words {
	var out Words
	for i, t := range tokens {
		if t.Lower == "its" && i+1 < len(tokens) && (ClassOf(tokens[i+1].Lower) == Preposition || tokens[i+1].Lower == "a" || tokens[i+1].Lower == "an" || tokens[i+1].Lower == "the" || tokens[i+1].Lower == "too") {
			t.Text, t.Lower = "it's", "it's" // as chats spell it
		}
		stem, rest, ok := strings.Cut(t.Lower, "'")
		verb := map[string]string{"re": "are", "m": "am", "ll": "will", "ve": "have"}[rest]
		if rest == "s" && (stem == "she" || stem == "he" || stem == "there") {
			verb = "is"
		}
		if rest == "d" && Pronouns.Has(stem) {
			verb = "would"
		}
		if !ok || verb == "" {
			out = append(out, t)
			continue
		}
		first, second := t, t
		first.Text, first.Lower = stem, stem
		second.Text, second.Lower, second.Glued = verb, verb, false
		out = append(out, first, second)
	}
	return out
}

// Reshade writes "a darker shade of orange" as captions do: "dark orange".
func (en *Reader) Reshade(tokens Words) Words {
	for i := 1; i+1 < len(tokens); i++ { // "a darker red"
		if base, ending, ok := en.Degree(tokens[i].Lower); ok && ending == "er" && Shades.Has(base) && en.IsColour(tokens[i+1].Lower) && tokens[i-1].Lower == "a" {
			return slices.Concat(tokens[:i], Tokenise(base), tokens[i+1:])
		}
	}
	for i := 1; i+2 < len(tokens); i++ {
		if w := tokens[i].Lower; w != "shade" && w != "tone" && w != "hue" || tokens[i+1].Lower != "of" || !en.IsColour(tokens[i+2].Lower) {
			continue
		}
		start, kept := i-1, Words{}
		if base, _, ok := en.Degree(tokens[start].Lower); ok {
			kept = Tokenise(base)
		} else if ClassOf(tokens[start].Lower) != Determiner {
			kept = tokens[start : start+1]
		}
		for start > 0 && (DegreeWords.Has(tokens[start-1].Lower) || ClassOf(tokens[start-1].Lower) == Determiner) {
			start--
		}
		rest := tokens[i+3:]
		if len(rest) > 0 && (rest[0].Lower == "color" || rest[0].Lower == "colour") {
			rest = rest[1:]
		}
		return slices.Concat(tokens[:start], kept, tokens[i+2:i+3], rest)
	}
	return tokens
}
