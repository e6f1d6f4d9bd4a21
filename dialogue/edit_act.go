package dialogue

import (
	"fmt"
	"pentimento/dialogue/lexicon"
	"slices"
	"strings"
)

// act makes what the spoken phrase names do something: "let the dog jump" makes
// "a dog jumping on the ground". The verb comes as spoken, in any form; "wear",
// "have" and "hold" add things instead.
func (d *draft) act(spoken, does []token) bool {
	does = trimMarks(does)
	for len(does) > 1 && (does[0].lower == "be" || does[0].lower == "is" || does[0].lower == "are" || does[0].lower == "to") {
		does = does[1:]
	}
	if len(does) == 0 {
		return false
	}
	base, isVerb := d.p.lex.VerbLemma(does[0].lower)
	if !isVerb {
		return false
	}
	if object := does[1:]; len(object) > 0 {
		switch base {
		case "have":
			return d.give(spoken, object, "with")
		case "wear":
			return d.give(spoken, object, "wearing")
		}
	}
	what := d.resolve(spoken)
	if d.ambiguous(what) {
		return true
	}
	p := d.caption.parse()
	if what.whole && len(spoken) == 1 {
		if n, ok := d.subject(p); ok {
			what = found(what, p, n)
		}
	}
	if n, ok := d.person(p); ok && len(does) == 1 && what.found && what.np.head == n.head && d.p.lex.Is(base, lexicon.Expression) {
		return d.give(spoken, tokenise("a "+base), "with")
	}
	action := slices.Concat(tokenise(lexicon.Gerund(base)), does[1:])
	if startsWith(does, []string{does[0].lower}) && pastForm(d.p.lex, does[0].lower) && does[0].lower != base {
		action = does // "surrounded by …"
	}
	d.widen(Shape)
	d.because(phraseText(spoken) + " " + phraseText(does))
	if !what.found {
		if what.whole || len(spoken) == 0 {
			end := d.tail(p)
			d.caption.splice(end, end, slices.Concat(tokenise(","), action))
			return true
		}
		return d.addDoing(spoken, action)
	}
	d.caption.attend(what.np.head)
	d.placeAction(p, d.after(p, what.np), action)
	return true
}

// addDoing adds something that the caption does not name, doing something: "with a
// gorilla sitting at the table".
func (d *draft) addDoing(spoken, action []token) bool {
	subject := parse(d.p.lex, spoken)
	if name, ok := mainPhrase(subject); ok {
		spoken = d.withArticle(subject, name)
	}
	end := d.tail(d.caption.parse())
	d.caption.splice(end, end, slices.Concat(tokenise("with"), spoken, action))
	d.widen(Shape)
	d.because("add " + phraseText(spoken))
	return true
}

// after is where words about a noun phrase go: after it and its "of": "a group
// of people".
func (d *draft) after(p parsed, n nounPhrase) int {
	whole := wholePhrase(p, n)
	if d.p.lex.CanBe(p.tokens[whole.head].lower, lexicon.Picture) {
		return whole.end
	}
	_, end := d.extent(p, whole)
	return end
}

// placeAction writes a participle phrase after the noun phrase that ends at at:
// in the place of a verb that says the same kind of thing, before one that
// goes on.
func (d *draft) placeAction(p parsed, at int, action []token) {
	if d.restate(p, at, action) {
		return
	}
	next := d.verbAfter(p, at)
	if next > at && next == len(p.tokens) {
		next = at
	}
	if next < len(p.tokens) && p.tags[next] == auxiliary {
		next++
	}
	if next < len(p.tokens) && (p.tags[next] == gerund || p.tags[next] == past || p.tags[next] == verb) {
		object := next+1 < len(p.tokens) && p.tags[next+1] != preposition && p.tags[next+1] != mark && p.tags[next+1] != conjunction
		if !object {
			d.replaceVerb(p, next, action)
			return
		}
		if p.tags[next] == gerund && !object || p.tags[next] == gerund && next == at {
			d.caption.splice(at, at, slices.Concat(action, tokenise("and")))
			return
		}
		end := d.tail(p)
		d.caption.splice(end, end, slices.Concat(tokenise(","), action))
		return
	}
	d.caption.splice(at, at, action)
}

