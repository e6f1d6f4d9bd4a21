package tokenizer

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A splitter cuts normalised text into CLIP's words.
type splitter struct{ pattern *regexp.Regexp }

// newSplitter makes the regular expression of CLIP's tokenizer: tokens that
// are whole words, English contractions, letters, single digits, and runs of anything
// else but white space. Go's \s is ASCII only, so the class is spelt out as
// Python means it. One character, U+0345, belongs to no word in either: its
// capital is a letter, so ignoring case takes it out of the last class, while
// only real letters are in \p{L}.
func newSplitter(whole map[string]int) splitter {
	const space = `\x09-\x0D\x1C-\x20\x{85}\p{Z}`
	words := slices.Collect(maps.Keys(whole))
	// Of two that begin alike the longer one is meant.
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var first strings.Builder
	for _, word := range words {
		first.WriteString(regexp.QuoteMeta(word) + `|`)
	}
	return splitter{regexp.MustCompile(`(?i)` + first.String() + `'s|'t|'re|'ve|'m|'ll|'d|(?-i:\p{L}+)|\p{N}|[^` + space + `\p{L}\p{N}]+`)}
}

// split gives the bounds of every word in text, in order.
func (s splitter) split(text string) []span {
	var words []span
	for _, at := range s.pattern.FindAllStringIndex(text, -1) {
		words = append(words, span{at[0], at[1]})
	}
	return words
}
