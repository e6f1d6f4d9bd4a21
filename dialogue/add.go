package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// add puts a thing, or a list of things, into the caption; place is what was said
// about where ("on the table"), lead the connective that was spoken ("wearing").
func add(e *edit, thing, place english.Words, lead string) bool {
	thing = thing.TrimMarks()
	if len(thing) == 0 {
		return false
	}
	done := false
	var left []string
	for _, item := range e.en.Items(thing) {
		if addOne(e, item, place, lead) {
			done = true
		} else {
			left = append(left, fmt.Sprintf("%q was not understood", item.Text()))
		}
	}
	if done {
		e.undone = append(e.undone, left...)
	}
	return done
}

// addOne adds one thing. What is no thing is an adjective of something or a
// description; what the caption has already is described anew or left.
func addOne(e *edit, item, place english.Words, lead string) bool {
	thing := e.en.Parse(item)
	name, ok := thing.Main()
	if first := thing.Tags[0]; !ok || name.Start > 0 && (first == english.Past || first == english.Gerund) {
		return e.en.IsAdjectival(item) && describeSomething(e, item) || addDescription(e, item)
	}
	head := thing.Words[english.Measured(thing, name)].Lower
	if who, ok := e.standIn(head); ok && place == nil && name.End == len(item) {
		return swap(e, english.Tokenise(who), item)
	}
	switch {
	case place == nil && e.en.IsColour(head) && english.ClassOf(item[0].Lower) != english.Determiner && e.en.IsAdjectival(item):
		return replaceLast(e, item) || describeSomething(e, item)
	case place == nil && reviseOwn(e, thing, name):
		return true
	case place == nil && e.caption.AlreadyThere(thing, name):
		e.because(fmt.Sprintf("%s is there already", item.Text()))
		return true
	case place == nil && e.en.IsStyle(item):
		return setStyle(e, item, false)
	case place == nil && e.en.IsMoment(item):
		return setTime(e, item)
	}
	if how := e.en.BareAdjectives(item[:name.Head]); head == "sky" && place == nil && name.End == len(item) && e.caption.Parse().Names("sky") && e.en.IsAdjectival(how) {
		return setSky(e, "sky", how)
	}
	if head == "sky" && place == nil && name.Head > name.Start {
		return setTime(e, slices.Concat(english.Tokenise("under"), e.en.WithArticle(thing, name)))
	}
	if name.End < len(item) && thing.Tags[name.End] == english.Gerund && place == nil {
		if who := e.caption.Resolve(item[:name.End]); !who.Found && e.doesTo(who, item[:name.End], item[name.End:]) {
			e.widen(Shape)
			e.because("add " + item.Text())
			return true
		}
	}
	if e.nobodyHas(head, e.en.WithArticle(thing, name)) || place == nil && e.anotherOf(thing, name) {
		return true
	}
	item = e.en.WithArticle(thing, name)
	e.because("add " + item.Text())
	if len(place) > 0 {
		return addAt(e, item, place, lead)
	}
	if lead == "" {
		lead = e.caption.LeadFor(head)
	}
	if e.caption.Attachable(head) {
		e.widen(Appearance)
		return e.caption.Attach(nil, item, lead)
	}
	e.widen(Shape)
	return e.caption.AttachScene(item, lead)
}

// standIn names the one person of the caption whose place somebody else takes where
// all else should be the same: "same but a woman", "a man here? The rest is fine".
func (e *edit) standIn(head string) (string, bool) {
	if !e.heard.HasAny("same rest") || !e.en.Is(head, lexicon.Person) {
		return "", false
	}
	p := e.caption.Parse()
	beings := e.caption.Beings(p, true)
	if len(beings) != 1 || !e.en.Is(p.Words[beings[0].Head].Lower, lexicon.Person) || p.Words[beings[0].Head].Lower == head {
		return "", false
	}
	return e.caption.Name(p, beings[0]), true
}

