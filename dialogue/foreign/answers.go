package foreign

import (
	"fmt"
	"slices"
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

// Say puts what the dialogue says into the language, sentence by sentence. What the
// language has no sentence for stays English.
func (l *Language) Say(text string) string {
	var out []string
	for _, sentence := range sentences(text) {
		out = append(out, l.say(sentence))
	}
	return strings.Join(out, " ")
}

// sentences cuts a text before each capital that a full stop stands before.
func sentences(text string) []string {
	var out []string
	for i := 1; i+1 < len(text); i++ {
		if text[i] == ' ' && strings.IndexByte(".!?", text[i-1]) >= 0 && text[i+1] >= 'A' && text[i+1] <= 'Z' {
			out = append(out, text[:i])
			text, i = text[i+1:], 0
		}
	}
	return append(out, text)
}

// say puts one sentence into the language. What stands in the gaps <w> and <v> are
// words that are put into it, too; prompts and utterances stay as they are.
func (l *Language) say(sentence string) string {
	words := english.Tokenise(sentence)
	for _, a := range l.answers {
		text := a.text
		if a.pattern.Match(words, func(m english.Match) bool {
			for gap, said := range m {
				into := said.Text()
				if gap == "w" || gap == "v" {
					into = l.back(said)
				}
				text = strings.ReplaceAll(text, "<"+gap+">", into)
			}
			return true
		}) {
			return text
		}
	}
	return sentence
}

// back puts single English words into the language, as far as it has them.
func (l *Language) back(words english.Words) string {
	own := slices.Clone(words)
	for i, t := range own {
		if form, ok := l.forms[t.Lower]; ok {
			own[i].Text = form
		}
	}
	return own.Text()
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
