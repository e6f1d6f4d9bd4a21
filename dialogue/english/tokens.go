package english

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Token is a word, the possessive 's, or a punctuation mark.
type Token struct {
	Text, Lower string
	// Glued tells that no space stood before it.
	Glued bool
	// Mark is set for punctuation and symbols.
	Mark bool
	// Start is where it begins in the text, in bytes, and size how long it is
	// there.
	Start, Size int
	// Mended is set where text is not what stood there: a typing error was
	// corrected, or another word taken.
	Mended bool
}

// Words are tokens in a row: a text, or some of it.
type Words []Token

// StartsUpper tells whether a text starts with a capital.
func StartsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// UpperFirst gives a text a capital.
func UpperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// TrimMarks drops the punctuation at both ends.
func (tokens Words) TrimMarks() Words {
	for len(tokens) > 0 && tokens[0].Mark {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].Mark {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// StartsWith tells whether the words begin with those of a phrase, in lower case.
func (tokens Words) StartsWith(phrase ...string) bool {
	if len(tokens) < len(phrase) {
		return false
	}
	for i, w := range phrase {
		if tokens[i].Lower != w {
			return false
		}
	}
	return true
}

func (tokens Words) endsWith(phrase []string) bool {
	return len(tokens) >= len(phrase) && tokens[len(tokens)-len(phrase):].StartsWith(phrase...)
}

// Lower is the text of the words in lower case.
func (w Words) Lower() string { return Lower(w.Text()) }

// Has tells whether a word, in small letters, is among the words.
func (w Words) Has(word string) bool {
	return slices.ContainsFunc(w, func(t Token) bool { return t.Lower == word })
}

// HasAny tells whether a word of the list is among the words.
func (w Words) HasAny(l List) bool {
	return slices.ContainsFunc(w, func(t Token) bool { return l.Has(t.Lower) })
}

// Tokenise cuts a text into tokens. Hyphens and apostrophes inside a word stay
// ("close-up", "o'clock"); the 's of the possessive is a token of its own, so that
// "the woman's" still has the word "woman".
func Tokenise(text string) Words {
	var tokens Words
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
		tokens = append(tokens, clitic(Token{Text: text[i:end], Lower: Lower(text[i:end]), Glued: glued, Mark: !word, Start: i, Size: end - i})...)
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
func clitic(t Token) Words {
	stem, ok := strings.CutSuffix(t.Lower, "'s")
	at := strings.LastIndexAny(t.Text, "'’")
	if !ok || at <= 0 || contracted.Has(stem) {
		return Words{t}
	}
	rest := Token{Text: t.Text[at:], Lower: "'s", Glued: true, Start: t.Start + at, Size: t.Size - at}
	t.Text, t.Lower, t.Size = t.Text[:at], stem, at
	return Words{t, rest}
}

const contracted List = "it let that there what how he she who here"

// Lower writes a text in lower case and with straight apostrophes, for comparing.
func Lower(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "’", "'")
}

// Text writes the words as a text again, with spaces where the text had them.
func (tokens Words) Text() string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && !(t.Glued && (t.Mark || t.Lower == "'s")) {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

// A List is a set of words in lower case, written with spaces between them.
type List string

// Has tells whether a word is in the list.
func (l List) Has(word string) bool {
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
