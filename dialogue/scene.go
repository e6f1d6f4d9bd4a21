package dialogue

import (
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// transform changes the picture as a whole: "turn it into a watercolour", "make
// it night", "make it a cat".
func transform(e *edit, to english.Words) bool {
	switch {
	case len(to) == 1 && placeAdverb.Has(to[0].Lower):
		return setScene(e, to)
	case e.en.IsStyle(to):
		return setStyle(e, to, true)
	case e.en.IsMoment(to):
		return setTime(e, to)
	case e.en.IsAdjectival(to):
		return setMood(e, to)
	}
	thing := e.en.Parse(to)
	name, ok := thing.Main()
	if !ok {
		return addDescription(e, to)
	}
	head := thing.Words[name.Head].Lower
	if e.en.IsColour(head) && len(to) == 1 {
		return setMood(e, to)
	}
	if done, ok := e.asLandscape(to); ok {
		return done
	}
	p := e.caption.Parse()
	what, ok := e.caption.Subject(p)
	if !ok {
		return false
	}
	for _, n := range p.Nouns { // "make it a black sheep" where there is a sheep
		if e.en.Likeness(head, p.Words[n.Head].Lower) > 9 && name.Head > name.Start {
			return respecify(e, caption.Referent{Phrase: to}.At(p, n), thing, name)
		}
	}
	// A thing takes the place of a thing of its own sort, and a place that of a
	// place.
	for _, kind := range []lexicon.Kind{lexicon.Animal, lexicon.Person, lexicon.Place, lexicon.Vehicle} {
		if !e.en.Is(head, kind) {
			continue
		}
		for _, n := range p.Nouns {
			if e.en.Is(p.Words[n.Head].Lower, kind) {
				e.unlike(caption.Referent{}.At(p, n), head)
				e.caption.Replace(caption.Referent{}.At(p, n), thing, name)
				e.widen(Shape)
				e.because("it becomes " + to.Text())
				return true
			}
		}
		if kind == lexicon.Place {
			return setScene(e, to)
		}
	}
	if e.en.Is(p.Words[what.Head].Lower, lexicon.Person) && !e.en.Animate(head) {
		return insteadOfWhat(e, to) // nobody calls a woman "it"
	}
	if !e.sameKind(head, p.Words[what.Head].Lower) { // "make it pears" of a bowl of apples
		for _, n := range p.Nouns {
			if n.Head != what.Head && e.en.Is(head, lexicon.Food) && e.en.Is(p.Words[n.Head].Lower, lexicon.Food) {
				return swap(e, english.Tokenise(e.caption.Name(p, n)), to)
			}
		}
	}
	e.unlike(caption.Referent{}.At(p, what), head)
	e.caption.Replace(caption.Referent{}.At(p, what), thing, name)
	e.widen(Shape)
	e.because("it becomes " + to.Text())
	return true
}

// setMood gives adjectives to the picture as a whole: weather and season where
// they are such ("make it snowy"), else to what was edited last or to the
// subject.
func setMood(e *edit, adjectives english.Words) bool {
	adjectives = e.en.BareAdjectives(adjectives)
	if len(adjectives) == 0 {
		return false
	}
	last := adjectives[len(adjectives)-1].Lower
	switch {
	case placeAdverb.Has(last):
		return setScene(e, adjectives)
	case e.en.IsStyle(adjectives):
		return setStyle(e, adjectives, true)
	case english.WeatherWords.Has(last):
		return setTime(e, adjectives)
	}
	if bearer := bearer(e, adjectives); len(bearer) > 1 {
		return setAdjectives(e, bearer, adjectives)
	}
	p := e.caption.Parse()
	if i := e.caption.Focus(); i >= 0 {
		for _, n := range p.Nouns {
			if n.Head == i {
				return modify(e, caption.Referent{}.At(p, n), adjectives)
			}
		}
	}
	if adjectives.Lower() == "black and white" || lookWord.Has(last) {
		return setStyle(e, adjectives, false)
	}
	if beings := e.caption.Beings(p, true); len(beings) > 1 && e.en.IsColour(last) {
		return whoIsMeant(e, english.Tokenise("it"), beings)
	}
	n, ok := e.caption.Subject(p)
	if !ok {
		return false
	}
	if e.en.IsColour(last) && e.en.Is(p.Words[n.Head].Lower, lexicon.Person) && len(p.Nouns) > 1 {
		if done, ok := colourOne(e, adjectives); ok {
			return done // hair or clothes, not the person
		}
	}
	return modify(e, caption.Referent{}.At(p, n), adjectives)
}

// placeAdverb are places that take no preposition.
const placeAdverb english.List = "underwater indoors outdoors inside outside upstairs downstairs underground offshore"

// lookWord are adjectives that say how a picture looks and not what is in it.
const lookWord english.List = "colorful colourful vibrant moody dramatic dreamy magical spooky romantic monochrome ethereal whimsical gritty grainy saturated desaturated sharp detailed atmospheric"

// setScene changes where the picture is set. A place phrase of the caption gets
// the new place, its preposition chosen for it; without one the place is
// added at the end.
func setScene(e *edit, to english.Words) bool {
	to = to.TrimMarks()
	for len(to) > 1 && to[0].Lower == "be" {
		to = to[1:]
	}
	if len(to) > 1 && english.Article(to[1].Lower) == to[0].Lower && e.en.IsAdjectival(to[1:]) && e.en.IsColour(to[len(to)-1].Lower) {
		to = to[1:] // "a soft blue"
	}
	if len(to) == 0 {
		return false
	}
	if e.en.IsAdjectival(to) && !placeAdverb.Has(to[len(to)-1].Lower) {
		return setBackground(e, to)
	}
	if e.en.IsMoment(to) && !e.en.Is(to[len(to)-1].Lower, lexicon.Place) {
		return setTime(e, to)
	}
	e.wholeScene = true
	e.widen(Shape)
	e.because("the scene becomes " + to.Text())
	given, ground := english.SplitPlace(to)
	thing := e.en.Parse(ground)
	name, ok := thing.Main()
	if !ok || placeAdverb.Has(to[len(to)-1].Lower) {
		if len(to) == 1 { // "indoors"
			e.caption.SetPlace(to)
			return true
		}
		return false
	}
	if given == "" {
		ground = e.en.WithArticle(thing, name)
	}
	if given == "" {
		given = e.caption.PrepositionFor(thing.Words[name.Head].Lower, thing.Words)
	}
	place := slices.Concat(english.Tokenise(given), ground)
	e.caption.Attend(e.caption.SetPlace(place) + len(place) - 1)
	return true
}

// setBackground gives the background adjectives: "on a blue background".
func setBackground(e *edit, adjectives english.Words) bool {
	adjectives = e.en.BareAdjectives(adjectives)
	if len(adjectives) == 0 {
		return false
	}
	p := e.caption.Parse()
	for _, n := range p.Nouns {
		if caption.SceneNouns.Has(p.Words[n.Head].Lower) {
			return modify(e, caption.Referent{}.At(p, n), adjectives)
		}
	}
	if english.WeatherWords.Has(adjectives[len(adjectives)-1].Lower) {
		return setTime(e, adjectives)
	}
	end := e.caption.Tail(p)
	ground := slices.Concat(english.Tokenise("on "+english.Article(adjectives[0].Lower)), adjectives, english.Tokenise("background"))
	e.caption.Splice(end, end, ground)
	e.caption.Attend(end + len(ground) - 1)
	e.widen(Appearance)
	e.because("the background becomes " + adjectives.Text())
	return true
}

// backgroundTo answers "change the background to a forest".
func backgroundTo(e *edit, m english.Match) bool { return setScene(e, m["y"]) }

// backgroundOnly answers "on a blue background".
func backgroundOnly(e *edit, m english.Match) bool {
	return len(m["y"]) < 5 && e.en.IsAdjectival(m["y"]) && setBackground(e, m["y"])
}

// moveTo answers "put it on a beach", if the caption does not have the beach.
func moveTo(e *edit, m english.Match) bool {
	what := e.caption.Resolve(m["x"])
	if !what.Whole && !what.Found {
		return false
	}
	if what.Found && english.ClassOf(m["x"][0].Lower) == english.Determiner && !e.definite(m["x"]) && e.en.Lemma(what.Noun) != e.en.Lemma(what.Head) {
		return false // a house is not the castle
	}
	if moment := slices.Concat(m["relation"], m["y"]); e.en.IsMoment(moment) && !e.en.Is(lastWord(moment.Text()), lexicon.Place) {
		return setTime(e, moment) // "set it in summer"
	}
	y := e.en.Parse(m["y"])
	if m.Text("y") != strings.TrimPrefix(m.Text("y"), "front of ") {
		return setScene(e, slices.Concat(m["relation"], m["y"]))
	}
	name, ok := y.Main()
	if !ok || !e.en.Is(y.Words[name.Head].Lower, lexicon.Place) && !(len(m["x"]) == 1 && name.Start == 0 && !e.p.personal(y.Words[name.Head].Lower) && !e.definite(m["y"])) {
		return false
	}
	if there := e.caption.Resolve(m["y"]); there.Found && e.en.Lemma(there.Noun) == e.en.Lemma(there.Head) {
		return false
	}
	if subject, ok := e.caption.Subject(e.caption.Parse()); ok && !e.en.Is(y.Words[name.Head].Lower, lexicon.Place) {
		e.caption.Relocate(caption.Referent{}.At(e.caption.Parse(), subject), slices.Concat(m["relation"], m["y"]))
		e.because("it goes " + m.Text("relation") + " " + m.Text("y"))
		e.widen(Shape)
		return true
	}
	if r := m.Text("relation"); r == "to" || r == "into" || r == "onto" {
		return setScene(e, m["y"])
	}
	return setScene(e, slices.Concat(m["relation"], m["y"]))
}

// inBackground answers "add a castle in the background".
func inBackground(e *edit, m english.Match) bool {
	thing := e.en.Parse(m["x"])
	name, ok := thing.Main()
	if !ok {
		return false
	}
	if r := e.caption.Resolve(m["x"]); r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(thing.Words[name.Head].Lower) {
		return false
	}
	e.wholeScene = true
	e.widen(Shape)
	where := "background"
	if w := lastWord(m.Text("where")); (w == "distance" || w == "foreground") && e.p.modelKnows(w, e.talk) {
		where = w
	}
	item := slices.Concat(e.en.WithArticle(thing, name), english.Tokenise("in the "+where))
	e.because("add " + item.Text())
	return e.caption.AttachScene(item, "with")
}
