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
				into := sentence[said[0].Start : said[len(said)-1].Start+said[len(said)-1].Size]
				if gap == "w" || gap == "v" {
					into = l.back(sentence, said)
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

// back puts some words of an English sentence into the language one by one, as far
// as it has them, and drops their articles.
func (l *Language) back(sentence string, words english.Words) string {
	var b strings.Builder
	at := words[0].Start
	for _, t := range words {
		form, ok := l.forms[t.Lower]
		if !ok && !english.List("a an the").Has(t.Lower) {
			continue
		}
		b.WriteString(sentence[at:t.Start])
		b.WriteString(form)
		at = t.Start + t.Size
		if form == "" {
			at = min(at+1, len(sentence))
		}
	}
	last := words[len(words)-1]
	b.WriteString(sentence[min(at, last.Start+last.Size) : last.Start+last.Size])
	return b.String()
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
