package dialogue

// splits tries the ways to cut words into what is named and what it should be
// ("her hair | red"), first after the noun phrase that they begin with.
func (d *draft) splits(z []token, try func(x, y []token) bool) bool {
	if n := len(z) - 2; n > 0 && direction.has(z[n+1].lower) { // "the zebra | face left"
		if can := possible(d.p.lex, z[n].lower); can.verb >= 0 && d.isReference(z[:n]) && try(z[:n], z[n:]) {
			return true
		}
	}
	for n := 2; n < len(z); n++ { // "a woman in a gown | stand near the cake"
		can := possible(d.p.lex, z[n].lower)
		if can.verb > max(can.noun, can.adjective, 0) && !can.gerund && !can.past && guess(d.p.lex, z[n-1]) == noun && d.isReference(z[:n]) && !d.namesExactly(z[:n+1]) && try(z[:n], z[n:]) {
			return true
		}
	}
	first, ok := d.leadingPhrase(z)
	if ok && first < len(z) && try(z[:first], z[first:]) {
		return true
	}
	for n := 1; n < len(z); n++ {
		if n != first && d.isReference(z[:n]) && !d.cutsPhrase(z, n) && try(z[:n], z[n:]) {
			return true
		}
	}
	return false
}

// cutsPhrase tells whether a cut would leave a possessive or an adjective
// without its noun: "her | hair red".
func (d *draft) cutsPhrase(z []token, n int) bool {
	last := z[n-1].lower
	if t, ok := closedTag(last); ok && t != pronoun && !(pronouns.has(last) && len(z) == n+1) || last == "her" && len(z) > n+1 {
		can := possible(d.p.lex, z[n].lower)
		return can.noun >= can.verb
	}
	return guess(d.p.lex, z[n-1]) == adjective && guess(d.p.lex, z[n]) == noun
}

const direction wordList = "left right up down away forward backward forwards backwards straight sideways around"

// leadingPhrase is how many words the noun phrase or pronoun at the front takes.
func (d *draft) leadingPhrase(y []token) (int, bool) {
	if len(y) == 0 {
		return 0, false
	}
	p := parse(d.p.lex, y)
	if pronouns.has(y[0].lower) && (p.tags[0] == pronoun || len(y) == 1) {
		return 1, true
	}
	n, ok := mainPhrase(p)
	if !ok || n.start != 0 {
		return 0, false
	}
	if cut := d.verbInside(p, n); cut > 0 {
		return cut, true
	}
	return n.end, true
}

// verbInside finds the verb that was taken for the last part of a compound noun:
// "the zebra look at …". The caption settles it: it has a zebra and no zebra
// look.
func (d *draft) verbInside(p parsed, n nounPhrase) int {
	if d.namesExactly(p.tokens[:n.end]) {
		return 0
	}
	for i := n.core + 1; i <= n.head; i++ {
		if possible(d.p.lex, p.tokens[i].lower).verb >= 0 && d.namesExactly(p.tokens[:i]) {
			return i
		}
	}
	return 0
}

// namesExactly tells whether the caption has the phrase's noun itself.
func (d *draft) namesExactly(phrase []token) bool {
	r := d.resolve(phrase)
	return r.found && r.to == r.np.head+1 && d.likeness(r.head, r.noun) > 9
}

// subjectAndVerb splits "the cat wear a bow tie" after the subject, which the
// caption must name.
func (d *draft) subjectAndVerb(y []token) (subject, rest []token, ok bool) {
	for _, lead := range phrases("let", "have", "make", "get") {
		if startsWith(y, lead) {
			y = y[1:]
		}
	}
	n, ok := d.leadingPhrase(y)
	if !ok || n >= len(y) || !d.p.startsVerb(y[n:]) {
		return nil, nil, false
	}
	if r := d.resolve(y[:n]); !r.found && !r.whole {
		return nil, nil, false
	}
	return y[:n], y[n:], true
}

func (p *Planner) startsVerb(y []token) bool {
	if len(y) == 0 || y[0].mark {
		return false
	}
	if y[0].lower == "be" || y[0].lower == "have" || y[0].lower == "wear" || y[0].lower == "wearing" || y[0].lower == "holding" || y[0].lower == "doing" {
		return true
	}
	if closedWord(y[0].lower) {
		return false
	}
	can := possible(p.lex, y[0].lower)
	return can.verb >= 0 && (can.gerund || can.verb >= can.noun || len(y) > 1 && can.adjective < can.verb)
}

// isReference tells whether words can name something: a pronoun or one noun
// phrase.
func (d *draft) isReference(x []token) bool {
	if len(x) == 1 && pronouns.has(x[0].lower) {
		return true
	}
	p := parse(d.p.lex, x)
	n, ok := mainPhrase(p)
	if !ok || n.start > 3 {
		return false
	}
	for i := n.end; i < len(x); i++ {
		if p.tags[i] == verb || p.tags[i] == auxiliary || p.tags[i] == mark {
			return false
		}
	}
	return true
}
