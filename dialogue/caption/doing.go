package caption

import (
	"slices"

	"pentimento/dialogue/english"
)

// chunk is a noun phrase with what hangs on it, and what a being has and wears.
func (c *Caption) chunk(p english.Parsed, n english.NounPhrase) (from, to int) {
	from, to = c.extent(p, p.Whole(n))
	if !c.en.Animate(p.Words[n.Head].Lower) {
		return from, to
	}
	for _, l := range c.lists(p, to) {
		if n, ok := p.At(l.start + 1); ok && (c.Attachable(p.Words[n.Head].Lower) || c.ownable(p.Words[n.Head].Lower)) {
			to = l.end
		}
	}
	return from, to
}

// DoTo says what one thing of the caption does to another, each of which stays
// named once: "chasing", of "a cat with a collar and a dog in a garden", makes "a
// dog chasing a cat with a collar in a garden".
func (c *Caption) DoTo(who, whom Referent, doing english.Words) {
	p := c.Parse()
	from, to := c.chunk(p, who.NP)
	start, end := c.chunk(p, whom.NP)
	if start < from {
		subject := slices.Clone(p.Words[from:to])
		c.cut(p, from, to)
		c.Splice(start, start, slices.Concat(subject, doing))
		c.Attend(start + who.NP.Head - from)
		return
	}
	object := slices.Clone(p.Words[start:end])
	c.cut(p, start, end)
	c.PlaceAction(who.NP, slices.Concat(doing, object))
	c.Attend(who.NP.Head)
}

// DoneBy begins the caption with somebody new who does something to its subject:
// "a dog", "chasing", of "a cat on the grass", makes "a dog chasing a cat on the
// grass".
func (c *Caption) DoneBy(who, doing english.Words) {
	c.Splice(0, 0, slices.Concat(who, doing))
	c.Attend(len(who) - 1)
}