// anotherOf writes one more of what the caption has beside it: "another cup" makes "a
// cup and another cup".
func (e *edit) anotherOf(thing english.Parsed, name english.NounPhrase) bool {
	if thing.Words[name.Start].Lower != "another" || name.End < len(thing.Words) {
		return false
	}
	r := e.caption.Resolve(thing.Words[thing.SkipDeterminer(name):name.End])
	if !r.Found || e.en.Lemma(r.Noun) != e.en.Lemma(thing.Words[name.Head].Lower) {
		return false
	}
	e.caption.Follow(r.NP, slices.Concat(english.Tokenise("and"), thing.Words[name.Start:name.End]))
	e.because("one more " + r.Noun)
	e.widen(Shape)
	return true
}

// reviseOwn describes anew what a person has only once: "with red hair" where her
// hair is blond.
func reviseOwn(e *edit, thing english.Parsed, name english.NounPhrase) bool {
	head := thing.Words[name.Head]
	if name.Head == name.Start && name.End == len(thing.Words) || !e.caption.Attachable(head.Lower) || thing.Words[name.Start].Lower == "another" {
		return false
	}
	r := e.caption.Resolve(english.Words{head})
	if !r.Found || e.en.Lemma(r.Noun) != e.en.Lemma(head.Lower) || e.caption.AlreadyThere(thing, name) {
		return false
	}
	return respecify(e, r, thing, name)
}

// addAt adds a thing at a place. If the caption names the place's noun, the
// thing goes beside it without naming it twice: "add a doll on the bench" makes
// "a doll on the bench under a tree"; else the place is said as spoken.
func addAt(e *edit, item, place english.Words, lead string) bool {
	if lead == "" {
		lead = e.caption.LeadFor(item[len(item)-1].Lower)
	}
	relation, ground := english.SplitPlace(place)
	e.widen(Shape)
	if len(ground) == 0 {
		return e.caption.AttachScene(slices.Concat(item, place), lead)
	}
	where := e.caption.Resolve(ground)
	if where.Found && (e.en.Is(where.Head, lexicon.Person) || e.en.Is(where.Head, lexicon.Animal)) && (relation == "on" || relation == "onto" || relation == "to") {
		e.preset = Appearance
		return e.caption.Attach(&where.NP, item, lead)
	}
	if !where.Found && where.Owned && len(where.Owners) == 0 {
		return e.caption.Attach(&where.Owner, slices.Concat(item, place), lead) // "a pipe in his mouth"
	}
	if !where.Found {
		return e.caption.AttachScene(slices.Concat(item, place), lead)
	}
	p := e.caption.Parse()
	n := p.Whole(where.NP)
	symmetric := besides(relation)
	switch {
	case n.Start > 0 && p.Tags[n.Start-1] == english.Preposition && !symmetric:
		// "a sandwich on a plate": the new thing joins what is there already.
		it := " it"
		if e.en.IsPlural(p.Words[n.Head].Lower) {
			it = " them"
		}
		e.caption.Splice(n.End, n.End, slices.Concat(english.Tokenise("with"), item, english.Tokenise(relation+it)))
		e.caption.Attend(n.End + len(item))
	case symmetric && n.Start > 0:
		e.caption.Splice(n.End, n.End, slices.Concat(english.Tokenise(relation), item))
		e.caption.Attend(n.End + len(item))
	case n.Start == 0 && symmetric && p.Finite(n.End):
		e.caption.Splice(n.End, n.End, slices.Concat(english.Tokenise(relation), item))
		e.caption.Attend(n.End + len(item))
	case n.Start == 0 && p.Finite(n.End):
		return e.caption.AttachScene(slices.Concat(item, english.Tokenise(relation+" it")), lead)
	case n.Start == 0 && e.en.Is(where.Noun, lexicon.Person):
		return e.caption.AttachScene(slices.Concat(item, place), lead) // people stay what the caption is about
	default:
		e.caption.Splice(n.Start, n.Start, slices.Concat(item, english.Tokenise(relation)))
		e.caption.Attend(n.Start + len(item) - 1)
	}
	return true
}

// besides tells whether a preposition says that two things are side by side.
func besides(relation string) bool {
	switch relation {
	case "next to", "beside", "near", "by", "close to", "alongside":
		return true
	}
	return false
}

