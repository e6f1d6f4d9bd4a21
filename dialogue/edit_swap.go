package dialogue

import (
	"fmt"
	"pentimento/dialogue/lexicon"
	"slices"
)

// swap puts the thing that to describes in the place of what the spoken phrase
// names. Adjectives that were not spoken stay, unless the new thing has
// one on their scale: "the bus" → "a truck" in "a yellow double deck bus" makes "a
// yellow truck".
func (d *draft) swap(spoken, to []token) bool {
	to = trimMarks(to)
	what := d.resolve(spoken)
	switch {
	case len(to) == 0:
		return false
	case what.scene:
		return d.setScene(to)
	case what.whole:
		return d.transform(to)
	case !what.found && what.owned && d.p.isAdjectival(to):
		return d.setAdjectives(spoken, to)
	case !what.found:
		return d.swapUnnamed(what, to)
	case d.ambiguous(what):
		return true
	case d.p.isMoment(to) && d.inMoment(what):
		return d.setTime(to)
	case d.isModifier(what) && !d.p.isMoment(to):
		return d.swapModifier(what, to)
	case d.p.isAdjectival(to) && len(to) == 1 && d.p.sameSort(what.noun, to[0].lower): // "bananas" → "orange"
	case oneOfThem(to): // "turn the handbag into a glass one"
		bare := d.p.bareAdjectives(to[:len(to)-1])
		return len(bare) > 0 && d.modify(what, bare)
	case d.p.isAdjectival(to):
		return d.setAdjectives(spoken, to)
	}
	thing := parse(d.p.lex, to)
	name, ok := mainPhrase(thing)
	if !ok {
		return false
	}
	if head := thing.tokens[name.head].lower; d.p.lex.IsColour(head) && !d.p.lex.IsColour(what.head) && !d.p.sameSort(what.noun, head) {
		return d.setAdjectives(spoken, to)
	}
	if d.p.lemma(thing.tokens[name.head].lower) == d.p.lemma(what.noun) && what.from == what.np.head && len(to) > 1 {
		return d.respecify(what, thing, name)
	}
	place := d.p.lex.Is(what.noun, lexicon.Place)
	if place {
		if p := d.caption.parse(); what.np.end < len(p.tokens) && p.tokens[what.np.end].lower == "of" {
			_, end := d.extent(p, what.np) // a desert is not "of tall grass"
			d.caption.splice(what.np.end, end, nil)
		}
	}
	d.putInPlace(what, thing, name)
	if place {
		d.mendPlace(what.np.start-1, thing.tokens[name.head].lower)
	}
	d.widen(Shape)
	d.because(fmt.Sprintf("swap %q for %q", what.head, phraseText(to)))
	return true
}

// isModifier tells whether a word before a noun was spoken, and not the noun: "the
// rusty".
func (d *draft) isModifier(what referent) bool {
	p := d.caption.parse()
	return what.to <= what.np.head && what.to == what.from+1 && (p.tags[what.from] == adjective || p.tags[what.from] == gerund)
}

// swapModifier puts other words in the place of an adjective that was spoken.
func (d *draft) swapModifier(what referent, to []token) bool {
	if len(what.rivals) > 0 && d.p.isAdjectival(to) {
		return d.ask(d.whichOf(what, d.p.bareAdjectives(to)))
	}
	thing := parse(d.p.lex, to)
	if name, ok := mainPhrase(thing); ok && d.p.lemma(thing.tokens[name.head].lower) == d.p.lemma(what.noun) {
		return d.respecify(what, thing, name) // "blond" → "red hair"
	}
	for len(to) > 1 && classOf(to[0].lower) == determiner {
		to = to[1:]
	}
	d.caption.splice(what.from, what.to, to)
	d.because(fmt.Sprintf("swap %q for %q", phraseText(what.phrase), phraseText(to)))
	d.caption.attend(d.nounAgain(d.caption.parse(), what).head)
	d.widen(Appearance)
	return true
}

// sameSort tells whether two nouns are of one kind of thing, so that a colour's
// name is the thing that it comes from: "salmon" beside steak.
func (p *Planner) sameSort(a, b string) bool {
	for _, kind := range []lexicon.Kind{lexicon.Food, lexicon.Plant, lexicon.Animal, lexicon.Garment} {
		if p.lex.CanBe(a, kind) && p.lex.CanBe(b, kind) {
			return true
		}
	}
	return false
}

// inMoment tells whether a word is part of what the caption says about time or
// weather.
func (d *draft) inMoment(what referent) bool {
	m, ok := d.moment(d.caption.parse())
	return ok && m.start <= what.from && what.from < m.end
}