// restate changes what the caption says of the same doing: "painting a horse on a
// car" where it has "painting a horse on a wall". As many noun phrases are
// replaced as the action brings.
func (d *draft) restate(p parsed, at int, action []token) bool {
	base := d.p.verbBase(action[0].lower)
	spoken := parse(d.p.lex, action)
	for i := at; i < min(len(p.tokens), at+6); i++ {
		if p.tags[i] != gerund && p.tags[i] != verb || d.p.verbBase(p.tokens[i].lower) != base {
			continue
		}
		end := i + 1
		for _, said := range spoken.nouns {
			placed := said.start > 0 && spoken.tags[said.start-1] == preposition
			next := end
			for next < len(p.tags) && p.tags[next] == preposition {
				next++
			}
			n, ok := phraseAt(p, next)
			if !ok || placed != (next > end) {
				break
			}
			end = n.end
		}
		d.caption.splice(i+1, end, action[1:])
		return true
	}
	return false
}

// verbAfter is where the verb of a noun phrase stands that ends at at: past its
// prepositional phrases ("two women in kimonos walk"). It is at itself where
// there is none.
func (d *draft) verbAfter(p parsed, at int) int {
	i := at
	for i < len(p.tokens) && p.tags[i] == preposition && i < at+8 {
		n, ok := phraseAt(p, i+1)
		if !ok {
			return at
		}
		i = n.end
	}
	if i < len(p.tokens) && (p.tags[i] == verb || p.tags[i] == gerund || p.tags[i] == auxiliary) && p.tokens[i].lower != "wearing" {
		return i
	}
	return at
}

// replaceVerb puts an action in the place of the verb at i, and of its place
// phrase where the action brings its own.
func (d *draft) replaceVerb(p parsed, i int, action []token) {
	end := i + 1
	if d.bringsPlace(action) && end < len(p.tokens) && p.tags[end] == preposition {
		for end < len(p.tokens) && p.tags[end] != noun && p.tags[end] != mark {
			end++
		}
		for end < len(p.tokens) && p.tags[end] == noun {
			end++
		}
	}
	d.caption.splice(i, end, action)
}

// bringsPlace tells whether an action says where: "lying on a bed", and not just
// "lying down".
func (d *draft) bringsPlace(action []token) bool {
	p := parse(d.p.lex, action)
	return slices.ContainsFunc(p.nouns, func(n nounPhrase) bool { return n.start > 0 && p.tags[n.start-1] == preposition })
}

// give adds things to an owner: "give her a hat", "let the cat have blue eyes".
func (d *draft) give(spoken, things []token, lead string) bool {
	what := d.resolve(spoken)
	if what.whole || !what.found {
		return d.add(things, nil, lead)
	}
	if d.ambiguous(what) {
		return true
	}
	if to, instead, ok := cutInstead(things); ok {
		return d.swap(instead, to)
	}
	for _, item := range d.items(things) {
		thing := parse(d.p.lex, item)
		name, ok := mainPhrase(thing)
		if !ok {
			if !d.setAdjectives(spoken, item) {
				d.undone = append(d.undone, fmt.Sprintf("%q was not understood", phraseText(item)))
			}
			continue
		}
		if d.revise(what, thing, name) {
			continue
		}
		if lead == "with" {
			lead = d.leadFor(thing.tokens[measured(thing, name)].lower)
		}
		item = d.withArticle(thing, name)
		p := d.caption.parse()
		owner := d.nounAgain(p, what)
		d.widen(Appearance)
		d.because("give " + phraseText(spoken) + " " + phraseText(item))
		d.attach(&owner, item, lead)
	}
	return true
}

