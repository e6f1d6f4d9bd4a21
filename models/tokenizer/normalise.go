package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A normalised prompt is what CLIP's regular expression sees. Normalising
// changes lengths ("İ" grows, "e" with a combining accent shrinks), so every
// byte of it remembers the bytes of the prompt that it came from.
type normalised struct {
	text string
	from []span // by byte of text
}

type span struct{ start, end int }

// normalise composes the prompt (NFC) and lower-cases it as Python's
// str.lower does, which the published tokenizer was written with. Bytes that
// are not UTF-8 become U+FFFD.
func normalise(prompt string) normalised {
	runes, spans := compose(prompt)
	n := normalised{from: make([]span, 0, len(prompt))}
	text := make([]byte, 0, len(prompt))
	for i, r := range runes {
		switch {
		case r == 'İ': // the one letter whose lower case is two characters
			text = append(text, "i\u0307"...)
		case r == 'Σ' && endsWord(runes, i):
			text = utf8.AppendRune(text, 'ς')
		default:
			text = utf8.AppendRune(text, unicode.ToLower(r))
		}
		for len(n.from) < len(text) {
			n.from = append(n.from, spans[i])
		}
	}
	n.text = string(text)
	return n
}

// compose gives the characters of the prompt's NFC form and, for each, the
// bytes of the prompt that it came from. Where composing changed a sequence
// of characters, each of the new ones stands for the whole sequence.
func compose(prompt string) ([]rune, []span) {
	runes := make([]rune, 0, len(prompt))
	spans := make([]span, 0, len(prompt))
	var segments norm.Iter
	segments.InitString(norm.NFC, prompt)
	for !segments.Done() {
		start := segments.Pos()
		composed := segments.Next()
		whole := span{start, segments.Pos()}
		unchanged := string(composed) == prompt[whole.start:whole.end]
		for at := 0; at < len(composed); {
			r, size := utf8.DecodeRune(composed[at:])
			from := whole
			if unchanged {
				from = span{start + at, start + at + size}
			}
			runes, spans = append(runes, r), append(spans, from)
			at += size
		}
	}
	return runes, spans
}

// endsWord tells whether the capital sigma at i is the last letter of a word
// and becomes ς: Unicode's Final_Sigma, the only condition on neighbours that
// lower-casing has outside of single languages.
func endsWord(runes []rune, i int) bool {
	before := i - 1
	for before >= 0 && caseIgnorable(runes[before]) {
		before--
	}
	after := i + 1
	for after < len(runes) && caseIgnorable(runes[after]) {
		after++
	}
	return before >= 0 && cased(runes[before]) && (after == len(runes) || !cased(runes[after]))
}

// cased is Unicode's property Cased.
func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Uppercase, unicode.Other_Lowercase)
}

// caseIgnorable is Unicode's property Case_Ignorable: marks, formats,
// modifiers, and the punctuation that words may have inside.
func caseIgnorable(r rune) bool {
	return strings.ContainsRune("'.:·’‘․‧︓﹒﹕＇．：\u055F\u0387\u05F4", r) ||
		unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
