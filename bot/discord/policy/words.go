package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pentimento/bot"
)

// Allows returns a refusal, a [*bot.Problem], if the prompt has a blocked word: as
// it stands, inflected, divided by signs, spelled, or written with letters that
// look like its own.
func (p Policy) Allows(prompt string) error {
	if len(p.BlockedWords) == 0 {
		return nil
	}
	said := read(prompt)
	for _, blocked := range p.BlockedWords {
		if phrase := newPhrase(blocked); len(phrase.last) > 0 && said.has(phrase) {
			return bot.Problemf(bot.Refused, "I can't draw that here: a word of it is blocked")
		}
	}
	return nil
}

// A phrase is what is blocked: words in small letters, the last in all its forms.
type phrase struct {
	before []word
	last   []word
	// whole are all words in one: "redherring".
	whole []word
}

func newPhrase(blocked string) phrase {
	words := strings.FieldsFunc(strings.ToLower(plain(blocked)), func(r rune) bool { return !inWord(r) })
	if len(words) == 0 {
		return phrase{}
	}
	var out phrase
	for _, w := range words[:len(words)-1] {
		out.before = append(out.before, newWord(w))
	}
	for _, form := range forms(words[len(words)-1]) {
		out.last = append(out.last, newWord(form))
	}
	beginning := strings.Join(words[:len(words)-1], "")
	for _, w := range out.last {
		out.whole = append(out.whole, newWord(beginning+w.text))
	}
	return out
}

// An utterance is a text as it may be read.
type utterance struct {
	// lines are all words in their order, in each reading; joined are words that
	// signs divide, put together, and spelled are the runs of single letters.
	lines   [][]word
	joined  []word
	spelled []word
}

// mostParts is how many parts of a word that signs divide are put together.
const mostParts = 12

// read returns the readings of a text: in one of them signs divide words, in the
// other some are letters.
func read(text string) utterance {
	var out utterance
	for _, divides := range []func(rune) bool{
		func(r rune) bool { return !inWord(r) },
		func(r rune) bool { return !inWord(r) && !isSign(r) },
	} {
		var line []word
		for chunk := range strings.FieldsSeq(strings.ToLower(plain(text))) {
			out.joined = append(out.joined, newWord(chunk))
			parts := strings.FieldsFunc(strings.TrimRight(chunk, "!|"), divides)
			for i := range parts {
				line = append(line, newWord(parts[i]))
				for n := i + 2; n <= min(len(parts), i+mostParts); n++ {
					out.joined = append(out.joined, newWord(strings.Join(parts[i:n], "")))
				}
			}
		}
		out.lines = append(out.lines, line)
		out.spelled = append(out.spelled, spelled(line)...)
	}
	return out
}

// spelled are the runs of single letters: "n u d e".
func spelled(line []word) []word {
	var out []word
	run := ""
	for _, w := range append(slices.Clone(line), word{}) {
		if utf8.RuneCountInString(w.text) == 1 {
			run += w.text
			continue
		}
		if utf8.RuneCountInString(run) > 2 {
			out = append(out, newWord(run))
		}
		run = ""
	}
	return out
}

// has reports whether one of the readings has the phrase.
func (u utterance) has(p phrase) bool {
	for _, line := range u.lines {
		for i := range line {
			end := i + len(p.before)
			if end < len(line) && line[end].isAny(p.last) && slices.EqualFunc(line[i:end], p.before, word.is) {
				return true
			}
		}
	}
	for _, w := range u.joined {
		if w.isAny(p.whole) {
			return true
		}
	}
	for _, run := range u.spelled {
		for _, form := range p.whole {
			if len(form.shape) > 2 && strings.Contains(run.shape, form.shape) {
				return true
			}
		}
	}
	return false
}

// inWord reports whether r is part of a word.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