// mendPlace changes the preposition at i where the new place takes another: "on a
// desert", "in a bedroom".
func (d *draft) mendPlace(i int, head string) {
	if i < 0 {
		return
	}
	w := d.caption.words[i].lower
	switch {
	case w == "on" && d.p.lex.Is(head, lexicon.Building) && !onIt.has(head):
		d.caption.splice(i, i+1, tokenise("in"))
	case w == "in" && onIt.has(head):
		d.caption.splice(i, i+1, tokenise("on"))
	}
}

func oneOfThem(to []token) bool {
	w := to[len(to)-1].lower
	return w == "one" || w == "ones"
}

// putInPlace replaces the answering words by the new noun phrase, drops the
// adjectives that the new one excludes and makes the article agree.
func (d *draft) putInPlace(what referent, thing parsed, name nounPhrase) {
	p := d.caption.parse()
	n := what.np
	start := name.start
	for start < name.head && (thing.tags[start] == determiner || thing.tags[start] == number || thing.tags[start] == possessive && thing.tokens[start].lower != "'s") {
		start++
	}
	from := min(what.from, n.core)
	if what.to <= n.head { // a compound's first part answered
		from = what.from
	}
	// From right to left, so that the indices of what is left to do stay right.
	d.caption.splice(from, what.to, thing.tokens[start:])
	end := from + name.head - start
	first := n.start
	if n.owner >= 0 && n.owner < from {
		first = n.owner + 2
	}
	for i := from - 1; i >= first; i-- {
		if (p.tags[i] == adjective || p.tags[i] == gerund) && d.excluded(p.tokens[i].lower, thing, name) {
			d.caption.splice(i, i+1, nil)
			end--
		}
	}
	if first == n.start {
		length := determiners(p, n)
		article := d.articleFor(p, n, thing.tokens[name.start:start], thing.tokens[name.head])
		d.caption.splice(n.start, n.start+length, article)
		end += len(article) - length
	}
	d.caption.attend(end)
}

// determiners is how many articles, numbers and possessives a noun phrase
// starts with.
func determiners(p parsed, n nounPhrase) int {
	i := n.start
	for i < n.head && (p.tags[i] == determiner || p.tags[i] == number || p.tags[i] == possessive && p.tokens[i].lower != "'s") {
		i++
	}
	return i - n.start
}

// excluded tells whether an adjective of the caption cannot stand beside the new
// noun phrase's own.
func (d *draft) excluded(w string, thing parsed, name nounPhrase) bool {
	return slices.ContainsFunc(thing.tokens[name.start:name.head], func(t token) bool {
		return t.lower == w || d.p.lex.SameScale(w, t.lower)
	})
}

// articleFor chooses the determiner of a swapped noun phrase: the caption's own
// where it agrees with the new noun in number.
func (d *draft) articleFor(p parsed, n nounPhrase, spoken []token, named token) []token {
	head := named.lower
	plural := d.p.lex.IsPlural(head)
	old := p.tokens[n.start : n.start+determiners(p, n)]
	if n.start > 0 && p.tags[n.start-1] == mark && p.tokens[n.start-1].lower != "," && len(old) == 0 {
		return nil // a quotation mark: the article is before it
	}
	indefinite := len(old) > 0 && (old[0].lower == "a" || old[0].lower == "an")
	switch {
	case len(spoken) > 0 && spoken[0].lower != "a" && spoken[0].lower != "an" && spoken[0].lower != "the" && spoken[0].lower != "some":
		return spoken // "his", "two"
	case indefinite && (plural || len(spoken) == 0 && d.p.massNoun(head)):
		return nil
	case len(old) > 0 && !indefinite && old[0].lower != "the" && !plural && len(spoken) > 0:
		return spoken // "two dogs" → "a cat"
	case len(old) > 0:
		return old
	case len(spoken) > 0 && (spoken[0].lower != "the" || d.p.lex.Is(head, lexicon.Place)):
		return spoken
	case len(spoken) == 0 && !startsUpper(named.text) && !plural && d.p.lex.IsPlural(p.tokens[n.head].lower) && !d.p.massNoun(head) && !d.p.lex.IsColour(head):
		return tokenise("a") // "weights" → "car tire"
	}
	return nil
}

