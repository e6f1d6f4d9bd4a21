package caption

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// LeadFor is the connective for a thing that was added without one: "wearing" for
// clothes if somebody wears some already, else "with".
func (c *Caption) LeadFor(head string) string {
	if c.en.Is(head, lexicon.Garment) && c.Words().Has("wearing") {
		return "wearing"
	}
	return "with"
}

// Attachable tells whether a thing is what the caption's person can have or wear,
// and is not another thing in the scene.
func (c *Caption) Attachable(head string) bool {
	if _, ok := c.Person(c.Parse()); !ok {
		return false
	}
	lex := c.en
	return lex.Is(head, lexicon.Garment) || lex.CanBe(head, lexicon.BodyPart) || lex.CanBe(head, lexicon.Garment) || lex.CanBe(head, lexicon.Expression) || head == "freckles" || head == "collar" || head == "makeup" || head == "tattoo"
}

// Attach adds an item to what owner has or wears, or the caption's person where
// owner is nil: to the list after the connective lead ("with", "wearing"), else
// as a new one.
func (c *Caption) Attach(owner *english.NounPhrase, item english.Words, lead string) bool {
	p := c.Parse()
	n, ok := c.Person(p)
	if owner != nil {
		n, ok = *owner, true
	}
	if !ok {
		return c.AttachScene(item, lead)
	}
	at := c.after(p, n)
	lists := c.lists(p, at)
	if owner != nil && !c.en.Animate(p.Words[n.Head].Lower) {
		lists = slices.DeleteFunc(lists, func(l list) bool { // a dress has no dog
			first, ok := p.At(l.start + 1)
			return ok && c.en.Animate(p.Words[first.Head].Lower)
		})
	}
	if owner == nil && len(lists) == 0 && lead == "with" {
		lists = c.farLists(p, at)
	}
	if l, ok := c.fitting(p, lists, item, lead); ok {
		c.extend(p, l, item)
		return true
	}
	if lead == "wearing" && len(lists) > 0 {
		at = lists[len(lists)-1].end
	}
	c.Splice(at, at, slices.Concat(english.Tokenise(lead), item))
	c.Attend(at + len(item))
	return true
}

// Append writes words at the end, before what ends a caption (time, style, a full
// stop).
func (c *Caption) Append(words english.Words) {
	end := c.Tail(c.Parse())
	c.Splice(end, end, words)
}

// Follow writes words after a noun phrase and its "of": after "a group of people".
func (c *Caption) Follow(n english.NounPhrase, words english.Words) {
	at := c.after(c.Parse(), n)
	c.Splice(at, at, words)
}

// AttachScene adds an item to the scene, with the connective lead: to the list
// that ends the caption, else before its tail.
func (c *Caption) AttachScene(item english.Words, lead string) bool {
	p := c.Parse()
	end := c.Tail(p)
	for i := range p.Words[:end] {
		if p.Words[i].Lower != lead {
			continue
		}
		if ls := c.lists(p, i); len(ls) > 0 && ls[len(ls)-1].end == end {
			c.extend(p, ls[len(ls)-1], item)
			return true
		}
	}
	c.Splice(end, end, slices.Concat(english.Tokenise(lead), item))
	c.Attend(end + len(item))
	return true
}
