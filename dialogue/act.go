package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// act makes what the spoken phrase names do something: "let the dog jump" makes
// "a dog jumping on the ground". The verb comes as spoken, in any form; "wear",
// "have" and "hold" add things instead.
func act(e *edit, spoken, does english.Words) bool {
	if done, several := each(e, spoken, func(one english.Words) bool { return act(e, one, does) }); several {
		return done
	}
	does = does.TrimMarks()
	for len(does) > 1 && (does[0].Lower == "be" || does[0].Lower == "is" || does[0].Lower == "are" || does[0].Lower == "to") {
		does = does[1:]
	}
	if last := len(does) - 1; last > 0 && (does[last].Lower == "there" || does[last].Lower == "here") {
		does = does[:last] // "sitting there"
	}
	if len(does) == 0 {
		return false
	}
	base, isVerb := e.en.VerbLemma(does[0].Lower)
	if !isVerb || unseen.Has(base) {
		return false
	}
	if object := does[1:]; len(object) > 0 {
		switch {
		case base == "have", english.Having.Has(base) && e.isThing(object):
			e.own += english.List(" " + does[0].Lower)
			return give(e, spoken, object, "with")
		case base == "wear":
			return give(e, spoken, object, "wearing")
		}
	}
	what := e.caption.Resolve(spoken)
	if len(spoken) > 1 && slices.ContainsFunc(spoken[:len(spoken)-1], func(t english.Token) bool { return t.Lower == "second" || t.Lower == "another" }) && e.talk.Known == nil && !e.definite(spoken) {
		return addDoing(e, spoken, does) // "a second chef watching him"
	}
	if ambiguous(e, what) {
		return true
	}
	p := e.caption.Parse()
	if what.Whole && len(spoken) == 1 {
		if n, ok := e.caption.Subject(p); ok {
			what = what.At(p, n)
		}
	}
	if len(does) == 1 && what.Found && (e.en.Animate(what.Noun) || portrayed.Has(what.Noun)) && e.en.Is(base, lexicon.Expression) {
		return give(e, spoken, english.Tokenise("a "+base), "with")
	}
	action := slices.Concat(english.Tokenise(lexicon.Gerund(base)), does[1:])
	if e.en.PastForm(does[0].Lower) && does[0].Lower != base {
		action = does // "surrounded by …"
	}
	e.widen(Shape)
	e.because(spoken.Text() + " " + does.Text())
	if e.doesTo(what, spoken, action) {
		return true
	}
	if !what.Found {
		if what.Whole || len(spoken) == 0 {
			e.caption.Append(slices.Concat(english.Tokenise(","), action))
			return true
		}
		return spoken[len(spoken)-1].Lower != "one" && addDoing(e, spoken, action)
	}
	e.caption.Attend(what.NP.Head)
	e.caption.PlaceAction(what.NP, action)
	return true
}

// unseen are verbs of what no picture shows.
const unseen english.List = "want need deserve wish prefer know think believe like love hate mean say"

// doesTo says what somebody does to something that the caption names, too: "the dog
// chasing the cat".
func (e *edit) doesTo(who caption.Referent, spoken, action english.Words) bool {
	q := e.en.Parse(action)
	n, ok := q.Main()
	if !ok || len(q.Nouns) > 1 || n.Start == 0 || n.End < len(action) || !e.definite(action[n.Start:]) {
		return false
	}
	whom := e.caption.Resolve(action[n.Start:])
	if !whom.Found || slices.Contains(e.caption.Fresh(), whom.NP.Head) || e.en.Lemma(whom.Noun) != e.en.Lemma(q.Words[n.Head].Lower) || len(whom.Rivals) > 0 || whom.Owned || e.caption.IsModifier(whom) {
		return false
	}
	if who.Found {
		if who.NP.Head == whom.NP.Head || !e.en.Animate(who.Noun) {
			return false
		}
		e.caption.DoTo(who, whom, action[:n.Start])
		return true
	}
	subject := e.en.Parse(spoken)
	name, ok := subject.Main()
	if !ok || who.Whole || !whom.IsFirst() || name.Start > 0 || name.End < len(spoken) {
		return false
	}
	e.caption.DoneBy(e.en.WithArticle(subject, name), action[:n.Start])
	return true
}

// addDoing adds something that the caption does not name, doing something: "with a
// gorilla sitting at the table".
func addDoing(e *edit, spoken, action english.Words) bool {
	subject := e.en.Parse(spoken)
	if name, ok := subject.Main(); ok {
		spoken = e.en.WithArticle(subject, name)
	}
	e.caption.Append(slices.Concat(english.Tokenise("with"), spoken, action))
	e.widen(Shape)
	e.because("add " + spoken.Text())
	return true
}

