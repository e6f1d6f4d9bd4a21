package tokenizer

import "regexp"

// A splitter cuts normalised text into CLIP's words.
type splitter struct{ pattern *regexp.Regexp }

// newSplitter makes the regular expression of CLIP's tokenizer: its special
// tokens, English contractions, letters, single digits, and runs of anything
// else but white space. Go's \s is ASCII only, so the class is spelt out as
// Python means it. One character, U+0345, belongs to no word in either: its
// capital is a letter, so ignoring case takes it out of the last class, while
// only real letters are in \p{L}.
func newSplitter(start, end string) splitter {
	const space = `\x09-\x0D\x1C-\x20\x{85}\p{Z}`
	return splitter{regexp.MustCompile(`(?i)` + regexp.QuoteMeta(start) + `|` + regexp.QuoteMeta(end) +
		`|'s|'t|'re|'ve|'m|'ll|'d|(?-i:\p{L}+)|\p{N}|[^` + space + `\p{L}\p{N}]+`)}
}

// split gives the bounds of every word in text, in order.
func (s splitter) split(text string) []span {
	var words []span
	for _, at := range s.pattern.FindAllStringIndex(text, -1) {
		words = append(words, span{at[0], at[1]})
	}
	return words
}
