package dialogue

import (
	"pentimento/dialogue/lexicon"
	"slices"
)

// A list is what follows a "with" or "wearing" at start: things up to end.
type list struct {
	start, end int
	// and is the index of the last "and" or comma between two things, or -1.
	and int
}

// lists are the lists from position at on, one after the other.
func (d *draft) lists(p parsed, at int) []list {
	var all []list
	for at < len(p.tokens) && (p.tokens[at].lower == "with" || p.tokens[at].lower == "wearing") {
		l := d.readList(p, at)
		if l.end == at+1 {
			break
		}
		all = append(all, l)
		at = l.end
	}
	return all
}

// readList reads things, with commas and "and" between them.
func (d *draft) readList(p parsed, lead int) list {
	l := list{start: lead, end: lead + 1, and: -1}
	for {
		at, joint := l.end, -1
		if at > lead+1 {
			for at < len(p.tokens) && (p.tokens[at].lower == "," || p.tokens[at].lower == "and") {
				joint, at = at, at+1
			}
			if joint < 0 {
				return l
			}
		}
		n, ok := phraseAt(p, at)
		if !ok {
			return l
		}
		l.end = n.end
		// "a newspaper in its mouth" is one thing.
		if next := l.end + 1; next < len(p.tags) && p.tags[l.end] == preposition && p.tags[next] == possessive {
			if place, ok := phraseAt(p, next); ok {
				l.end = place.end
			}
		}
		if joint >= 0 {
			l.and = joint
		}
	}
}

// farLists are lists further on that say what a person has: "a woman, smiling,
// with blond hair".
func (d *draft) farLists(p parsed, at int) []list {
	for ; at < len(p.tokens); at++ {
		for _, l := range d.lists(p, at) {
			if n, ok := phraseAt(p, l.start+1); ok && d.attachable(p.tokens[n.head].lower) {
				return []list{l}
			}
		}
	}
	return nil
}

// fitting is the list that a thing joins: the one with its connective, else one
// that it can stand in. Only clothes can follow "wearing".
func (d *draft) fitting(p parsed, lists []list, item []token, lead string) (list, bool) {
	for _, l := range lists {
		if p.tokens[l.start].lower == lead {
			return l, true
		}
	}
	for _, l := range lists {
		if lead == "with" && d.p.lex.CanBe(item[len(item)-1].lower, lexicon.Garment) {
			return l, true
		}
	}
	return list{}, false
}

// extend adds a thing to a list: "A" becomes "A and B", "A and B" becomes "A, B
// and C".
func (d *draft) extend(p parsed, l list, item []token) {
	at := l.end
	if l.and >= 0 && p.tokens[l.and].lower == "and" {
		if l.and > 0 && p.tokens[l.and-1].lower == "," { // A, B, and C
			d.caption.splice(l.and, l.and+1, nil)
		} else {
			d.caption.splice(l.and, l.and+1, tokenise(","))
			at++
		}
		at--
		if p.tokens[l.and-1].lower != "," {
			at = l.end
		}
	}
	d.caption.splice(at, at, slices.Concat(tokenise("and"), item))
	d.caption.attend(at + len(item))
}
