package caption

import "pentimento/dialogue/english"

// StartsThing tells whether words can be a thing: they hold a noun phrase and do
// not begin with a preposition or a connective.
func (c *Caption) StartsThing(y english.Words) bool {
	t := c.en.Guess(y[0])
	if t == english.Preposition || t == english.Conjunction || t == english.Mark {
		return false
	}
	return len(c.en.Parse(y).Nouns) > 0
}

// Split tries the ways to cut words into what is named and what it should be
// ("her hair | red"), the likeliest first, until try accepts one.
func (c *Caption) Split(z english.Words, try func(x, y english.Words) bool) bool {
	if z.StartsWith("one", "of") {
		if n := c.en.LeadingGroup(z[2:]); n > 0 && len(c.Several(z[2:2+n])) > 1 && try(z[:2+n], z[2+n:]) {
			return true
		}
	}
	if n := c.en.LeadingGroup(z); n > 0 && len(c.Several(z[:n])) > 1 && try(z[:n], z[n:]) {
		return true
	}
	if len(z) > 2 && inRow.Has(z[1].Lower) && z[2].Lower != "one" && c.IsReference(z[:2]) && try(z[:2], z[2:]) { // "the other | red"
		return true
	}
	if n := len(z) - 2; n > 0 && english.Directions.Has(z[n+1].Lower) { // "the zebra | face left"
		if can := c.en.Possible(z[n].Lower); can.Verb >= 0 && c.IsReference(z[:n]) && try(z[:n], z[n:]) {
			return true
		}
	}
	for n := 2; n < len(z); n++ { // "a woman in a gown | stand near the cake"
		can := c.en.Possible(z[n].Lower)
		if can.Verb > max(can.Noun, can.Adjective, 0) && !can.Gerund && !can.Past && c.en.Guess(z[n-1]) == english.Noun && c.IsReference(z[:n]) && !c.namesExactly(z[:n+1]) && try(z[:n], z[n:]) {
			return true
		}
	}
	first, ok := c.leadingPhrase(z)
	if ok && first < len(z) && try(z[:first], z[first:]) {
		return true
	}
	for n := 1; n < len(z); n++ {
		if n != first && c.IsReference(z[:n]) && !c.cutsPhrase(z, n) && try(z[:n], z[n:]) {
			return true
		}
	}
	return false
}

// cutsPhrase tells whether a cut would leave a possessive or an adjective
// without its noun: "her | hair red".
func (c *Caption) cutsPhrase(z english.Words, n int) bool {
	last := z[n-1].Lower
	if english.Closed(last) && english.ClassOf(last) != english.Pronoun && !(english.Pronouns.Has(last) && len(z) == n+1) || last == "her" && len(z) > n+1 {
		can := c.en.Possible(z[n].Lower)
		return can.Noun >= can.Verb
	}
	return c.en.Guess(z[n-1]) == english.Adjective && c.en.Guess(z[n]) == english.Noun
}

// leadingPhrase is how many words the noun phrase or pronoun at the front takes.
func (c *Caption) leadingPhrase(y english.Words) (int, bool) {
	if len(y) == 0 {
		return 0, false
	}
	p := c.en.Parse(y)
	if english.Pronouns.Has(y[0].Lower) && (p.Tags[0] == english.Pronoun || len(y) == 1) {
		return 1, true
	}
	n, ok := p.Main()
	if !ok || n.Start != 0 {
		return 0, false
	}
	if cut := c.verbInside(p, n); cut > 0 {
		return cut, true
	}
	return n.End, true
}

// verbInside finds the verb that was taken for the last part of a compound noun:
// "the zebra look at …". The caption settles it: it has a zebra and no zebra
// look.
func (c *Caption) verbInside(p english.Parsed, n english.NounPhrase) int {
	if c.namesExactly(p.Words[:n.End]) {
		return 0
	}
	for i := n.Core + 1; i <= n.Head; i++ {
		if c.en.Possible(p.Words[i].Lower).Verb >= 0 && c.namesExactly(p.Words[:i]) {
			return i
		}
	}
	return 0
}

// namesExactly tells whether the caption has the phrase's noun itself.
func (c *Caption) namesExactly(phrase english.Words) bool {
	r := c.Resolve(phrase)
	return r.Found && r.To == r.NP.Head+1 && c.en.Likeness(r.Head, r.Noun) > 9
}

// SubjectAndVerb splits "let the cat wear a bow tie" before its verb, if the
// caption names the subject.
func (c *Caption) SubjectAndVerb(y english.Words) (subject, rest english.Words, ok bool) {
	for _, lead := range [...]string{"let", "have", "make", "get"} {
		if y.StartsWith(lead) {
			y = y[1:]
		}
	}
	n, ok := c.leadingPhrase(y)
	if !ok || n >= len(y) || !c.en.StartsVerb(y[n:]) {
		return nil, nil, false
	}
	if r := c.Resolve(y[:n]); !r.Found && !r.Whole {
		return nil, nil, false
	}
	return y[:n], y[n:], true
}

// IsReference tells whether words can name something: a pronoun, or one noun
// phrase without a verb.
func (c *Caption) IsReference(x english.Words) bool {
	if len(x) == 1 && english.Pronouns.Has(x[0].Lower) {
		return true
	}
	if len(c.Several(x)) > 1 || len(x) > 2 && x.StartsWith("one", "of") && len(c.Several(x[2:])) > 1 {
		return true
	}
	if len(c.clothesOf(c.Parse(), x)) == 1 {
		return true
	}
	if one, ok := c.resolveOne(c.Parse(), Referent{Phrase: x}); ok && one.Found {
		return true
	}
	if len(x) == 2 && x[0].Lower == "the" && inRow.Has(x[1].Lower) && c.Resolve(x).Found {
		return true
	}
	p := c.en.Parse(x)
	n, ok := p.Main()
	if !ok || n.Start > 3 {
		return false
	}
	for i := n.End; i < len(x); i++ {
		if p.Tags[i] == english.Verb || p.Tags[i] == english.Auxiliary || p.Tags[i] == english.Mark {
			return false
		}
	}
	return true
}
