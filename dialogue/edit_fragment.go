package dialogue

import (
	"pentimento/dialogue/lexicon"
	"strings"
)

// fragment answers words without a verb: "red", "a hat", "blue eyes", "aerial
// view".
func fragment(d *draft, m match) bool {
	x := m["x"]
	if len(x) > 12 {
		return false
	}
	p := parse(d.p.lex, x)
	switch {
	case oneOfThem(x) && len(x) > 1 && d.p.isAdjectival(d.p.bareAdjectives(x[:len(x)-1])):
		words := d.p.bareAdjectives(x[:len(x)-1])
		return d.replaceLast(words) || d.caption.focusIndex() >= 0 && d.setAdjectives(tokenise("it"), words)
	case d.p.isStyle(x):
		return d.setStyle(x, d.correction)
	case d.correction && d.swapLastVerb(x):
		return true
	case d.p.isMoment(x):
		return d.setTime(x)
	case d.p.isAdjectival(x):
		return d.replaceLast(x) || d.describeSomething(x)
	case p.tags[0] == preposition && len(x) > 1:
		if name, ok := mainPhrase(p); ok && d.p.lex.Is(p.tokens[name.head].lower, lexicon.Place) && x[0].lower != "with" {
			return d.setScene(x)
		}
		end := d.tail(d.caption.parse())
		d.caption.splice(end, end, x)
		d.widen(Global)
		d.because("say " + phraseText(x))
		return true
	}
	if things := d.items(x); len(things) > 1 {
		return d.fragments(things)
	}
	name, ok := mainPhrase(p)
	if ok && name.start == 0 && name.end < len(x) && p.tags[name.end] == gerund { // "the cat sleeping"
		if r := d.resolve(x[:name.end]); r.found && d.likeness(p.tokens[name.head].lower, r.noun) > 9 {
			return d.act(x[:name.end], x[name.end:])
		}
	}
	if ok && name.start == 0 && name.end < len(x) && (p.tags[name.end] == preposition || placeWord.has(x[name.end].lower)) {
		switch relation := x[name.end].lower; {
		case relation == "with":
			if r := d.resolve(x[:name.end]); r.found && d.likeness(p.tokens[name.head].lower, r.noun) > 9 {
				return d.give(x[:name.end], x[name.end+1:], "with")
			}
			return d.p.knowsAll(p, x) && d.add(x, nil, "")
		case relation == "of":
			return d.p.knowsAll(p, x) && d.add(x, nil, "")
		}
		return d.p.knowsAll(p, x) && d.addOne(x[:name.end], x[name.end:], "")
	}
	if !ok || name.start > 0 || name.end < len(x) {
		// "her hair red"
		if ok && name.start == 0 && d.p.isAdjectival(x[name.end:]) {
			return d.setAdjectives(x[:name.end], x[name.end:])
		}
		return false
	}
	if r := d.resolve(x); r.found && d.p.lemma(r.noun) == d.p.lemma(p.tokens[name.head].lower) && name.head > name.start {
		return d.respecify(r, p, name)
	}
	if !d.p.knowsAll(p, x) {
		return false
	}
	if d.replaceLast(x) || d.correction && d.swapLast(x) {
		return true
	}
	return d.add(x, nil, "")
}

// fragments understands a list without a verb: "red hair and glasses".
func (d *draft) fragments(things [][]token) bool {
	for _, thing := range things {
		if !fragment(d, match{"x": thing}) {
			return false
		}
	}
	return true
}

// describeSomething finds the noun for adjectives that were said alone. A colour is
// for what was edited last, or for the one thing that has a colour; else the
// bot asks.
func (d *draft) describeSomething(x []token) bool {
	words := d.p.bareAdjectives(x)
	if d.caption.focusIndex() < 0 && lower(phraseText(words)) == "black and white" {
		return d.setStyle(words, false)
	}
	of := d.bearer(words)
	if len(of) > 1 || d.caption.focusIndex() >= 0 || len(words) == 0 || !d.p.lex.IsColour(words[len(words)-1].lower) {
		return len(words) > 0 && d.setAdjectives(of, words)
	}
	p := d.caption.parse()
	var coloured, things []nounPhrase
	for _, n := range p.nouns {
		if d.colourIn(p, n) >= 0 {
			coloured = append(coloured, n)
		}
		if !d.p.lex.Is(p.tokens[n.head].lower, lexicon.Person) && n.owner < 0 {
			things = append(things, n)
		}
	}
	if len(coloured) == 1 {
		return d.modify(found(referent{}, p, coloured[0]), words)
	}
	if len(coloured) > 1 {
		things = coloured
	}
	if len(things) < 2 {
		return d.setAdjectives(of, words)
	}
	return d.ask(d.whichOf(referent{np: things[0], rivals: things[1:]}, words))
}

// knowsAll tells whether every word is English: a fragment of unknown words
// is not understood rather than drawn.
func (p *Planner) knowsAll(q parsed, x []token) bool {
	for _, t := range x {
		if t.mark || closedWord(t.lower) {
			continue
		}
		if _, ok := p.lex.Lookup(p.lemma(t.lower)); !ok {
			if _, ok := p.lex.Lookup(t.lower); !ok && !strings.Contains(t.lower, "-") {
				return false
			}
		}
	}
	return true
}

// replaceLast puts words in the place of those that the turn before put in, if
// they are of the same sort: "no, brown".
func (d *draft) replaceLast(x []token) bool {
	last := d.lastWords()
	if len(last) == 0 {
		return false
	}
	p := d.caption.parse()
	words := d.p.bareAdjectives(x)
	if len(words) == 0 {
		return false
	}
	fresh := words[len(words)-1].lower
	for _, i := range last {
		if d.p.lex.SameScale(p.tokens[i].lower, fresh) || d.p.oneKind(p.tokens[i].lower, fresh) {
			d.caption.splice(i, i+1, words)
			d.because("in place of " + p.tokens[i].lower)
			d.widen(Appearance)
			return true
		}
	}
	return false
}