// addTo answers "add a collar to the dog".
func addTo(e *edit, m english.Match) bool {
	if e.en.IsStyle(m["y"]) || e.en.IsMoment(m["y"]) {
		return add(e, m["y"], nil, "")
	}
	if english.PlaceWords.Has(m["y"][len(m["y"])-1].Lower) {
		return false
	}
	what := e.caption.Resolve(m["x"])
	switch {
	case what.Whole || what.Scene:
		return add(e, m["y"], nil, "")
	case what.Found:
		if e.en.IsAdjectival(m["y"]) {
			return setAdjectives(e, m["x"], m["y"])
		}
		return give(e, m["x"], m["y"], "with")
	}
	if what.Head == "sky" {
		return add(e, m["y"], slices.Concat(english.Tokenise("in"), m["x"]), "")
	}
	return add(e, m["y"], slices.Concat(english.Tokenise("on"), m["x"]), "")
}

// addPlace answers "put a tree next to the car".
func addPlace(e *edit, m english.Match) bool {
	y := m["y"]
	if r := e.caption.Resolve(y); r.Found && len(y) > 0 && (y[0].Lower == "the" || english.Pronouns.Has(y[0].Lower)) {
		return false
	}
	thing := e.en.Parse(y)
	if name, ok := thing.Main(); !ok || name.End < len(y)-6 {
		return false
	}
	if _, _, ok := e.caption.SubjectAndVerb(y); ok {
		return false // "have the zebra look at the camera"
	}
	if can := e.en.Possible(y[len(y)-1].Lower); len(y) > 2 && can.Verb > max(can.Noun, 0) && !can.Gerund && !can.Past {
		return false // "have a gorilla sit at the table"
	}
	if m["x"].Lower() == "it" && m.Text("relation") == "in" && !e.definite(y) {
		if old, ok := e.contentsLike(y); ok {
			return swap(e, english.Tokenise(old), y)
		}
	}
	x := e.caption.Resolve(m["x"])
	if x.Whole && m["x"].Lower() == "it" && around.Has(m["relation"][0].Lower) && !e.en.IsMoment(y) && !e.en.IsStyle(y) && e.caption.StartsThing(y) {
		return add(e, y, slices.Concat(m["relation"], m["x"]), "")
	}
	if x.Whole {
		return add(e, y, nil, "")
	}
	if len(y) == 1 && e.en.Is(y[0].Lower, lexicon.Weather) && e.en.IsMoment(y) {
		return e.weatherOn(x, y, m)
	}
	if !x.Found && e.en.IsMoment(y) || e.en.IsStyle(y) {
		return add(e, y, nil, "")
	}
	if !e.caption.StartsThing(y) {
		return false
	}
	return add(e, y, slices.Concat(m["relation"], m["x"]), "")
}

// contentsLike names what a thing of the caption holds that is of the kind of what
// should be in it: the roses of "a vase with roses" for tulips.
func (e *edit) contentsLike(y english.Words) (string, bool) {
	head, ok := e.headOf(y)
	if !ok {
		return "", false
	}
	p := e.caption.Parse()
	for _, n := range p.Nouns {
		old := p.Words[n.Head].Lower
		if n.Start > 0 && english.List("with of").Has(p.Words[n.Start-1].Lower) && old != head && e.sameKind(head, old) {
			return e.caption.Name(p, n), true
		}
	}
	return "", false
}

// besideThem answers "behind her, a red wall".
func besideThem(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	if len(x) > 2 || !english.Pronouns.Has(x[0].Lower) && !(x[0].Lower == "the" && e.caption.Resolve(x).Found) || !e.isThing(y) || english.ClassOf(y[0].Lower) != english.Determiner && !e.en.IsPlural(y[len(y)-1].Lower) {
		return false
	}
	return addPlace(e, m)
}

// around are prepositions by which a thing is beside what the picture shows, and not
// anywhere in it.
const around english.List = "behind beside next near under above"

// weatherOn puts snow or fog on something: what the caption names is snowy, what it
// does not is said as it was spoken.
func (e *edit) weatherOn(x caption.Referent, y english.Words, m english.Match) bool {
	if x.Scene || x.Whole {
		return setTime(e, y)
	}
	adjective := english.Tokenise(y[0].Lower + "y")
	if x.Found && e.en.Is(x.Noun, lexicon.Place) && english.WeatherWords.Has(adjective[0].Lower) {
		return globally(e) && modify(e, x, adjective)
	}
	e.because("add " + y.Text())
	return globally(e) && e.caption.AttachScene(slices.Concat(y, m["relation"], m["x"]), "with")
}

