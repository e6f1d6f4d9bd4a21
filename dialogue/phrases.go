package dialogue

import "pentimento/dialogue/lexicon"

// A nounPhrase is a span of tokens [start, end) with its head noun. In "a
// woman's red hair" there are two: one for the woman inside one for the hair.
type nounPhrase struct {
	start, end, head int
	// core is where the noun and its compound parts start: "baseball" in "the
	// red baseball cap".
	core int
	// owner is the index of the possessor's noun, or -1.
	owner int
}

// nounPhrases finds the noun phrases among tagged tokens, from left to right:
// articles, numbers, adjectives and nouns up to the last noun of the run.
func nounPhrases(tokens []token, tags []tag) []nounPhrase {
	var found []nounPhrase
	for i := 0; i < len(tags); {
		if !opensPhrase(tags[i]) {
			i++
			continue
		}
		start, end, head := i, i, -1
		owner := -1
		phraseStart := start
		for end < len(tags) && inPhrase(tokens, tags, end, head) {
			if tags[end] == noun {
				head = end
			}
			if tokens[end].lower == "'s" && head >= 0 {
				found = append(found, nounPhrase{start: phraseStart, end: end, head: head, core: core(tags, phraseStart, head), owner: owner})
				owner, head = head, -1
				phraseStart = end + 1
			}
			end++
		}
		if head < 0 {
			i = max(end, i+1)
			continue
		}
		found = append(found, nounPhrase{start: start, end: head + 1, head: head, core: core(tags, phraseStart, head), owner: owner})
		i = head + 1
	}
	return found
}

func opensPhrase(t tag) bool {
	return t == determiner || t == possessive || t == number || t == adjective || t == noun
}

// inPhrase tells whether token i continues a noun phrase whose head so far is
// head.
func inPhrase(tokens []token, tags []tag, i, head int) bool {
	switch tags[i] {
	case noun:
		return true
	case adjective, number:
		return head < 0 || i+1 < len(tags) && tags[i+1] == noun && tags[i] == adjective
	case determiner:
		return head < 0 && (i == 0 || tags[i-1] != adjective)
	case possessive:
		return tokens[i].lower == "'s" && i > 0 && tags[i-1] == noun || head < 0
	case mark:
		if quote.has(tokens[i].lower) {
			return i+1 < len(tags) && (tags[i+1] == noun || tags[i+1] == adjective)
		}
		fallthrough
	case conjunction:
		// "a black and white cat", "a big, red ball"
		joins := tokens[i].lower == "and" || tokens[i].lower == "&" || tokens[i].lower == ","
		return joins && head < 0 && i > 0 && i+1 < len(tags) && tags[i-1] == adjective && tags[i+1] == adjective
	case adverb:
		return head < 0 && i+1 < len(tags) && tags[i+1] == adjective
	}
	return false
}

// quote marks may stand inside a noun phrase.
const quote wordList = "\" “ ” ' ‘ ’ « »"

// core is the first of the nouns that end in head.
func core(tags []tag, start, head int) int {
	c := head
	for c > start && tags[c-1] == noun {
		c--
	}
	return c
}

// parsed is a text with its parts of speech and noun phrases.
type parsed struct {
	tokens []token
	tags   []tag
	nouns  []nounPhrase
}

func parse(lex *lexicon.Lexicon, tokens []token) parsed {
	tags := tagAll(lex, tokens)
	return parsed{tokens, tags, nounPhrases(tokens, tags)}
}

// mainPhrase is the noun phrase that a spoken phrase is about: the first, with
// its possessor inside; in "one of the children" the children, in "the color of
// the car" the car.
func mainPhrase(p parsed) (nounPhrase, bool) {
	var whole []nounPhrase
	for _, n := range p.nouns {
		if len(whole) == 0 || n.start > whole[len(whole)-1].start {
			whole = append(whole, n)
		} else {
			whole[len(whole)-1] = n // the longer one, with the possessor inside
		}
	}
	if len(whole) == 0 {
		return nounPhrase{}, false
	}
	return whole[0], true
}

// wholePhrase is the phrase that n is inside of, as the woman in "a woman's
// face".
func wholePhrase(p parsed, n nounPhrase) nounPhrase {
	for _, w := range p.nouns {
		if w.owner == n.head {
			return wholePhrase(p, w)
		}
	}
	return n
}

func phraseAt(p parsed, at int) (nounPhrase, bool) {
	best, ok := nounPhrase{}, false
	for _, n := range p.nouns {
		if n.start == at && (!ok || n.end > best.end) {
			best, ok = n, true
		}
	}
	return best, ok
}

// phraseAround is the noun phrase that word i is in; alone if it is in none.
func phraseAround(p parsed, i int) nounPhrase {
	around := nounPhrase{start: i, end: i + 1, head: i, core: i, owner: -1}
	for _, n := range p.nouns {
		if n.start <= i && i < n.end {
			around = n
		}
	}
	return around
}

func skipDeterminer(p parsed, n nounPhrase) int {
	i := n.start
	for i < n.head && p.tags[i] == determiner {
		i++
	}
	return i
}

func (d *draft) captionTag(x referent) tag {
	p := d.caption.parse()
	if x.to-1 < len(p.tags) {
		return p.tags[x.to-1]
	}
	return other
}
