package english

import (
	"slices"

	"pentimento/dialogue/lexicon"
)

// A NounPhrase is the words [Start, End) of a text, by index, of which Head is
// the noun. "A woman's red hair" holds two: one for the woman inside the one for
// the hair.
type NounPhrase struct {
	Start, End, Head int
	// Core is where the noun with its compound parts starts: "baseball" in "the
	// red baseball cap".
	Core int
	// Owner is the index of the possessor's noun, or -1.
	Owner int
}

// A Parsed text is its words, their parts of speech and its noun phrases from
// left to right.
type Parsed struct {
	Words Words
	Tags  []Tag
	Nouns []NounPhrase
}

// Finite tells whether the word at an index is a verb or an auxiliary, so that
// the subject before it must stay there.
func (p Parsed) Finite(i int) bool {
	return i < len(p.Tags) && (p.Tags[i] == Verb || p.Tags[i] == Auxiliary)
}

// Determiners is how many articles, numbers and possessives a noun phrase
// starts with.
func (p Parsed) Determiners(n NounPhrase) int {
	i := n.Start
	for i < n.Head && (p.Tags[i] == Determiner || p.Tags[i] == Number || p.Tags[i] == Possessive && p.Words[i].Lower != "'s") {
		i++
	}
	return i - n.Start
}

// nounPhrases finds the noun phrases among tagged tokens, from left to right:
// articles, numbers, adjectives and nouns up to the last noun of the run.
func nounPhrases(tokens Words, tags []Tag) []NounPhrase {
	var found []NounPhrase
	for i := 0; i < len(tags); {
		if !opensPhrase(tags[i]) {
			i++
			continue
		}
		start, end, head := i, i, -1
		owner := -1
		phraseStart := start
		for end < len(tags) && inPhrase(tokens, tags, end, head) {
			if tags[end] == Noun {
				head = end
			}
			if tokens[end].Lower == "'s" && head >= 0 {
				found = append(found, NounPhrase{Start: phraseStart, End: end, Head: head, Core: core(tags, phraseStart, head), Owner: owner})
				owner, head = head, -1
				phraseStart = end + 1
			}
			end++
		}
		if head < 0 {
			i = max(end, i+1)
			continue
		}
		found = append(found, NounPhrase{Start: start, End: head + 1, Head: head, Core: core(tags, phraseStart, head), Owner: owner})
		i = head + 1
	}
	return found
}

func opensPhrase(t Tag) bool {
	return t == Determiner || t == Possessive || t == Number || t == Adjective || t == Noun
}

// inPhrase tells whether token i continues a noun phrase whose head so far is
// head.
func inPhrase(tokens Words, tags []Tag, i, head int) bool {
	switch tags[i] {
	case Noun:
		return true
	case Adjective, Number:
		return head < 0 || i+1 < len(tags) && tags[i+1] == Noun && tags[i] == Adjective
	case Determiner:
		return head < 0 && (i == 0 || tags[i-1] != Adjective)
	case Possessive:
		return tokens[i].Lower == "'s" && i > 0 && tags[i-1] == Noun || head < 0
	case Mark:
		if quote.Has(tokens[i].Lower) {
			return i+1 < len(tags) && (tags[i+1] == Noun || tags[i+1] == Adjective)
		}
		fallthrough
	case Conjunction:
		// "a black and white cat", "a big, red ball"
		joins := tokens[i].Lower == "and" || tokens[i].Lower == "&" || tokens[i].Lower == ","
		return joins && head < 0 && i > 0 && i+1 < len(tags) && tags[i-1] == Adjective && tags[i+1] == Adjective
	case Adverb:
		return head < 0 && i+1 < len(tags) && tags[i+1] == Adjective
	}
	return false
}

// quote marks may stand inside a noun phrase.
const quote List = "\" “ ” ' ‘ ’ « »"

// core is the first of the nouns that end in head.
func core(tags []Tag, start, head int) int {
	c := head
	for c > start && tags[c-1] == Noun {
		c--
	}
	return c
}

// Parse finds the parts of speech and the noun phrases of a text.
func (en *Reader) Parse(tokens Words) Parsed {
	tags := en.tagAll(tokens)
	p := Parsed{tokens, tags, nounPhrases(tokens, tags)}
	for i := range p.Nouns {
		en.apartFromMoments(tokens, &p.Nouns[i])
	}
	return p
}

// apartFromMoments takes a season, an hour or weather out of the compound name of a
// place: in "an autumn street" it is autumn everywhere, and stays so when the street
// becomes a river. A winter coat is another thing.
func (en *Reader) apartFromMoments(tokens Words, n *NounPhrase) {
	for en.Is(tokens[n.Head].Lower, lexicon.Place) && n.Core < n.Head && en.IsMoment(tokens[n.Core:n.Core+1]) {
		n.Core++
	}
}

// Main is the noun phrase that a spoken phrase is about, with its possessor
// inside. It is the first: in "the color of the car" the color.
func (p Parsed) Main() (NounPhrase, bool) {
	var whole []NounPhrase
	for _, n := range p.Nouns {
		if len(whole) == 0 || n.Start > whole[len(whole)-1].Start {
			whole = append(whole, n)
		} else {
			whole[len(whole)-1] = n // the longer one, with the possessor inside
		}
	}
	if len(whole) == 0 {
		return NounPhrase{}, false
	}
	return whole[0], true
}

// Whole is the longest noun phrase that n is the possessor in: for the woman in
// "a woman's face" the face.
func (p Parsed) Whole(n NounPhrase) NounPhrase {
	for _, w := range p.Nouns {
		if w.Owner == n.Head {
			return p.Whole(w)
		}
	}
	return n
}

// At is the longest noun phrase that starts at an index.
func (p Parsed) At(at int) (NounPhrase, bool) {
	best, ok := NounPhrase{}, false
	for _, n := range p.Nouns {
		if n.Start == at && (!ok || n.End > best.End) {
			best, ok = n, true
		}
	}
	return best, ok
}

// Around is the noun phrase that the word at an index is in, or a phrase of that
// word alone.
func (p Parsed) Around(i int) NounPhrase {
	around := NounPhrase{Start: i, End: i + 1, Head: i, Core: i, Owner: -1}
	for _, n := range p.Nouns {
		if n.Start <= i && i < n.End {
			around = n
		}
	}
	return around
}

// SkipDeterminer is the index of a noun phrase's first word after its
// determiners.
func (p Parsed) SkipDeterminer(n NounPhrase) int {
	i := n.Start
	for i < n.Head && p.Tags[i] == Determiner {
		i++
	}
	return i
}

// Names tells whether a noun is the head of one of the noun phrases.
func (p Parsed) Names(head string) bool {
	return slices.ContainsFunc(p.Nouns, func(n NounPhrase) bool { return p.Words[n.Head].Lower == head })
}
