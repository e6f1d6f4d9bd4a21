// Package foreign reads German, French and Spanish about pictures and says the
// same in plain English, which the grammar then reads.
//
// Each language is a text file (german.txt, french.txt, spanish.txt): words with
// their English, and clauses with gaps. table.go reads such a file, spelling.go
// finds a word in whatever way it is spelt, phrase.go puts a noun phrase into the
// English order, clause.go a whole clause. Nothing is guessed: one word that the
// file does not have, and the utterance is not understood. answers.go says in the
// language what the dialogue answers in English.
package foreign

import (
	"strings"

	"pentimento/dialogue/english"
)

// A Translator reads utterances in the languages it knows. It keeps no state
// between them and may be used from any number of goroutines at once.
type Translator struct {
	en        *english.Reader
	languages []*Language
}

// New makes a translator, which knows English words by a reader.
func New(en *english.Reader) *Translator {
	return &Translator{en, []*Language{
		newLanguage(en, german()),
		newLanguage(en, french()),
		newLanguage(en, spanish()),
	}}
}

// A Reading is what an utterance was read as.
type Reading struct {
	// Language is what was spoken; nil for English, and where it is not certain.
	Language *Language
	// English is the utterance in English; empty where it was not understood.
	English string
	// Unknown is the first word that the language's table does not have, as it was
	// typed; empty where it has all.
	Unknown string
	// Foreign tells that the utterance is not English.
	Foreign bool
}

// Bounds of the utterances that are read: longer ones are English to us.
const (
	maxWords = 40
	maxBytes = 1 << 10
)

// Read puts an utterance into English. before is what was said last, whose language
// decides about words that several languages have.
func (t *Translator) Read(utterance, before string) Reading {
	if len(utterance) > maxBytes {
		return Reading{}
	}
	words := english.Tokenise(strings.TrimLeft(utterance, " ¿¡"))
	if len(words) > maxWords || len(words.TrimMarks()) == 0 {
		return Reading{}
	}
	best, at := t.weigh(words)
	if best == nil {
		return t.goesOn(words, before)
	}
	split := best.split(words)
	text := ""
	if len(split) <= maxWords {
		text, _ = best.translate(split)
	}
	if text != "" {
		return Reading{Language: best, English: text, Foreign: true}
	}
	unknown := best.stranger(split)
	if at.own > 1 && at.known > at.unknown || t.languageOf(before) == best {
		return Reading{Language: best, Unknown: unknown, Foreign: true}
	}
	return Reading{Unknown: unknown, Foreign: true}
}

// goesOn takes words that English has as well for the language of what was said
// before, if that has them all: "rot", "non".
func (t *Translator) goesOn(words english.Words, before string) Reading {
	for _, l := range t.languages {
		split := l.split(words)
		if len(split) > maxWords || l.stranger(split) != "" || t.languageOf(before) != l {
			continue
		}
		if text, _ := l.translate(split); text != "" {
			return Reading{Language: l, English: text, Foreign: true}
		}
	}
	return Reading{}
}

// A weight counts an utterance's words: known to a language, of them own those that
// English does not have; unknown to it, of them english those that English has.
type weight struct{ known, own, unknown, english int }

// weigh finds the language that an utterance is in: the one that has more words
// that English lacks than the other way about. nil stands for English.
func (t *Translator) weigh(words english.Words) (*Language, weight) {
	var best *Language
	var most weight
	for _, l := range t.languages {
		w := l.weigh(words)
		if w.own > w.english && w.known*2 > w.unknown && (best == nil || w.known > most.known || w.known == most.known && w.own > most.own) {
			best, most = l, w
		}
	}
	return best, most
}

// languageOf is the language of an utterance; nil for English.
func (t *Translator) languageOf(utterance string) *Language {
	if utterance == "" || len(utterance) > maxBytes {
		return nil
	}
	l, _ := t.weigh(english.Tokenise(utterance))
	return l
}

// weigh counts an utterance's words for a language. Where none is its own, the
// words that it does not have are not told apart: the utterance is English.
func (l *Language) weigh(words english.Words) weight {
	var w weight
	var strange []string
	for _, t := range l.split(words) {
		switch {
		case t.Mark:
		case !l.has(t.Lower):
			strange = append(strange, t.Text)
		case l.inEnglish(t.Text):
			w.known++
		default:
			w.known++
			w.own++
		}
	}
	w.unknown = len(strange)
	for _, word := range strange {
		if w.own > w.english && l.inEnglish(word) {
			w.english++
		}
	}
	return w
}

// stranger is the first word that the table does not have.
func (l *Language) stranger(words english.Words) string {
	for _, t := range words {
		if _, isNumber := number(t.Lower); !t.Mark && !isNumber && !l.has(t.Lower) {
			return t.Text
		}
	}
	return ""
}

// inEnglish tells whether a word is common in English, too. Of rare words the
// lexicon has every one: "el" is a railway, and "des" an actor.
func (l *Language) inEnglish(word string) bool {
	w := english.Lower(word)
	if borrowed.Has(w) {
		return false
	}
	if english.Closed(w) || english.Starters.Has(w) {
		return true
	}
	forms := []string{w, l.bare(w), english.AmericanSpelling(w)}
	if noun, ok := l.en.NounLemma(w); ok {
		forms = append(forms, noun)
	}
	if verb, ok := l.en.VerbLemma(w); ok {
		forms = append(forms, verb)
	}
	for _, form := range forms {
		if e, ok := l.en.Lookup(form); ok && max(e.Noun, e.Verb, e.Adjective, e.Adverb) > 0 {
			return true
		}
	}
	return false
}

// borrowed are words of other languages that the lexicon has seen in English
// texts.
const borrowed english.List = "des con"