// give adds things to an owner: "give her a hat", "let the cat have blue eyes".
func give(e *edit, spoken, things english.Words, lead string) bool {
	if done, several := each(e, spoken, func(one english.Words) bool { return give(e, one, e.oneEach(things), lead) }); several {
		return done
	}
	things = e.describedAfter(things)
	what := e.caption.Resolve(spoken)
	if what.Whole && e.nobodyIs(spoken) {
		return true
	}
	if what.Whole || !what.Found {
		return add(e, things, nil, lead)
	}
	if ambiguous(e, what) {
		return true
	}
	if e.handOver(what, things) {
		return true
	}
	if to, instead, ok := cutInstead(things); ok {
		return swap(e, instead, to)
	}
	for _, item := range e.en.Items(things) {
		item = withoutOwner(item)
		thing := e.en.Parse(item)
		name, ok := thing.Main()
		if !ok {
			if !setAdjectives(e, spoken, item) {
				e.undone = append(e.undone, fmt.Sprintf("%q was not understood", item.Text()))
			}
			continue
		}
		if name.Start == 1 && name.End == len(item) { // "longer hair"
			part := e.caption.ResolveOf(item[1:], what)
			if base, ok := e.en.Comparative(item[:1]); ok && part.Found && compare(e, base, english.Tokenise(e.caption.Name(e.caption.Parse(), part.NP)), strength(e.said)) {
				continue
			}
		}
		if revise(e, what, thing, name) || e.hasAlready(what, thing, name) {
			continue
		}
		if lead == "with" {
			lead = e.caption.LeadFor(thing.Words[english.Measured(thing, name)].Lower)
		}
		item = e.en.WithArticle(thing, name)
		p := e.caption.Parse()
		owner := e.caption.NounAgain(p, what)
		e.widen(Appearance)
		e.because("give " + spoken.Text() + " " + item.Text())
		e.caption.Attach(&owner, item, lead)
	}
	return true
}

// hasAlready tells whether an owner has a thing that is spoken of without more words.
func (e *edit) hasAlready(owner caption.Referent, thing english.Parsed, name english.NounPhrase) bool {
	head := thing.Words[name.Head]
	if name.End < len(thing.Words) || name.Head > thing.SkipDeterminer(name) || thing.Words[name.Start].Lower == "another" {
		return false
	}
	part := e.caption.ResolveOf(english.Words{head}, owner)
	if of, ok := e.caption.OwnerAt(e.caption.Parse(), part.NP.Head); !part.Found || ok && of.Head != owner.NP.Head {
		return false
	}
	return part.Found && e.en.Lemma(part.Noun) == e.en.Lemma(head.Lower) && part.NP.Head != owner.NP.Head && e.caption.Attachable(head.Lower)
}

// withoutOwner drops "on them" after what somebody gets: "have snow on them".
func withoutOwner(item english.Words) english.Words {
	if n := len(item) - 2; n > 0 && english.Pronouns.Has(item[n+1].Lower) && (item[n].Lower == "on" || item[n].Lower == "in") {
		return item[:n]
	}
	return item
}

// revise changes something that the owner has already: "let her have blond
// hair" where her hair is red.
func revise(e *edit, owner caption.Referent, thing english.Parsed, name english.NounPhrase) bool {
	head := thing.Words[name.Head]
	part := e.caption.ResolveOf(english.Words{head}, owner)
	if !part.Found || e.en.Lemma(part.Noun) != e.en.Lemma(head.Lower) || part.NP.Head == owner.NP.Head {
		return false
	}
	return respecify(e, part, thing, name)
}

// cutInstead splits "a bow tie instead of a tie".
func cutInstead(things english.Words) (to, instead english.Words, ok bool) {
	for i := 1; i+2 < len(things); i++ {
		if things[i].Lower == "instead" && things[i+1].Lower == "of" || things[i].Lower == "rather" && things[i+1].Lower == "than" {
			return things[:i], things[i+2:], true
		}
	}
	return nil, nil, false
}

