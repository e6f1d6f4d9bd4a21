package caption

import (
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// Remove takes a referent that was found out of the caption, with what hangs on
// it and the connectives that held it.
func (c *Caption) Remove(what Referent) {
	p := c.Parse()
	if m, ok := c.Moment(p); ok && m.Start <= what.From && what.From < m.End {
		c.Splice(m.Start, m.End, nil) // "under a cloudy sky", all of it
		return
	}
	if p.Tags[what.NP.Head] != english.Noun || what.To <= what.NP.Head && p.Tags[what.From] == english.Adjective {
		c.Splice(what.From, what.To, nil) // "not curly": an adjective
		return
	}
	from, to := c.extent(p, p.Whole(what.NP))
	if from > 0 {
		_, to = c.chunk(p, what.NP) // what it has goes with it
	}
	if c.en.Animate(p.Words[what.NP.Head].Lower) && from > 0 && len(c.Beings(p, true)) < 2 {
		to = c.doing(p, to)
	}
	if to < len(p.Words) && p.Words[to].Lower == "from" && from > 0 {
		if n, ok := p.At(to + 1); ok {
			to = n.End // "smoke from the chimney"
		}
	}
	to = c.held(p, to)
	if from > 0 {
		to = besideIt(p, to)
	}
	if from == 0 && to < len(p.Words) {
		c.removeSubject(p, to)
		return
	}
	c.cut(p, from, to)
}

// besideIt is the end of where a thing is beside another, whose phrase ends at an
// index: "behind it", "in front of them".
func besideIt(p english.Parsed, to int) int {
	for i := to; i < len(p.Words) && i < to+4; i++ {
		switch w := p.Words[i].Lower; {
		case english.List("it him her them").Has(w) && i > to:
			ends := i+1 == len(p.Words) || p.Words[i+1].Mark || p.Tags[i+1] == english.Preposition || p.Tags[i+1] == english.Conjunction
			if ends {
				return i + 1
			}
			return to
		case p.Tags[i] != english.Preposition && w != "front" && w != "next":
			return to
		}
	}
	return to
}

// held is the end of where somebody has a thing, whose phrase ends at an index: "in
// his hand".
func (c *Caption) held(p english.Parsed, to int) int {
	if to+2 > len(p.Words) || p.Tags[to] != english.Preposition {
		return to
	}
	n, ok := p.At(to + 1)
	if ok && english.List("middle center centre corner foreground").Has(p.Words[n.Head].Lower) && n.End-to < 4 {
		return n.End
	}
	if !ok || n.Owner >= 0 || p.Tags[n.Start] != english.Possessive || !c.en.CanBe(p.Words[n.Head].Lower, lexicon.BodyPart) {
		return to
	}
	return n.End
}

// doing is the end of what somebody does, whose phrase ends at an index: "sleeping
// on a chair".
func (c *Caption) doing(p english.Parsed, to int) int {
	if to >= len(p.Words) || p.Tags[to] != english.Gerund || leads.Has(p.Words[to].Lower) {
		return to
	}
	to++
	if n, ok := p.At(to); ok {
		to = n.End
	}
	if to < len(p.Words) && p.Tags[to] == english.Preposition {
		if n, ok := p.At(to + 1); ok && !c.en.IsMoment(p.Words[to:n.End]) {
			return n.End
		}
	}
	return to
}

// cut removes words [from, to) and one of the connectives around them.
func (c *Caption) cut(p english.Parsed, from, to int) {
	prev := func(i int) string {
		if i > 0 {
			return p.Words[i-1].Lower
		}
		return ""
	}
	next := ""
	if to < len(p.Words) {
		next = p.Words[to].Lower
	}
	switch before := prev(from); {
	case before == "and":
		from--
		if prev(from) == "," {
			from--
		}
		c.mendList(p, from)
	case before == "," && (next == "," || next == "and"):
		if next == "and" && c.commas(p, from) == 1 {
			from-- // "A, B and C" without B is "A and C"
		} else {
			from--
		}
	case next == "and" && leads.Has(before) && c.beingAt(p, to+1):
		from-- // "a dog with a collar and a cat" without the collar
	case next == "and":
		to++
	case next == "," && leads.Has(before) && to+1 < len(p.Words) && p.Tags[to+1] != english.Preposition:
		to++
		if to < len(p.Words) && p.Words[to].Lower == "and" {
			to++
		}
	default:
		from = c.governor(p, from)
	}
	c.Splice(from, to, nil)
}

// beingAt tells whether a noun phrase of a person or an animal starts at an index.
func (c *Caption) beingAt(p english.Parsed, at int) bool {
	n, ok := p.At(at)
	return ok && c.en.Animate(p.Words[n.Head].Lower)
}

const leads english.List = "with wearing"

// mendList turns the last comma of "A, B" into "and" after C was cut from "A, B
// and C".
func (c *Caption) mendList(p english.Parsed, end int) {
	for i := end - 1; i > 0; i-- {
		if p.Tags[i] == english.Noun || p.Tags[i] == english.Adjective || p.Tags[i] == english.Determiner || p.Tags[i] == english.Number {
			continue
		}
		if p.Words[i].Lower == "," && i+1 < end {
			c.Splice(i, i+1, english.Tokenise("and"))
		}
		return
	}
}

func (c *Caption) commas(p english.Parsed, before int) int {
	n := 0
	for _, t := range p.Words[:before] {
		if t.Lower == "," {
			n++
		}
	}
	return n
}

// governor steps back over the preposition, and over a participle that has no
// other object, so that nothing dangles: "in a tie", "trying to reach".
func (c *Caption) governor(p english.Parsed, from int) int {
	start := from
	for start > 0 && (p.Tags[start-1] == english.Preposition || p.Words[start-1].Lower == "top" || p.Words[start-1].Lower == "front" || p.Words[start-1].Lower == "next") {
		start--
	}
	for start > 1 && p.Tags[start-1] == english.Verb && p.Words[start-2].Lower == "to" { // "trying to reach"
		start -= 2
	}
	if start > 0 && (p.Tags[start-1] == english.Gerund || p.Tags[start-1] == english.Past) && !posture.Has(c.en.VerbBase(p.Words[start-1].Lower)) {
		start--
		if start > 0 && (p.Tags[start-1] == english.Auxiliary || p.Words[start-1].Lower == ",") {
			start--
		}
	}
	return start
}

// posture verbs stand without what follows them.
const posture english.List = "sit stand lie lay walk run sleep fly swim rest hang jump play"

// removeSubject removes what the caption is about. What remains is the
// place: "a person sitting at the seaside with rocks" becomes "a seaside with
// rocks".
func (c *Caption) removeSubject(p english.Parsed, end int) {
	if next := p.Words[end].Lower; next == "and" || next == "," {
		c.Splice(0, end+1, nil)
		return
	}
	if at, ok := c.nextBeing(p, end); ok {
		c.Splice(0, at, nil)
		return
	}
	for _, n := range p.Nouns {
		at := n.Start
		if at <= end || p.Tags[at-1] != english.Preposition || p.Words[at-1].Lower == "with" || p.Words[at-1].Lower == "of" {
			continue
		}
		if lex := c.en; lex.Is(p.Words[n.Head].Lower, lexicon.Garment) || lex.Is(p.Words[n.Head].Lower, lexicon.BodyPart) {
			continue
		}
		c.Splice(0, at, nil)
		if w := c.words[0]; w.Lower == "the" && w.Text != "the" {
			w.Text = "A"
		}
		return
	}
	c.Splice(0, end, nil)
}

// nextBeing is where the being starts that stands beside the subject, which ends at
// end, where only what the subject has is between them.
func (c *Caption) nextBeing(p english.Parsed, end int) (int, bool) {
	if end >= len(p.Words) || !leads.Has(p.Words[end].Lower) {
		return 0, false
	}
	for _, n := range p.Nouns {
		switch head := p.Words[n.Head].Lower; {
		case n.Start < end:
		case c.en.Animate(head):
			return n.Start, p.Words[n.Start-1].Lower == "and" || p.Words[n.Start-1].Lower == ","
		case p.Words[n.Start-1].Lower != "and" && p.Words[n.Start-1].Lower != "," && !leads.Has(p.Words[n.Start-1].Lower):
			return 0, false
		}
	}
	return 0, false
}

// RemoveBackground takes out the phrase that ends in "background"; it tells
// whether there is one.
func (c *Caption) RemoveBackground() bool {
	p := c.Parse()
	for i, t := range p.Words {
		if t.Lower != "background" || i == 0 {
			continue
		}
		for _, n := range p.Nouns {
			if n.Head == i {
				c.Splice(c.governor(p, n.Start), i+1, nil)
				return true
			}
		}
	}
	return false
}
