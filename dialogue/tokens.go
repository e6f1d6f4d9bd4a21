package dialogue

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a clitic ('s), or a piece of punctuation.
type token struct {
	text, lower string
	// glued tells that no space stood before it.
	glued bool
	// mark is set for punctuation and symbols.
	mark bool
	// start is where it begins in the text, in bytes, and size how long it is
	// there.
	start, size int
	// mended is set where text is not what stood there: a typing error was
	// corrected, or another word taken.
	mended bool
}

// tokenise cuts a text into tokens. Hyphens and apostrophes inside a word stay
// ("close-up", "o'clock"); the 's of the possessive is a token of its own, so that
// "the woman's" still has the word "woman".
func tokenise(text string) []token {
	var tokens []token
	glued := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			glued = false
			i += size
			continue
		}
		end := i + size
		word := wordRune(r)
		if word {
			end = wordEnd(text, i)
		}
		tokens = append(tokens, clitic(token{text: text[i:end], lower: lower(text[i:end]), glued: glued, mark: !word, start: i, size: end - i})...)
		glued = true
		i = end
	}
	return tokens
}

// wordEnd is the end of the word that starts at i.
func wordEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if wordRune(r) {
			i += size
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+size:])
		if !strings.ContainsRune("-'’.", r) || !wordRune(next) || r == '.' && !unicode.IsDigit(next) {
			return i
		}
		i += size
	}
	return i
}

func wordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// clitic splits the possessive off a word. The contractions of "is" are left
// whole: "it's", "that's".
func clitic(t token) []token {
	stem, ok := strings.CutSuffix(t.lower, "'s")
	at := strings.LastIndexAny(t.text, "'’")
	if !ok || at <= 0 || contracted.has(stem) {
		return []token{t}
	}
	rest := token{text: t.text[at:], lower: "'s", glued: true, start: t.start + at, size: t.size - at}
	t.text, t.lower, t.size = t.text[:at], stem, at
	return []token{t, rest}
}

const contracted wordList = "it let that there what how he she who here"

// lower folds case and the curly apostrophe.
func lower(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "’", "'")
}

// phraseText writes tokens as text again.
func phraseText(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && !(t.glued && (t.mark || t.lower == "'s")) {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// A wordList is words with spaces between them.
type wordList string

// has tells whether a word is in the list.
func (l wordList) has(word string) bool {
	if word == "" || strings.IndexByte(word, ' ') >= 0 {
		return false
	}
	for from := 0; ; {
		i := strings.Index(string(l[from:]), word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if (start == 0 || l[start-1] == ' ') && (end == len(l) || l[end] == ' ') {
			return true
		}
		from = start + 1
	}
}