// makeThing answers "make the bus red", "let the cat lick its nose", "make the donut
// a cupcake": x is what the front of the words names, y the rest.
func makeThing(e *edit, x, y english.Words) bool {
	if names := e.severally(x); len(names) > 1 && !e.single && placedTogether(e, names, y) {
		return true
	}
	if done, several := each(e, x, func(one english.Words) bool { return makeThing(e, one, y) }); several {
		return done
	}
	if !e.caption.IsReference(x) {
		return false
	}
	first := y[0].Lower
	if first == "of" || first == "'s" || first == "and" || first == "," {
		return false
	}
	what := e.caption.Resolve(x)
	if first == "into" || first == "to" {
		return swap(e, x, y[1:])
	}
	if e.en.StartsVerb(y) && !e.en.IsAdjectival(y) {
		if !what.Found && !what.Whole && len(x) > 4 && english.Article(x[1].Lower) != x[0].Lower {
			return false
		}
		looks := first == "look" && (len(y) > 1 && english.ClassOf(y[1].Lower) == english.Preposition && y[1].Lower != "like" || len(y) > 1 && english.Directions.Has(y[1].Lower))
		if !looks && (first == "be" || first == "look" || first == "become") {
			return become(e, x, y[1:])
		}
		return act(e, x, y)
	}
	switch {
	case e.en.IsAdjectival(y):
		if what.Whole && photo.Has(what.Head) {
			return setStyle(e, slices.Concat(e.en.BareAdjectives(y), english.Tokenise(what.Head)), false)
		}
		if what.Whole {
			return setMood(e, y)
		}
		return (what.Found || what.Head != "" || what.Scene) && setAdjectives(e, x, y)
	case english.ClassOf(first) == english.Determiner && first != "all":
		return become(e, x, y)
	case what.Found || what.Whole || what.Scene:
		return become(e, x, y)
	}
	return false
}

// makeSo answers "make the bus red", trying the ways to cut the words in two.
func makeSo(e *edit, m english.Match) bool {
	return e.caption.Split(m["z"], func(x, y english.Words) bool { return makeThing(e, x, y) })
}

// become makes x what y says: an adjective, a noun, a doing, a place.
func become(e *edit, x, y english.Words) bool {
	if done, several := each(e, x, func(one english.Words) bool { return become(e, one, y) }); several {
		return done
	}
	for len(y) > 1 && (y[0].Lower == "be" || y[0].Lower == "look" || y[0].Lower == "like" || y[0].Lower == "to" || y[0].Lower == "become" || y[0].Lower == "all") {
		y = y[1:]
	}
	what := e.caption.Resolve(x)
	if base, ok := e.en.Comparative(y); ok && !e.en.Praises(y[len(y)-1].Lower) && !e.en.PlainAdjective(y[len(y)-1].Lower) && !what.Whole && !what.Scene && (what.Found || what.Owned) {
		return compare(e, base, x, strength(e.said)) // "a bit longer"
	}
	switch {
	case len(y) == 1 && placeAdverb.Has(y[0].Lower):
		return setScene(e, y)
	case len(y) == 1 && e.en.Possible(y[0].Lower).Gerund && what.Found && e.en.Animate(what.Noun) && !e.en.IsAdjectival(y):
		return act(e, x, y)
	case what.Scene:
		return setScene(e, y)
	case what.Whole && e.en.IsMoment(y):
		return setTime(e, y)
	case e.en.IsAdjectival(y) && what.Whole && photo.Has(what.Head) && !english.WeatherWords.Has(y[len(y)-1].Lower):
		return setStyle(e, slices.Concat(e.en.BareAdjectives(y), english.Tokenise(what.Head)), false)
	case e.en.IsAdjectival(y):
		if what.Whole {
			return setMood(e, y)
		}
		return setAdjectives(e, x, y)
	}
	p := e.en.Parse(y)
	if len(y) == 0 {
		return false // "the dog is ,"
	}
	switch first := p.Tags[0]; {
	case first == english.Preposition && len(y) > 1:
		if y[0].Lower == "with" {
			return give(e, x, y[1:], "with")
		}
		if e.en.IsMoment(y) {
			return setTime(e, y)
		}
		if what.Whole || e.livesIn(what, y) {
			return setScene(e, y)
		}
		return placePhraseAfter(e, what, y)
	case first == english.Gerund || y[0].Lower == "doing":
		return act(e, x, y)
	case first == english.Past || e.en.PastForm(y[0].Lower) || strings.HasSuffix(y[0].Lower, "ut"):
		return placePhraseAfter(e, what, y)
	case first == english.Verb && e.en.StartsVerb(y):
		return act(e, x, y)
	case y[0].Lower == "surrounded", y[0].Lower == "made", y[0].Lower == "covered", y[0].Lower == "full":
		return placePhraseAfter(e, what, y)
	case len(p.Nouns) > 0:
		if e.en.Possible(y[0].Lower).Past && len(y) > 2 && english.ClassOf(y[1].Lower) == english.Preposition {
			return placePhraseAfter(e, what, y)
		}
		if what.Found && len(y) == 1 && e.p.madeOf(y[0].Lower, what.Noun) {
			return modify(e, what, y)
		}
		if name, _ := p.Main(); name.Start > 0 || y[0].Lower == "too" || y[0].Lower == "so" {
			return false // "too old for that dress"
		}
		return swap(e, x, y)
	}
	return false
}

