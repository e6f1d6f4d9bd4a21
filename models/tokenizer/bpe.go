package tokenizer

import (
	"container/heap"
	"strings"
)

// endOfWord marks the last token of a word in CLIP's vocabulary.
const endOfWord = "</w>"

// An encoder cuts a word into tokens by byte-pair encoding (Sennrich et al.
// 2016): begin with a token per byte, the last one marked as the word's end,
// and join the neighbours that stand first in the list of merges until none
// does.
type encoder struct {
	alphabet alphabet
	// whole are words that are one token each, in lower case: the start and the
	// end, and those that were added to the vocabulary.
	whole   map[string]int
	ids     map[string]int
	merges  map[pair]merge
	unknown int
}

type pair struct{ left, right int }

// A merge is the id of two tokens joined; the lowest rank is joined first.
type merge struct{ rank, id int }

// encode gives the ids of one word in O(n log n) of its n bytes: a prompt may
// be one word of a hundred thousand letters.
func (e *encoder) encode(word string) []int {
	if id, ok := e.whole[word]; ok {
		return []int{id}
	}
	s := e.symbols(word)
	candidates := &joints{}
	for i := range s {
		e.propose(candidates, s, i)
	}
	for candidates.Len() > 0 {
		j := heap.Pop(candidates).(joint)
		left := &s[j.at]
		if left.next < 0 || left.id != j.left || s[left.next].id != j.right {
			continue // one of the two has been joined with another meanwhile
		}
		right := &s[left.next]
		left.id, left.next = j.id, right.next
		right.id = -1
		if left.next >= 0 {
			s[left.next].previous = j.at
		}
		e.propose(candidates, s, left.previous)
		e.propose(candidates, s, j.at)
	}
	ids := make([]int, 0, len(s))
	for i := 0; i >= 0; i = s[i].next {
		ids = append(ids, s[i].id)
	}
	return ids
}

// A symbol is a token of an unfinished word, in a list linked by index.
type symbol struct{ id, previous, next int }

// symbols starts a word: one symbol a byte.
func (e *encoder) symbols(word string) []symbol {
	s := make([]symbol, len(word))
	for i := range len(word) {
		letter := e.alphabet.letters[word[i]]
		next := i + 1
		if next == len(word) {
			letter, next = letter+endOfWord, -1
		}
		id, ok := e.ids[letter]
		if !ok {
			id = e.unknown
		}
		s[i] = symbol{id: id, previous: i - 1, next: next}
	}
	return s
}

// propose adds joining the symbol at i with its next one, if there is a merge.
func (e *encoder) propose(candidates *joints, s []symbol, i int) {
	if i < 0 || s[i].next < 0 {
		return
	}
	p := pair{s[i].id, s[s[i].next].id}
	if m, ok := e.merges[p]; ok {
		heap.Push(candidates, joint{pair: p, merge: m, at: i})
	}
}

// joints is a heap of joints that could be made, the next one to make first.
type joints []joint

// A joint is a merge of the symbol at an index with the next.
type joint struct {
	pair
	merge
	at int
}

func (j joints) Len() int { return len(j) }
func (j joints) Less(a, b int) bool {
	if j[a].rank != j[b].rank {
		return j[a].rank < j[b].rank
	}
	return j[a].at < j[b].at
}
func (j joints) Swap(a, b int) { j[a], j[b] = j[b], j[a] }
func (j *joints) Push(x any)   { *j = append(*j, x.(joint)) }
func (j *joints) Pop() any {
	last := len(*j) - 1
	x := (*j)[last]
	*j = (*j)[:last]
	return x
}

// An alphabet writes bytes as printable letters, so that a vocabulary of
// bytes can be kept in text files: visible Latin-1 characters stand for
// themselves, all other bytes for the letters from U+0100 on.
type alphabet struct {
	letters [256]string
	bytes   map[rune]byte
}

func newAlphabet() alphabet {
	a := alphabet{bytes: make(map[rune]byte, 256)}
	next := rune(0x100)
	for b := range 256 {
		letter := rune(b)
		visible := '!' <= letter && letter <= '~' || '¡' <= letter && letter <= '¬' || '®' <= letter && letter <= 'ÿ'
		if !visible {
			letter = next
			next++
		}
		a.letters[b] = string(letter)
		a.bytes[letter] = byte(b)
	}
	return a
}

// decode gives the bytes that a token stands for, a space for a word's end.
func (a alphabet) decode(token string) []byte {
	var text []byte
	word, ends := strings.CutSuffix(token, endOfWord)
	for _, letter := range word {
		if b, ok := a.bytes[letter]; ok {
			text = append(text, b)
		}
	}
	if ends {
		text = append(text, ' ')
	}
	return text
}
