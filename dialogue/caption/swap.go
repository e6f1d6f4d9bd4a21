package caption

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// Replace puts a noun phrase in the place of a referent's words. Adjectives of
// the caption stay unless the new phrase excludes them, and the article agrees
// with the new noun.
func (c *Caption) Replace(what Referent, thing english.Parsed, name english.NounPhrase) {
	p := c.Parse()
	n := what.NP
	start := name.Start
	for start < name.Head && (thing.Tags[start] == english.Determiner || thing.Tags[start] == english.Number || thing.Tags[start] == english.Possessive && thing.Words[start].Lower != "'s") {
		start++
	}
	from := min(what.From, n.Core)
	if what.To <= n.Head { // a compound's first part answered
		from = what.From
	}
	// From right to left, so that the indices of what is left to do stay right.
	c.Splice(from, what.To, thing.Words[start:])
	end := from + name.Head - start
	first := n.Start
	if n.Owner >= 0 && n.Owner < from {
		first = n.Owner + 2
	}
	for i := from - 1; i >= first; i-- {
		describes := p.Tags[i] == english.Adjective || p.Tags[i] == english.Gerund || c.en.IsMoment(p.Words[i:i+1])
		if describes && c.excluded(p.Words[i].Lower, thing, name) {
			c.Splice(i, i+1, nil)
			end--
		}
	}
	if first == n.Start {
		length := p.Determiners(n)
		article := c.articleFor(p, n, thing.Words[name.Start:start], thing.Words[name.Head])
		c.Splice(n.Start, n.Start+length, article)
		end += len(article) - length
	}
	c.Attend(end)
}

// Count says of a noun of the caption how many there are, as the new phrase of the
// same noun does: "two red sports cars" for "a red sports car". Other adjectives of
// the new phrase take the place of those that they exclude.
func (c *Caption) Count(what Referent, thing english.Parsed, name english.NounPhrase) {
	what.From = what.NP.Head
	what.NP.Core = what.NP.Head
	c.Replace(what, thing, name)
}

// Fill says what something holds: in the place of what the caption says that it is
// "of".
func (c *Caption) Fill(holder Referent, thing english.Parsed, name english.NounPhrase) {
	p := c.Parse()
	at := holder.NP.End
	if at < len(p.Words) && p.Words[at].Lower == "of" {
		if n, ok := p.At(at + 1); ok {
			c.Replace(Referent{}.At(p, n), thing, name)
			return
		}
	}
	c.Splice(at, at, slices.Concat(english.Tokenise("of"), thing.Words))
	c.Attend(at + 1 + name.Head)
}

// excluded tells whether an adjective of the caption cannot stand beside the new
// noun phrase's own.
func (c *Caption) excluded(w string, thing english.Parsed, name english.NounPhrase) bool {
	return slices.ContainsFunc(thing.Words[name.Start:name.Head], func(t english.Token) bool {
		of := func(l english.List) bool { return l.Has(w) && l.Has(t.Lower) }
		return t.Lower == w || c.en.SameScale(w, t.Lower) || of(english.SeasonWords) || of(english.TimeWords)
	})
}

// articleFor chooses the determiner of a swapped noun phrase: the caption's own
// where it agrees with the new noun in number.
func (c *Caption) articleFor(p english.Parsed, n english.NounPhrase, spoken english.Words, named english.Token) english.Words {
	head := named.Lower
	plural := c.en.IsPlural(head)
	old := p.Words[n.Start : n.Start+p.Determiners(n)]
	if n.Start > 0 && p.Tags[n.Start-1] == english.Mark && p.Words[n.Start-1].Lower != "," && len(old) == 0 {
		return nil // a quotation mark: the article is before it
	}
	indefinite := len(old) > 0 && (old[0].Lower == "a" || old[0].Lower == "an")
	switch {
	case len(spoken) > 0 && spoken[0].Lower != "a" && spoken[0].Lower != "an" && spoken[0].Lower != "the" && spoken[0].Lower != "some":
		return spoken // "his", "two"
	case indefinite && (plural || len(spoken) == 0 && c.en.MassNoun(head)):
		return nil
	case len(old) > 0 && !indefinite && old[0].Lower != "the" && !plural && len(spoken) > 0:
		return spoken // "two dogs" → "a cat"
	case len(old) > 0:
		return old
	case len(spoken) > 0 && (spoken[0].Lower != "the" || c.en.Is(head, lexicon.Place)):
		return spoken
	case len(spoken) == 0 && !english.StartsUpper(named.Text) && !plural && c.en.IsPlural(p.Words[n.Head].Lower) && !c.en.MassNoun(head) && !c.en.IsColour(head):
		return english.Tokenise("a") // "weights" → "car tire"
	}
	return nil
}