// respecify merges a description of the same noun into the caption: "make it a
// chocolate cake" where there is a cake.
func (d *draft) respecify(what referent, thing parsed, name nounPhrase) bool {
	var modifiers []token
	for i := name.start; i < name.head; i++ {
		if thing.tags[i] == number {
			d.putInPlace(what, thing, name)
			d.widen(Shape)
			return true
		}
		if thing.tags[i] != determiner && thing.tags[i] != possessive {
			modifiers = append(modifiers, thing.tokens[i])
		}
	}
	rest := thing.tokens[name.end:]
	if len(modifiers) > 0 && !d.modify(what, modifiers) {
		return false
	}
	if n, ok := d.phraseOf(what); ok && len(rest) > 0 { // "a wave made of light"
		d.caption.splice(n.end, n.end, rest)
		d.because(fmt.Sprintf("%s %s", what.head, phraseText(rest)))
		d.widen(Appearance)
	}
	return len(modifiers)+len(rest) > 0
}

// swapUnnamed handles a swap of something that the prompt does not name. It may
// be in the picture, so the new thing is added, and the plan says what was done.
func (d *draft) swapUnnamed(what referent, to []token) bool {
	d.because(fmt.Sprintf("the prompt names no %q", phraseText(what.phrase)))
	d.undone = append(d.undone, fmt.Sprintf("taking away %q: the prompt does not name it", phraseText(what.phrase)))
	d.widen(Shape)
	return d.add(to, nil, "")
}

func swapXY(d *draft, m match) bool {
	y, rest := d.cutTail(m["y"])
	if !d.swap(m["x"], y) {
		return false
	}
	if rest != nil && d.question == nil {
		if said := d.said; !d.clause(rest) {
			d.undone = append(d.undone, fmt.Sprintf("%q was not understood", phraseText(rest)))
			d.said = said
		}
	}
	return true
}

// cutTail separates what follows a comma, which is another edit: "to a river,
// aerial view".
func (d *draft) cutTail(y []token) (head, rest []token) {
	i := slices.IndexFunc(y, func(t token) bool { return t.lower == "," })
	if i <= 0 || i+1 >= len(y) || d.p.isAdjectival(y) {
		return y, nil
	}
	return y[:i], y[i+1:]
}

// swapFrom replaces words of the caption that were spoken: "from blond to red".
func (d *draft) swapFrom(x, from, to []token) bool {
	if d.p.isMoment(to) {
		return d.setTime(to)
	}
	if d.p.isAdjectival(to) {
		return d.setAdjectives(x, to)
	}
	return d.swap(from, to)
}

func insteadOf(d *draft, m match) bool {
	y := m["y"]
	for _, lead := range phrases("make it", "make her", "make him", "give it", "give her", "give him", "have", "let it be", "add", "put", "use", "i want", "let her have", "with", "make") {
		if startsWith(y, lead) && len(y) > len(lead) {
			y = y[len(lead):]
		}
	}
	x := d.resolve(m["x"])
	if !x.found && !x.scene {
		if x = d.resolveWord(d.caption.parse(), referent{phrase: m["x"]}); !x.found {
			if subject, verb, ok := d.subjectAndVerb(y); ok {
				return d.act(subject, verb)
			}
			return d.swap(m["x"], y)
		}
	}
	// "the cat lies on a wooden floor instead of a carpet": only the end is new.
	if subject, verb, ok := d.subjectAndVerb(y); ok {
		_ = subject
		p := parse(d.p.lex, verb)
		if len(p.nouns) > 0 {
			y = verb[p.nouns[len(p.nouns)-1].start:]
		}
	}
	if x.found && len(x.rivals) > 0 && d.captionTag(x) == adjective && d.p.isAdjectival(y) {
		return d.ask(d.whichOf(x, y))
	}
	if thing := parse(d.p.lex, y); x.found && d.captionTag(x) == adjective && len(thing.nouns) == 1 && d.p.lemma(thing.tokens[thing.nouns[0].head].lower) == d.p.lemma(x.head) {
		return d.respecify(x, thing, thing.nouns[0]) // "red hair instead of blond"
	}
	if x.found && d.captionTag(x) == adjective && d.p.isAdjectival(y) {
		d.caption.splice(x.from, x.to, d.p.bareAdjectives(y))
		d.because("swap " + phraseText(m["x"]) + " for " + phraseText(y))
		d.caption.attend(x.np.head)
		d.widen(Appearance)
		return true
	}
	return d.swap(m["x"], y)
}

func notX(d *draft, m match) bool {
	if len(m["x"]) > 4 {
		return false
	}
	return insteadOf(d, m)
}

func swapNamed(d *draft, m match) bool {
	if len(m["x"]) > 5 || starters.has(m["x"][0].lower) || !d.isReference(m["x"]) && len(m["x"]) > 1 || !d.resolve(m["x"]).found || d.p.startsVerb(m["y"]) && !d.p.isAdjectival(m["y"]) {
		return false
	}
	return d.swap(m["x"], m["y"])
}
