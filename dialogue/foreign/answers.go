package foreign

import (
	"fmt"
	"strings"

	"pentimento/dialogue/english"
)

// An answer is what the dialogue says in English, with gaps, and the same in the
// language.
type answer struct {
	pattern english.Pattern
	text    string
}

// forAnswers writes an English sentence as a pattern of its words.
func forAnswers(sentence string) string {
	sentence = strings.NewReplacer("<", " <", ">", "> ").Replace(sentence)
	var b strings.Builder
	for rest := sentence; ; {
		before, after, ok := strings.Cut(rest, "<")
		b.WriteString(spaced(english.Tokenise(before)))
		if !ok {
			return b.String()
		}
		gap, tail, _ := strings.Cut(after, ">")
		b.WriteString(" <" + gap + "> ")
		rest = tail
	}
}

// Say puts a sentence of the dialogue into the language. What the language has no
// sentence for stays English.
func (l *Language) Say(sentence string) string {
	words := english.Tokenise(sentence)
	for _, a := range l.answers {
		text := a.text
		if a.pattern.Match(words, func(m english.Match) bool {
			for gap, said := range m {
				text = strings.ReplaceAll(text, "<"+gap+">", said.Text())
			}
			return true
		}) {
			return text
		}
	}
	return sentence
}

// NotUnderstood says that an utterance was not understood, as it was said.
func (l *Language) NotUnderstood(said string) string {
	return fmt.Sprintf(l.sentences["not-understood"], said)
}

// UnknownWord says that a word is not known.
func (l *Language) UnknownWord(word string) string {
	return fmt.Sprintf(l.sentences["unknown-word"], word)
}

// Name is the language's name in English.
func (l *Language) Name() string { return l.name }
