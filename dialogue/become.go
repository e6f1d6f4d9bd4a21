package dialogue

import (
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

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
