// Package lexicon knows English words: which parts of speech a word can be and
// how often, what its forms are, and what kind of thing a noun names.
//
// The knowledge is WordNet's (see LICENSE.wordnet), in two tables that
// lexicon/derive makes and that are embedded as sorted text. A look-up is a
// binary search in that text, so opening the lexicon costs nothing and holds
// no memory beyond the program's own but for the words that were looked up last.
//
// A line of words.txt is a lemma and one field for each part of speech: its
// letter (n, v, a or r for adverbs), how often WordNet's tagged texts have
// it, and for nouns and adjectives what their senses are:
//
//	hair n59:hi2+1s,1r2r,1pe+3,j3+1
//
// A noun's senses are numbers (base 36) in a walk over the tree of hypernyms,
// with the count of everything below after the "+": hi2+1s covers hi2 to
// hi2+1s, and whatever lies in there is a kind of hair. An adjective's senses
// are the numbers of scales; adjectives on one scale (long, short; red, green)
// exclude each other.
package lexicon

import (
	_ "embed"
	"sort"
	"strconv"
	"strings"
)

//go:embed words.txt
var words string

//go:embed forms.txt
var forms string

// A Lexicon answers questions about words, from any number of goroutines at once.
type Lexicon struct {
	// tops are the senses at the top of each kind.
	tops [kinds][]Sense
	// entries and lines are the entries, and the lines of forms, found last.
	entries *recent[Entry]
	lines   *recent[string]
	// colours is the scale that red lies on.
	colours int
}

// New opens the lexicon.
func New() *Lexicon {
	l := &Lexicon{entries: newRecent[Entry](), lines: newRecent[string]()}
	for kind, list := range anchors() {
		for _, a := range list {
			if entry, ok := l.Lookup(a.lemma); ok && a.sense < len(entry.Senses) {
				l.tops[kind] = append(l.tops[kind], entry.Senses[a.sense])
			}
		}
	}
	if red, ok := l.Lookup("red"); ok && len(red.Scales) > 0 {
		l.colours = red.Scales[0]
	}
	return l
}

// An Entry is what is known of a lemma. Counts are of WordNet's tagged texts,
// a negative count says that the lemma cannot be that part of speech.
type Entry struct {
	Noun, Verb, Adjective, Adverb int
	// Senses of the noun, most frequent first.
	Senses []Sense
	// Scales that the adjective lies on, most frequent sense first.
	Scales []int
}

// A Sense is one meaning of a noun and the range of everything that is a kind
// of it: First is the meaning's own number.
type Sense struct{ First, Last int }

// Covers tells whether t is s or a kind of s.
func (s Sense) Covers(t Sense) bool { return s.First <= t.First && t.First <= s.Last }

// Lookup finds a lemma, in lower case, its words joined with spaces.
// The slices of the entry are shared and must not be changed.
func (l *Lexicon) Lookup(lemma string) (Entry, bool) { return l.entries.get(lemma, lookUp) }

func lookUp(lemma string) (Entry, bool) {
	entry := Entry{Noun: -1, Verb: -1, Adjective: -1, Adverb: -1}
	line, ok := find(words, strings.ReplaceAll(lemma, " ", "_"))
	if !ok {
		return entry, false
	}
	for _, field := range strings.Fields(line) {
		number, senses, _ := strings.Cut(field[1:], ":")
		count, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		switch field[0] {
		case 'n':
			entry.Noun, entry.Senses = count, parseSenses(senses)
		case 'v':
			entry.Verb = count
		case 'a':
			entry.Adjective, entry.Scales = count, parseScales(senses)
		case 'r':
			entry.Adverb = count
		}
	}
	return entry, true
}

func parseSenses(list string) []Sense {
	var senses []Sense
	for code := range strings.SplitSeq(list, ",") {
		first, below, _ := strings.Cut(code, "+")
		start, err := strconv.ParseInt(first, 36, 32)
		if err != nil {
			continue
		}
		extent, err := strconv.ParseInt(below, 36, 32)
		if err != nil {
			extent = 0
		}
		senses = append(senses, Sense{int(start), int(start + extent)})
	}
	return senses
}

func parseScales(list string) []int {
	var scales []int
	for code := range strings.SplitSeq(list, ",") {
		if n, err := strconv.ParseInt(code, 36, 32); err == nil {
			scales = append(scales, int(n))
		}
	}
	return scales
}

// find returns the rest of the line that begins with key in a sorted table.
func find(table, key string) (string, bool) {
	at := sort.Search(len(table), func(i int) bool {
		start := strings.LastIndexByte(table[:i], '\n') + 1
		lemma, _, _ := strings.Cut(table[start:lineEnd(table, i)], " ")
		return lemma >= key
	})
	if at == len(table) {
		return "", false
	}
	start := strings.LastIndexByte(table[:at], '\n') + 1
	lemma, rest, _ := strings.Cut(table[start:lineEnd(table, at)], " ")
	return rest, lemma == key
}

// lineEnd is the end of the line that position i lies in.
func lineEnd(table string, i int) int {
	if n := strings.IndexByte(table[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(table)
}