// revise changes something that the owner has already: "let her have blond
// hair" where her hair is red.
func (d *draft) revise(owner referent, thing parsed, name nounPhrase) bool {
	head := thing.tokens[name.head]
	part := d.resolve([]token{head})
	if !part.found || d.p.lemma(part.noun) != d.p.lemma(head.lower) || part.np.head == owner.np.head {
		return false
	}
	return d.respecify(part, thing, name)
}

func (d *draft) nounAgain(p parsed, what referent) nounPhrase {
	for _, n := range p.nouns {
		if n.head == what.np.head {
			return n
		}
	}
	return what.np
}

// cutInstead splits "a bow tie instead of a tie".
func cutInstead(things []token) (to, instead []token, ok bool) {
	for i := 1; i+2 < len(things); i++ {
		if things[i].lower == "instead" && things[i+1].lower == "of" || things[i].lower == "rather" && things[i+1].lower == "than" {
			return things[:i], things[i+2:], true
		}
	}
	return nil, nil, false
}

// makeXY answers "make the bus red", "let the cat lick its nose", "make the donut
// a cupcake": x is what the front of the words names, y the rest.
func makeXY(d *draft, m match) bool {
	y := m["y"]
	x := m["x"]
	if !d.isReference(x) {
		return false
	}
	first := y[0].lower
	if first == "of" || first == "'s" || first == "and" || first == "," {
		return false
	}
	what := d.resolve(x)
	if first == "into" || first == "to" {
		return d.swap(x, y[1:])
	}
	if d.p.startsVerb(y) && !d.p.isAdjectival(y) {
		if !what.found && !what.whole && len(x) > 4 && article(x[1].lower) != x[0].lower {
			return false
		}
		looks := first == "look" && (len(y) > 1 && classOf(y[1].lower) == preposition && y[1].lower != "like" || len(y) > 1 && direction.has(y[1].lower))
		if !looks && (first == "be" || first == "look" || first == "become") {
			return d.become(x, y[1:])
		}
		return d.act(x, y)
	}
	switch {
	case d.p.isAdjectival(y):
		if what.whole && photo.has(what.head) {
			return d.setStyle(slices.Concat(d.p.bareAdjectives(y), tokenise(what.head)), false)
		}
		if what.whole {
			return d.setMood(y)
		}
		return (what.found || what.head != "" || what.scene) && d.setAdjectives(x, y)
	case classOf(first) == determiner && first != "all":
		return d.become(x, y)
	case what.found || what.whole || what.scene:
		return d.become(x, y)
	}
	return false
}

func makeSplit(d *draft, m match) bool {
	return d.splits(m["z"], func(x, y []token) bool { return makeXY(d, match{"x": x, "y": y}) })
}

