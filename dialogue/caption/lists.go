package caption

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// A list is what follows a "with" or "wearing" at start: things up to end.
type list struct {
	start, end int
	// and is the index of the last "and" or comma between two things, or -1.
	and int
}

// lists are the lists from position at on, one after the other.
func (c *Caption) lists(p english.Parsed, at int) []list {
	var all []list
	for at < len(p.Words) && (p.Words[at].Lower == "with" || p.Words[at].Lower == "wearing") {
		l := c.readList(p, at)
		if l.end == at+1 {
			break
		}
		all = append(all, l)
		at = l.end
	}
	return all
}

// readList reads things, with commas and "and" between them.
func (c *Caption) readList(p english.Parsed, lead int) list {
	l := list{start: lead, end: lead + 1, and: -1}
	for {
		at, joint := l.end, -1
		if at > lead+1 {
			for at < len(p.Words) && (p.Words[at].Lower == "," || p.Words[at].Lower == "and") {
				joint, at = at, at+1
			}
			if joint < 0 {
				return l
			}
		}
		n, ok := p.At(at)
		if !ok || joint >= 0 && c.en.Animate(p.Words[n.Head].Lower) && !c.en.Animate(p.Words[l.end-1].Lower) {
			return l // "a dog with a collar and a cat": the cat is no thing of the dog's
		}
		l.end = n.End
		// "a newspaper in its mouth" is one thing.
		if next := l.end + 1; next < len(p.Tags) && p.Tags[l.end] == english.Preposition && p.Tags[next] == english.Possessive {
			if place, ok := p.At(next); ok {
				l.end = place.End
			}
		}
		if joint >= 0 {
			l.and = joint
		}
	}
}

// farLists are lists further on that say what a person has: "a woman, smiling,
// with blond hair".
func (c *Caption) farLists(p english.Parsed, at int) []list {
	for ; at < len(p.Words); at++ {
		for _, l := range c.lists(p, at) {
			if n, ok := p.At(l.start + 1); ok && c.Attachable(p.Words[n.Head].Lower) {
				return []list{l}
			}
		}
	}
	return nil
}

// fitting is the list that a thing joins: the one with its connective, else one
// that it can stand in. Only clothes can follow "wearing".
func (c *Caption) fitting(p english.Parsed, lists []list, item english.Words, lead string) (list, bool) {
	for _, l := range lists {
		if p.Words[l.start].Lower == lead {
			return l, true
		}
	}
	for _, l := range lists {
		if lead == "with" && c.en.CanBe(item[len(item)-1].Lower, lexicon.Garment) {
			return l, true
		}
	}
	return list{}, false
}

// extend adds a thing to a list: "A" becomes "A and B", "A and B" becomes "A, B
// and C".
func (c *Caption) extend(p english.Parsed, l list, item english.Words) {
	at := l.end
	if l.and >= 0 && p.Words[l.and].Lower == "and" {
		if l.and > 0 && p.Words[l.and-1].Lower == "," { // A, B, and C
			c.Splice(l.and, l.and+1, nil)
		} else {
			c.Splice(l.and, l.and+1, english.Tokenise(","))
			at++
		}
		at--
		if p.Words[l.and-1].Lower != "," {
			at = l.end
		}
	}
	c.Splice(at, at, slices.Concat(english.Tokenise("and"), item))
	c.Attend(at + len(item))
}
