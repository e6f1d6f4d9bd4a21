package tokenizer

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrWord says that a word can't be taught: it is empty or is several, or the
// vocabulary has it already.
var ErrWord = errors.New("can't be learned")

// learned are words that a text encoder was taught later (textual inversion),
// each with as many tokens as there are vectors.
type learned struct {
	ids     map[string][]int
	pattern *regexp.Regexp // nil without words
}

// WithWords returns the tokenizer with more words, each of which becomes the
// given tokens: in a prompt it is one [Word], whatever is in it. It counts
// where it stands alone, in any case. [ErrWord] says that one can't be learned.
func (t *Tokenizer) WithWords(words map[string][]int) (*Tokenizer, error) {
	all := maps.Clone(t.learned.ids)
	if all == nil {
		all = map[string][]int{}
	}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		text := normalise(word).text
		if err := t.learnable(text, words[word]); err != nil {
			return nil, fmt.Errorf("the word %q %w: %w", word, ErrWord, err)
		}
		if _, twice := all[text]; twice {
			return nil, fmt.Errorf("the word %q %w: it is there twice", word, ErrWord)
		}
		all[text] = words[word]
	}
	more := *t
	more.learned = learned{ids: all, pattern: patternOf(all)}
	return &more, nil
}

// learnable says why a word cannot be learned.
func (t *Tokenizer) learnable(text string, ids []int) error {
	switch {
	case text == "" || strings.ContainsFunc(text, unicode.IsSpace):
		return errors.New("it has to be one word, without spaces")
	case len(ids) == 0:
		return errors.New("it has no tokens")
	case !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }):
		return errors.New("it has neither letters nor digits")
	case len(t.words.split(text)) == 1 && len(t.bpe.encode(text)) == 1:
		return errors.New("the model knows it already, and would no longer")
	}
	return nil
}

// patternOf finds any of the words, of two that begin alike the longer one.
func patternOf(words map[string][]int) *regexp.Regexp {
	if len(words) == 0 {
		return nil
	}
	sorted := slices.SortedFunc(maps.Keys(words), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for i, word := range sorted {
		sorted[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(strings.Join(sorted, "|"))
}

// find gives the bounds of the learned words in a text.
func (l learned) find(text string) []span {
	if l.pattern == nil {
		return nil
	}
	var found []span
	for at := 0; at < len(text); {
		next := l.pattern.FindStringIndex(text[at:])
		if next == nil {
			break
		}
		word := span{at + next[0], at + next[1]}
		if alone(text, word) {
			found, at = append(found, word), word.end
			continue
		}
		_, size := utf8.DecodeRuneInString(text[word.start:])
		at = word.start + size
	}
	return found
}

// alone tells whether a word is no part of a longer one.
func alone(text string, word span) bool {
	first, _ := utf8.DecodeRuneInString(text[word.start:word.end])
	last, _ := utf8.DecodeLastRuneInString(text[word.start:word.end])
	before, _ := utf8.DecodeLastRuneInString(text[:word.start])
	after, _ := utf8.DecodeRuneInString(text[word.end:])
	return !(inWord(first) && inWord(before)) && !(inWord(last) && inWord(after))
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r))
}

// is reports whether an id is a learned word's.
func (l learned) is(id int) bool { return l.word(id) != "" }

// text is a word before its first token, and nothing before the others.
func (l learned) text(id int) string {
	if word := l.word(id); l.ids[word][0] == id {
		return word + " "
	}
	return ""
}

func (l learned) word(id int) string {
	for word, ids := range l.ids {
		if slices.Contains(ids, id) {
			return word
		}
	}
	return ""
}
