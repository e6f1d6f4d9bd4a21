package caption

import (
	"slices"

	"pentimento/dialogue/english"
)

// PlaceAction writes a participle phrase after a noun phrase:
// in the place of a verb that says the same kind of thing, before one that
// goes on.
func (c *Caption) PlaceAction(n english.NounPhrase, action english.Words) {
	p := c.Parse()
	at := c.after(p, n)
	if c.restate(p, at, action) {
		return
	}
	next := c.verbAfter(p, at)
	if next > at && next == len(p.Words) {
		next = at
	}
	if next < len(p.Words) && p.Tags[next] == english.Auxiliary {
		next++
	}
	if next < len(p.Words) && (p.Tags[next] == english.Gerund || p.Tags[next] == english.Past || p.Tags[next] == english.Verb) {
		object := next+1 < len(p.Words) && p.Tags[next+1] != english.Preposition && p.Tags[next+1] != english.Mark && p.Tags[next+1] != english.Conjunction
		if !object {
			c.replaceVerb(p, next, action)
			return
		}
		if p.Tags[next] == english.Gerund && !object || p.Tags[next] == english.Gerund && next == at {
			c.Splice(at, at, slices.Concat(action, english.Tokenise("and")))
			return
		}
		end := c.Tail(p)
		c.Splice(end, end, slices.Concat(english.Tokenise(","), action))
		return
	}
	c.Splice(at, at, action)
}

// restate changes what the caption says of the same doing: "painting a horse on a
// car" where it has "painting a horse on a wall". As many noun phrases are
// replaced as the action brings.
func (c *Caption) restate(p english.Parsed, at int, action english.Words) bool {
	base := c.en.VerbBase(action[0].Lower)
	spoken := c.en.Parse(action)
	for i := at; i < min(len(p.Words), at+reach); i++ {
		if p.Tags[i] == english.Noun && i >= at+near && c.en.Animate(p.Words[i].Lower) {
			return false // it is what somebody else does
		}
		if p.Tags[i] != english.Gerund && p.Tags[i] != english.Verb || c.en.VerbBase(p.Words[i].Lower) != base {
			continue
		}
		end := i + 1
		for _, said := range spoken.Nouns {
			placed := said.Start > 0 && spoken.Tags[said.Start-1] == english.Preposition
			next := end
			for next < len(p.Tags) && p.Tags[next] == english.Preposition {
				next++
			}
			n, ok := p.At(next)
			if ok && placed && next == end {
				return c.goesOn(p, n, action)
			}
			if !ok || placed != (next > end) {
				break
			}
			end = n.End
		}
		c.Splice(i+1, end, action[1:])
		return true
	}
	return false
}

// near and reach are how many words behind a noun phrase the verb of its own may
// stand, and where nobody else is named in between.
const near, reach = 6, 16

// goesOn adds to what is done to something where it is done: "riding a
// horse" through a village.
func (c *Caption) goesOn(p english.Parsed, object english.NounPhrase, action english.Words) bool {
	_, end := c.extent(p, object)
	c.Splice(end, end, action[1:])
	return true
}

// verbAfter is where the verb of a noun phrase stands that ends at at: past its
// prepositional phrases ("two women in kimonos walk"). It is at itself where
// there is none.
func (c *Caption) verbAfter(p english.Parsed, at int) int {
	i := at
	for i < len(p.Words) && p.Tags[i] == english.Preposition && i < at+8 {
		n, ok := p.At(i + 1)
		if !ok {
			return at
		}
		i = n.End
	}
	if i < len(p.Words) && (p.Tags[i] == english.Verb || p.Tags[i] == english.Gerund || p.Tags[i] == english.Auxiliary) && p.Words[i].Lower != "wearing" {
		return i
	}
	return at
}

// replaceVerb puts an action in the place of the verb at i, and of its place
// phrase where the action brings its own.
func (c *Caption) replaceVerb(p english.Parsed, i int, action english.Words) {
	end := i + 1
	if c.bringsPlace(action) && end < len(p.Words) && p.Tags[end] == english.Preposition {
		for end < len(p.Words) && p.Tags[end] != english.Noun && p.Tags[end] != english.Mark {
			end++
		}
		for end < len(p.Words) && p.Tags[end] == english.Noun {
			end++
		}
	}
	c.Splice(i, end, action)
}

// bringsPlace tells whether an action says where: "lying on a bed", and not just
// "lying down".
func (c *Caption) bringsPlace(action english.Words) bool {
	p := c.en.Parse(action)
	return slices.ContainsFunc(p.Nouns, func(n english.NounPhrase) bool { return n.Start > 0 && p.Tags[n.Start-1] == english.Preposition })
}