// cover answers "cover the hills with snow".
func cover(e *edit, m english.Match) bool {
	x := e.caption.Resolve(m["x"])
	if !x.Found || x.Whole {
		return false
	}
	if y := m["y"]; len(y) == 1 && e.en.Is(y[0].Lower, lexicon.Weather) {
		return e.weatherOn(x, y, english.Match{"relation": english.Tokenise("on"), "x": m["x"]})
	}
	return placePhraseAfter(e, x, slices.Concat(english.Tokenise("covered in"), m["y"]))
}

// addThing answers "add a boat".
func addThing(e *edit, m english.Match) bool { return add(e, e.describedAfter(m["y"]), nil, "") }

// describedAfter puts what is said of a thing after it before its noun: "a kitten, a
// black one", "a beard, also white".
func (e *edit) describedAfter(y english.Words) english.Words {
	i := slices.IndexFunc(y, func(t english.Token) bool { return t.Lower == "," })
	if i < 1 || i+1 >= len(y) {
		return y
	}
	after := y[i+1:]
	if len(after) > 1 && after[len(after)-1].Lower == "preferably" {
		after = after[:len(after)-1]
	}
	if after[0].Lower == "also" || after[0].Lower == "preferably" || after[0].Lower == "in" {
		after = after[1:]
	} else if len(after) == len(y)-i-1 && (!english.OneOfThem(after) || len(after) < 2) {
		return y
	}
	if len(after) > 0 && after[len(after)-1].Lower == "one" {
		after = after[:len(after)-1]
	}
	words := e.en.BareAdjectives(after)
	q := e.en.Parse(y[:i])
	n, ok := q.Main()
	if !ok || n.End < i || len(words) == 0 || !e.en.IsAdjectival(words) {
		return y
	}
	at := q.SkipDeterminer(n)
	return slices.Concat(y[:at], words, y[at:i])
}

// addWith answers "with glasses".
func addWith(e *edit, m english.Match) bool { return add(e, m["y"], nil, "with") }

// addWorn answers "put on a hat" and "put a hat on".
func addWorn(e *edit, m english.Match) bool {
	head, ok := e.headOf(m["y"])
	if things := e.en.Items(m["y"]); len(things) > 1 {
		head, ok = e.headOf(things[0])
	}
	return ok && e.caption.Attachable(head) && (e.en.CanBe(head, lexicon.Garment) || english.List("collar glasses sunglasses makeup").Has(head)) && !e.en.Is(head, lexicon.Act) && add(e, m["y"], nil, "")
}

// addWearing answers "wearing a red hat".
func addWearing(e *edit, m english.Match) bool { return add(e, m["y"], nil, "wearing") }

// giveTo answers "give her glasses".
func giveTo(e *edit, m english.Match) bool {
	give := func(x, y english.Words) bool {
		what := e.caption.Resolve(x)
		if !what.Found && !what.Whole && len(e.severally(x)) < 2 || !e.caption.StartsThing(y) {
			return false
		}
		return give(e, x, y, "with")
	}
	z := m["z"]
	if len(z) > 1 && english.Pronouns.Has(z[0].Lower) && give(z[:1], z[1:]) {
		return true // "give her red hair": not "her red hair"
	}
	return e.caption.Split(z, give)
}

// addDescription adds words that are no thing: "add surrounded by fans".
func addDescription(e *edit, item english.Words) bool {
	p := e.en.Parse(item)
	if len(item) == 0 {
		return false
	}
	switch p.Tags[0] {
	case english.Preposition, english.Past, english.Gerund:
		end := e.caption.Tail(e.caption.Parse())
		lead := english.Words{}
		if p.Tags[0] != english.Preposition {
			lead = english.Tokenise(",")
		}
		e.caption.Splice(end, end, append(lead, item...))
		e.because("add " + strings.TrimSpace(item.Text()))
		e.widen(Shape)
		return true
	}
	return false
}

// dress answers "dress her in a red coat".
func dress(e *edit, m english.Match) bool {
	q := e.en.Parse(m["y"])
	name, ok := q.Main()
	return ok && e.en.CanBe(q.Words[name.Head].Lower, lexicon.Garment) && ownerKnown(e, m["x"]) && give(e, m["x"], m["y"], "wearing")
}