// become makes x what y says: an adjective, a noun, a doing, a place.
func (d *draft) become(x, y []token) bool {
	for len(y) > 1 && (y[0].lower == "be" || y[0].lower == "look" || y[0].lower == "like" || y[0].lower == "to" || y[0].lower == "become" || y[0].lower == "all") {
		y = y[1:]
	}
	what := d.resolve(x)
	switch {
	case len(y) == 1 && placeAdverb.has(y[0].lower):
		return d.setScene(y)
	case len(y) == 1 && possible(d.p.lex, y[0].lower).gerund && what.found && d.animate(what.noun) && !d.p.isAdjectival(y):
		return d.act(x, y)
	case what.scene:
		return d.setScene(y)
	case what.whole && d.p.isMoment(y):
		return d.setTime(y)
	case d.p.isAdjectival(y) && what.whole && photo.has(what.head) && !weatherWord.has(y[len(y)-1].lower):
		return d.setStyle(slices.Concat(d.p.bareAdjectives(y), tokenise(what.head)), false)
	case d.p.isAdjectival(y):
		if what.whole {
			return d.setMood(y)
		}
		return d.setAdjectives(x, y)
	}
	p := parse(d.p.lex, y)
	switch first := p.tags[0]; {
	case first == preposition && len(y) > 1:
		if y[0].lower == "with" {
			return d.give(x, y[1:], "with")
		}
		if d.p.isMoment(y) {
			return d.setTime(y)
		}
		if what.whole {
			return d.setScene(y)
		}
		return d.placePhraseAfter(what, y)
	case first == gerund || y[0].lower == "doing":
		return d.act(x, y)
	case first == past || pastForm(d.p.lex, y[0].lower) || strings.HasSuffix(y[0].lower, "ut"):
		return d.placePhraseAfter(what, y)
	case first == verb && d.p.startsVerb(y):
		return d.act(x, y)
	case y[0].lower == "surrounded", y[0].lower == "made", y[0].lower == "covered", y[0].lower == "full":
		return d.placePhraseAfter(what, y)
	case len(p.nouns) > 0:
		if possible(d.p.lex, y[0].lower).past && len(y) > 2 && classOf(y[1].lower) == preposition {
			return d.placePhraseAfter(what, y)
		}
		if what.found && len(y) == 1 && d.p.madeOf(y[0].lower, what.noun) {
			return d.modify(what, y)
		}
		return d.swap(x, y)
	}
	return false
}

// madeOf tells whether a noun without an article says what something is made of,
// rather than what it becomes: "make the birds origami".
func (p *Planner) madeOf(w, of string) bool {
	if p.lex.IsPlural(w) || startsUpper(w) {
		return false
	}
	return p.lex.Is(w, lexicon.Material) || p.lex.Is(w, lexicon.Act) || p.lex.IsPlural(of) && !p.lex.Is(w, lexicon.Animal) && !p.lex.Is(w, lexicon.Person)
}

func beXY(d *draft, m match) bool {
	y := m["y"]
	x := m["x"]
	if len(y) == 0 || !d.isReference(x) {
		return false
	}
	return d.become(x, y)
}

func actXY(d *draft, m match) bool {
	if !d.isReference(m["x"]) {
		return false
	}
	if startsWith(m["y"], []string{"be"}) && len(m["y"]) > 1 {
		return d.become(m["x"], m["y"][1:])
	}
	return d.p.startsVerb(m["y"]) && d.act(m["x"], m["y"])
}

// photo are the words for the picture as a thing, which can be old or colourful
// without anything in it being so.
const photo wordList = "photo photograph painting drawing"

// animate tells whether a noun can do things.
func (d *draft) animate(noun string) bool {
	return d.p.lex.Is(noun, lexicon.Person) || d.p.lex.Is(noun, lexicon.Animal)
}

// placePhraseAfter writes words after what they describe: "made of glass", "on a
// table".
func (d *draft) placePhraseAfter(what referent, y []token) bool {
	p := d.caption.parse()
	d.widen(Shape)
	d.because("say " + phraseText(y))
	if !what.found {
		if what.head != "" && !what.whole {
			return d.addDoing(what.phrase, y)
		}
		end := d.tail(p)
		d.caption.splice(end, end, y)
		return true
	}
	at := d.after(p, what.np)
	d.caption.attend(what.np.head)
	d.caption.splice(at, at, y)
	return true
}

func statement(d *draft, m match) bool {
	if !d.isReference(m["x"]) {
		return false
	}
	r := d.resolve(m["x"])
	if !r.found && !r.whole {
		return false
	}
	return d.become(m["x"], m["y"])
}

func wearingXY(d *draft, m match) bool {
	return d.ownerKnown(m["x"]) && d.give(m["x"], m["y"], "wearing")
}

func havingXY(d *draft, m match) bool { return d.ownerKnown(m["x"]) && d.give(m["x"], m["y"], "with") }

func (d *draft) ownerKnown(x []token) bool {
	if !d.isReference(x) {
		return false
	}
	r := d.resolve(x)
	return r.found || r.whole
}
