// Package blocklist recognises blocked words in prompts, also when they are
// disguised.
//
// Start with [New].
package blocklist

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pentimento/bot"
)

// A List has blocked words in all their forms, and phrases of several. Nil blocks
// nothing.
type List struct {
	words   dictionary // those of phrases as one: "redherring"
	phrases []phrase
}

// New returns a list of the words; nil for none.
func New(blocked []string) *List {
	if len(blocked) == 0 {
		return nil
	}
	out := &List{words: newDictionary()}
	for _, one := range blocked {
		out.add(one)
	}
	return out
}

// Allows returns a refusal, a [*bot.Problem], if the prompt has a blocked word: as
// it stands, inflected, divided by signs, spelled, or written with letters that
// look like its own.
func (l *List) Allows(prompt string) error {
	if l == nil || !l.isIn(read(prompt)) {
		return nil
	}
	return bot.Problemf(bot.Refused, "I can't draw that here: a word of it is blocked")
}

// add blocks a word or a phrase.
func (l *List) add(blocked string) {
	words := strings.FieldsFunc(strings.ToLower(plain(blocked)), func(r rune) bool { return !inWord(r) })
	if len(words) == 0 {
		return
	}
	p := phrase{last: newDictionary()}
	for _, w := range words[:len(words)-1] {
		p.before = append(p.before, newWord(w))
	}
	beginning := strings.Join(words[:len(words)-1], "")
	for _, form := range forms(words[len(words)-1]) {
		p.last.add(newWord(form))
		l.words.add(newWord(beginning + form))
	}
	if len(p.before) > 0 {
		l.phrases = append(l.phrases, p)
	}
}

// A phrase is several blocked words, the last in all its forms.
type phrase struct {
	before []word
	last   dictionary
}

// A dictionary finds words by what they are and what they look like.
type dictionary struct{ texts, shapes, thin map[string]bool }

func newDictionary() dictionary {
	return dictionary{map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (d dictionary) add(w word) {
	d.texts[w.text], d.shapes[w.shape], d.thin[w.thin] = true, true, true
}

func (d dictionary) has(w word) bool {
	return d.texts[w.text] || w.disguised && d.shapes[w.shape] || w.long && d.thin[w.thin]
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
const mostParts = 8

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

// isIn reports whether one of the readings has a blocked word.
func (l *List) isIn(u utterance) bool {
	for _, line := range u.lines {
		for i, w := range line {
			if l.words.has(w) || slices.ContainsFunc(l.phrases, func(p phrase) bool { return p.endsAt(line, i) }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(u.joined, l.words.has) || slices.ContainsFunc(u.spelled, l.isSpelled)
}

// endsAt reports whether the phrase ends at the word with that index.
func (p phrase) endsAt(line []word, i int) bool {
	first := i - len(p.before)
	return first >= 0 && p.last.has(line[i]) && slices.EqualFunc(line[first:i], p.before, word.is)
}

// longestSpelled is how many letters a blocked word has at most that is found in a
// run of single letters.
const longestSpelled = 30

// isSpelled reports whether a blocked word is part of a run of single letters.
func (l *List) isSpelled(run word) bool {
	letters := []rune(run.shape)
	for i := range letters {
		for end := i + 3; end <= min(len(letters), i+longestSpelled); end++ {
			if l.words.shapes[string(letters[i:end])] {
				return true
			}
		}
	}
	return false
}

// inWord reports whether r is part of a word.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
