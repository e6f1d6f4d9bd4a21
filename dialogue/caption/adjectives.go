package caption

import "pentimento/dialogue/english"

// Opposite is an adjective of the caption on the scale of the one that was
// spoken: "short" for "long". It is nil if there is none.
func (c *Caption) Opposite(spoken english.Words) english.Words {
	for _, t := range c.Words() {
		if len(spoken) == 1 && !t.Mark && !english.Closed(t.Lower) && t.Lower != spoken[0].Lower && c.en.SameScale(t.Lower, spoken[0].Lower) {
			return english.Words{t}
		}
	}
	return nil
}

// OnScale is the noun that has an adjective on the scale of base: for "long", the
// hair of "short hair".
func (c *Caption) OnScale(p english.Parsed, base string) (english.Words, bool) {
	if c.en.IsColour(base) {
		return nil, false
	}
	for _, n := range p.Nouns {
		for i := n.Start; i < n.Head; i++ {
			if p.Tags[i] == english.Adjective && c.en.SameScale(p.Words[i].Lower, base) {
				return english.Words{p.Words[n.Head]}, true
			}
		}
	}
	return nil, false
}

// ColourIn is the index of the colour in a noun phrase; -1 if there is none, or if
// it has a shade already.
func (c *Caption) ColourIn(p english.Parsed, n english.NounPhrase) int {
	for i := n.Start; i < n.Head; i++ {
		if c.en.IsColour(p.Words[i].Lower) {
			if i > n.Start && english.Shades.Has(p.Words[i-1].Lower) {
				return -1
			}
			return i
		}
	}
	return -1
}

// Describe gives a noun phrase adjectives: in the place of those that the caption
// has on their scale, which are returned, else where English has them. changed is
// unset where the caption says so already.
func (c *Caption) Describe(n english.NounPhrase, adjectives english.Words) (was english.Words, changed bool) {
	p := c.Parse()
	if from, to, ok := c.clashing(p, n, adjectives); ok {
		was = p.Words[from:to]
		if adjectives.Lower() == was.Lower() {
			return was, false
		}
		c.Splice(from, to, adjectives)
		return was, true
	}
	at := c.adjectivePlace(p, n, adjectives[0].Lower)
	c.Splice(at, at, adjectives)
	return nil, true
}

// clashing is where a noun phrase has words on the scale of the new ones.
func (c *Caption) clashing(p english.Parsed, n english.NounPhrase, group english.Words) (from, to int, ok bool) {
	last := group[len(group)-1].Lower
	for i := p.SkipDeterminer(n); i < n.Head; i++ {
		if c.en.IsColour(last) && !english.Shades.Has(last) && c.en.SameScale(p.Words[i].Lower, "old") && !c.en.IsColour(p.Words[i].Lower) {
			continue // "yellow" also means old
		}
		if n.Owner >= 0 && i <= n.Owner+1 || !c.en.SameScale(p.Words[i].Lower, last) && !c.en.OneKind(p.Words[i].Lower, last) {
			continue
		}
		from, to = i, i+1
		if to < n.Head && english.Shades.Has(p.Words[i].Lower) && c.en.IsColour(p.Words[to].Lower) && c.en.IsColour(last) {
			to++ // "dark brown" is one colour
		}
		for to+1 < n.Head && p.Words[to].Lower == "and" && c.en.SameScale(p.Words[to+1].Lower, last) {
			to += 2
		}
		if from > n.Start && english.Shades.Has(p.Words[from-1].Lower) {
			from--
		}
		return from, to, true
	}
	return 0, 0, false
}

// adjectivePlace is where an adjective goes in a noun phrase.
func (c *Caption) adjectivePlace(p english.Parsed, n english.NounPhrase, w string) int {
	rank := c.en.AdjectiveRank(w)
	i := n.Core
	for i > n.Start && p.Tags[i-1] == english.Adjective && c.en.AdjectiveRank(p.Words[i-1].Lower) > rank {
		i--
	}
	return i
}