// livesIn tells whether a phrase says in what place all of the picture is, which shows
// nobody but the one of whom it is said.
func (e *edit) livesIn(who caption.Referent, place english.Words) bool {
	_, ground := english.SplitPlace(place)
	q := e.en.Parse(ground)
	n, ok := q.Main()
	return ok && who.Found && who.IsFirst() && e.en.Animate(who.Noun) && len(e.caption.Beings(e.caption.Parse(), true)) < 2 && !e.definite(ground) &&
		e.en.IsAny(q.Words[n.Head].Lower, lexicon.Place, lexicon.Building)
}

// madeOf tells whether a noun without an article says what something is made of,
// rather than what it becomes: "make the birds origami".
func (p *Planner) madeOf(w, of string) bool {
	if p.en.IsPlural(w) || english.StartsUpper(w) {
		return false
	}
	if p.en.Is(of, lexicon.Garment) && p.en.KindOf(w, "fabric") {
		return true // "her dress is silk"
	}
	return p.en.Is(w, lexicon.Material) || p.en.Is(w, lexicon.Act) || p.en.IsPlural(of) && !p.en.Is(w, lexicon.Animal) && !p.en.Is(w, lexicon.Person)
}

// beSomething answers "let her hair be red" and "her hair should be red".
func beSomething(e *edit, m english.Match) bool {
	y := m["y"]
	x := m["x"]
	if len(y) == 0 || !e.caption.IsReference(x) {
		return false
	}
	if i := len(e.said) - len(y); len(y) > 1 && english.ClassOf(y[0].Lower) == english.Preposition && y[0].Lower != "like" && i > 0 && e.said[i-1].Lower == "look" {
		return act(e, x, e.said[i-1:]) // "make him look at the camera"
	}
	return become(e, x, y)
}

// doSomething answers "she should smile" and "I want her to wear a hat".
func doSomething(e *edit, m english.Match) bool {
	if !e.caption.IsReference(m["x"]) {
		return false
	}
	if m["y"].StartsWith("be") && len(m["y"]) > 1 {
		return become(e, m["x"], m["y"][1:])
	}
	return e.en.StartsVerb(m["y"]) && act(e, m["x"], m["y"])
}

// photo are the words for the picture as a thing, which can be old or colourful
// without anything in it being so.
const photo english.List = "photo photograph painting drawing"

// placePhraseAfter writes words after what they describe: "made of glass", "on a
// table".
func placePhraseAfter(e *edit, what caption.Referent, y english.Words) bool {
	e.widen(Shape)
	e.because("say " + y.Text())
	if !what.Found {
		if what.Head != "" && !what.Whole {
			return addDoing(e, what.Phrase, y)
		}
		e.caption.Append(y)
		return true
	}
	e.caption.Attend(what.NP.Head)
	e.caption.Follow(what.NP, y)
	return true
}

// isSomething answers "her hair is red".
func isSomething(e *edit, m english.Match) bool {
	if _, named := m["x"]; !named { // "it's on a bed"
		it := english.Tokenise("it")
		first := m["y"][0].Lower
		if english.ClassOf(first) == english.Preposition && e.caption.Focus() < 0 {
			if p := e.caption.Parse(); len(e.caption.Beings(p, true)) == 1 {
				it = english.Tokenise(e.caption.Name(p, e.caption.Beings(p, true)[0]))
			}
			return become(e, it, m["y"])
		}
		return (first == "a" || first == "an") && e.isThing(m["y"]) && become(e, it, m["y"])
	}
	if !e.caption.IsReference(m["x"]) || e.en.PraisesIn(m["y"]) {
		return false
	}
	r := e.caption.Resolve(m["x"])
	if x := m["x"]; (x[0].Lower == "a" || x[0].Lower == "an" || e.severalNew(x)) && e.isThing(x) && e.en.Possible(m["y"][0].Lower).Gerund && (!r.Found || e.en.Lemma(r.Noun) != e.en.Lemma(r.Head)) {
		return addDoing(e, x, m["y"]) // "a cat is watching him"
	}
	if !r.Found && r.Owned && e.en.IsAdjectival(m["y"]) && (e.caption.Attachable(r.Head) || e.p.personal(r.Head)) {
		return setAdjectives(e, m["x"], m["y"]) // "his scarf is red": he has one now
	}
	if !r.Found && !r.Whole {
		return false
	}
	return become(e, m["x"], m["y"])
}

