package caption

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// A MomentSpan is the words [Start, End) with which a caption says when it is or
// what the weather is like: "at sunset", "under a cloudy sky".
type MomentSpan struct{ Start, End int }

// after is where words about a noun phrase go: after it and its "of": "a group
// of people".
func (c *Caption) after(p english.Parsed, n english.NounPhrase) int {
	whole := p.Whole(n)
	if c.en.CanBe(p.Words[whole.Head].Lower, lexicon.Picture) {
		return whole.End
	}
	_, end := c.extent(p, whole)
	return end
}

// AlreadyThere tells whether the caption names a thing with all of its
// adjectives.
func (c *Caption) AlreadyThere(thing english.Parsed, name english.NounPhrase) bool {
	p := c.Parse()
	if first := thing.Words[name.Start].Lower; first == "another" || first == "more" {
		return false
	}
	for _, n := range p.Nouns {
		if c.en.Lemma(p.Words[n.Head].Lower) != c.en.Lemma(thing.Words[name.Head].Lower) {
			continue
		}
		all := true
		for i := name.Start; i < name.Head; i++ {
			same := func(t english.Token) bool { return c.en.Lemma(t.Lower) == c.en.Lemma(thing.Words[i].Lower) }
			all = all && (thing.Tags[i] == english.Determiner || slices.ContainsFunc(p.Words[n.Start:n.Head], same))
		}
		if all && name.End == len(thing.Words) {
			return true
		}
	}
	return false
}

// Tail is the index before which additions go: that of the time, the style or the
// full stop that ends the caption, or its end.
func (c *Caption) Tail(p english.Parsed) int {
	end := len(p.Words)
	for end > 0 && p.Tags[end-1] == english.Mark {
		end--
	}
	cut := end
	for _, m := range slices.Backward(c.Moments(p)) {
		if m.End == cut && m.Start > 0 {
			cut = m.Start
		}
	}
	if cut < end {
		return cut
	}
	if i := slices.IndexFunc(p.Words[:end], func(t english.Token) bool { return t.Lower == "," }); i > 0 && c.en.IsStyle(p.Words[i+1:end]) {
		return i
	}
	return end
}

// Moment finds what a caption says about time and weather, the last if it says
// several things.
func (c *Caption) Moment(p english.Parsed) (MomentSpan, bool) {
	all := c.Moments(p)
	if len(all) == 0 {
		return MomentSpan{}, false
	}
	return all[len(all)-1], true
}

// Moments are all that a caption says about time and weather, in its order.
func (c *Caption) Moments(p english.Parsed) []MomentSpan {
	var all []MomentSpan
	for _, n := range p.Nouns {
		if n.Start == 0 || p.Tags[n.Start-1] != english.Preposition || n.Owner >= 0 {
			continue
		}
		if relation := p.Words[n.Start-1].Lower; relation == "with" || relation == "of" || relation == "from" || relation == "to" {
			continue
		}
		if c.en.IsMoment(p.Words[n.Start:n.End]) {
			all = append(all, MomentSpan{n.Start - 1, n.End})
		}
	}
	start := 0
	for i := 0; i <= len(p.Words); i++ { // ", sunny"
		if i < len(p.Words) && p.Words[i].Lower != "," {
			continue
		}
		if start > 0 && i-start < 3 && i > start && p.Words[i-1].Lower != "light" && p.Tags[start] != english.Preposition && c.en.IsMoment(p.Words[start:i]) {
			all = append(all, MomentSpan{start, i})
		}
		start = i + 1
	}
	return all
}

// extent is the noun phrase with what hangs on it: "of cookies" after "a jar".
func (c *Caption) extent(p english.Parsed, n english.NounPhrase) (from, to int) {
	from, to = n.Start, n.End
	for to < len(p.Words) && p.Words[to].Lower == "of" {
		next, ok := p.At(to + 1)
		if !ok {
			break
		}
		to = next.End
	}
	// "a bouquet of roses": taking out the roses takes out the bouquet.
	if from > 1 && p.Words[from-1].Lower == "of" {
		for _, outer := range p.Nouns {
			if outer.End == from-1 && !c.en.Is(p.Words[outer.Head].Lower, lexicon.Picture) {
				from = outer.Start
			}
		}
	}
	return from, to
}

// Subject is the noun phrase of what the caption is about: the first, or in "a
// picture of a cat" the cat.
func (c *Caption) Subject(p english.Parsed) (english.NounPhrase, bool) {
	for i, n := range p.Nouns {
		about := n.End < len(p.Words) && p.Words[n.End].Lower == "of" && c.en.Is(p.Words[n.Head].Lower, lexicon.Picture)
		if !about || i+1 == len(p.Nouns) {
			return p.Whole(n), true
		}
	}
	return english.NounPhrase{}, false
}

// IsModifier tells whether an adjective before a noun was spoken of, and not the
// noun: "the rusty".
func (c *Caption) IsModifier(what Referent) bool {
	p := c.Parse()
	return what.To <= what.NP.Head && what.To == what.From+1 && (p.Tags[what.From] == english.Adjective || p.Tags[what.From] == english.Gerund)
}

// InMoment tells whether a referent is part of what the caption says about time
// or weather.
func (c *Caption) InMoment(what Referent) bool {
	m, ok := c.Moment(c.Parse())
	return ok && m.Start <= what.From && what.From < m.End
}

// Person is the first noun phrase about a person, else the first about an animal.
func (c *Caption) Person(p english.Parsed) (english.NounPhrase, bool) {
	for _, kind := range []lexicon.Kind{lexicon.Person, lexicon.Animal} {
		for _, n := range p.Nouns {
			if c.en.Is(p.Words[n.Head].Lower, kind) {
				return n, true
			}
		}
	}
	return english.NounPhrase{}, false
}