// wears answers "she wears a hat".
func wears(e *edit, m english.Match) bool {
	return ownerKnown(e, m["x"]) && give(e, m["x"], m["y"], "wearing")
}

// has answers "she has freckles".
func has(e *edit, m english.Match) bool {
	y := m["y"]
	if n, ok := e.en.Parse(y).Main(); ok && n.Start == 0 && n.End < len(y) && e.definite(y) && e.en.IsAdjectival(y[n.End:]) {
		return setAdjectives(e, y[:n.End], y[n.End:]) // "he has his hair long"
	}
	return ownerKnown(e, m["x"]) && give(e, m["x"], y, "with")
}

// ownerKnown tells whether words name somebody of the caption, or the picture.
func ownerKnown(e *edit, x english.Words) bool {
	if !e.caption.IsReference(x) {
		return false
	}
	r := e.caption.Resolve(x)
	return r.Found || r.Whole || len(e.severally(x)) > 1
}

// does answers "she smiles" and "they sit on a bench".
func does(e *edit, m english.Match) bool {
	return e.caption.Split(m["z"], func(x, y english.Words) bool {
		base, ok := e.en.VerbLemma(y[0].Lower)
		if !ok || english.Closed(y[0].Lower) || base == "be" || base == "have" || english.Starters.Has(x[0].Lower) || base == "look" && (e.en.PraisesIn(y[1:]) || e.en.IsAdjectival(y[1:])) {
			return false
		}
		if e.severalNew(x) && len(y) > 1 && base == y[0].Lower && english.ClassOf(y[1].Lower) == english.Preposition {
			return addDoing(e, x, slices.Concat(english.Tokenise(lexicon.Gerund(base)), y[1:])) // "birds fly over it"
		}
		if q := e.en.Parse(x); len(q.Nouns) == 1 && q.Nouns[0].Start == 0 && q.Nouns[0].End == len(x) && english.Article(x[len(x)-1].Lower) != "" && (x[0].Lower == "a" || x[0].Lower == "an") && len(y) > 1 && e.en.Animate(q.Words[q.Nouns[0].Head].Lower) && base != y[0].Lower && !e.en.Possible(y[0].Lower).Gerund && !e.en.Possible(y[0].Lower).Past {
			return addDoing(e, x, slices.Concat(english.Tokenise(lexicon.Gerund(base)), y[1:])) // "a bird flies above it"
		}
		if len(y) > 1 && english.ClassOf(y[1].Lower) == english.Auxiliary {
			return false // "her eyes are blue"
		}
		together := len(e.severally(x)) > 1
		pronoun := len(x) == 1 && english.List("she he they it").Has(x[0].Lower) || together
		if !pronoun && (!e.definite(x) || base == y[0].Lower) || e.en.IsAdjectival(y[:1]) && !(pronoun && e.en.Possible(y[0].Lower).Gerund) {
			return false
		}
		r := e.caption.Resolve(x)
		being := r.Found && e.en.Animate(r.Noun) || pronoun && (r.Whole || together)
		return being && act(e, x, y)
	})
}

// severalNew tells whether words are several things that the caption does not name:
// "birds", "some balloons".
func (e *edit) severalNew(x english.Words) bool {
	q := e.en.Parse(x)
	n, ok := q.Main()
	if !ok || n.Start > 0 || n.End < len(x) || !e.en.IsPlural(x[n.Head].Lower) || english.Closed(x[0].Lower) && x[0].Lower != "some" {
		return false
	}
	r := e.caption.Resolve(x)
	return !r.Found || e.en.Lemma(r.Noun) != e.en.Lemma(r.Head)
}

// wakeUp answers "wake the cat up": it sleeps no longer.
func wakeUp(e *edit, m english.Match) bool {
	r := e.caption.Resolve(m["x"])
	p := e.caption.Parse()
	for i, t := range p.Words {
		if t.Lower != "sleeping" && t.Lower != "asleep" && t.Lower != "sleepy" {
			continue
		}
		if n := p.Around(i); r.Found && n.Head != i && n.Head != r.NP.Head {
			continue
		}
		e.caption.Splice(i, i+1, nil)
		e.because("no longer " + t.Lower)
		e.widen(Shape)
		return true
	}
	return e.ask(Question{Kind: NothingToDo, Text: "Nobody sleeps in the prompt, so there is nobody to wake.", Choices: removable(e)})
}

// poseOf answers "change the pose of the dog to running".
func poseOf(e *edit, m english.Match) bool { return act(e, m["x"], m["y"]) }
