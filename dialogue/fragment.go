package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// fragment answers words without a verb: "red", "a hat", "blue eyes", "aerial
// view".
func fragment(e *edit, m english.Match) bool {
	x := m["x"]
	if len(x) > 12 {
		return false
	}
	x = e.describedAfter(x)
	if last := len(x) - 1; last > 1 && english.ClassOf(x[0].Lower) == english.Possessive && e.en.IsColour(x[last].Lower) && !e.en.IsColour(x[last-1].Lower) && e.en.Possible(x[last-1].Lower).Noun > 0 && e.isThing(x[:last]) {
		return setAdjectives(e, x[:last], x[last:]) // "his suit orange"
	}
	if i := slices.IndexFunc(x, func(t english.Token) bool { return t.Lower == "of" }); i > 1 && e.definite(x[:i]) && e.ofWhat(x, i) {
		return true
	}
	if english.List("on off up down out to of for from with at by into onto").Has(x[len(x)-1].Lower) {
		return false // "dream on" is no dream
	}
	if i := slices.IndexFunc(x, func(t english.Token) bool { return t.Lower == "," }); i > 1 && i+2 < len(x) && english.ClassOf(x[i+1].Lower) == english.Preposition && e.en.IsMoment(x[:i]) {
		return setTime(e, x[:i]) && fragment(e, english.Match{"x": x[i+1:]}) // "at night, under the moon"
	}
	if last := len(x) - 1; last > 0 && (x[last].Lower == "there" || x[last].Lower == "here") {
		x = x[:last]
	}
	if i := e.nextThing(x); i > 0 {
		return fragments(e, []english.Words{x[:i], x[i:]})
	}
	p := e.en.Parse(x)
	switch {
	case (e.only || p.Tags[0] == english.Number && x[0].Lower != "one" && e.talk.Known == nil) && e.recount(x):
		return true
	case e.isColoured(x):
		return setAdjectives(e, x[:len(x)-1], x[len(x)-1:])
	case x.Lower() == "black and white" && !e.correction:
		return setStyle(e, x, false)
	case english.OneOfThem(x) && len(x) > 1 && e.en.IsAdjectival(e.en.BareAdjectives(x[:len(x)-1])):
		return suchOne(e, e.en.BareAdjectives(x[:len(x)-1]), x[len(x)-1].Lower == "ones")
	case e.en.IsStyle(x):
		return setStyle(e, x, e.correction)
	case e.correction && swapLastVerb(e, x):
		return true
	case e.en.IsMoment(x):
		return setTime(e, x)
	case e.namesThing(x):
		return setAdjectives(e, x[len(x)-1:], x[:len(x)-1])
	case e.en.BareAdjectives(x).Lower() == "black and white" && !e.correction:
		return describeSomething(e, x)
	case e.en.IsAdjectival(x):
		return replaceLast(e, x) || describeSomething(e, x)
	case x[0].Lower == "in" && len(x) < 5 && e.en.IsAdjectival(x[1:]) && e.en.IsColour(x[len(x)-1].Lower) && x[1:].Lower() != "black and white":
		return replaceLast(e, x[1:]) || describeSomething(e, x[1:])
	case x[0].Lower == "of" || x[0].Lower == "to" || x[0].Lower == "for" || x[0].Lower == "from":
		return false // the rest of a sentence
	case len(x) > 2 && e.en.PastForm(x[0].Lower) && english.ClassOf(x[1].Lower) == english.Preposition && e.isThing(x[2:]) && !e.caption.Words().Has(x[0].Lower):
		return e.participle(x)
	case x[0].Lower == "as" && len(x) > 1 && e.isThing(x[1:]) && english.GenderOf(x[len(x)-1].Lower) != english.AnyGender:
		return transform(e, x[1:]) // "as a woman"
	case p.Tags[0] == english.Preposition && len(x) > 1:
		if e.elsewhere(x) {
			return true
		}
		if name, ok := p.Main(); ok && e.en.Is(p.Words[name.Head].Lower, lexicon.Place) && x[0].Lower != "with" {
			return setScene(e, x)
		}
		e.caption.Append(x)
		e.widen(Global)
		e.because("say " + x.Text())
		return true
	}
	if things := e.en.Items(x); len(things) > 1 {
		return fragments(e, things)
	}
	name, ok := p.Main()
	if ok && name.Start == 0 && name.End < len(x) && p.Tags[name.End] == english.Gerund { // "the cat sleeping"
		r := e.caption.Resolve(x[:name.End])
		if r.Found && e.en.Likeness(p.Words[name.Head].Lower, r.Noun) > 9 {
			return act(e, x[:name.End], x[name.End:])
		}
		if !r.Found && !r.Whole && e.doesTo(r, x[:name.End], x[name.End:]) {
			e.widen(Shape)
			return true
		}
		return english.ClassOf(x[0].Lower) != english.Possessive && e.en.Possible(e.en.Lemma(p.Words[name.Head].Lower)).Noun > 0 && e.en.KnowsAll(p, x) && addDoing(e, x[:name.End], x[name.End:])
	}
	if ok && name.Start == 0 && name.End < len(x) && (p.Tags[name.End] == english.Preposition || english.PlaceWords.Has(x[name.End].Lower)) {
		switch relation := x[name.End].Lower; {
		case relation == "with":
			if r := e.caption.Resolve(x[:name.End]); r.Found && e.en.Likeness(p.Words[name.Head].Lower, r.Noun) > 9 {
				return give(e, x[:name.End], x[name.End+1:], "with")
			}
			return e.en.KnowsAll(p, x) && add(e, x, nil, "")
		case relation == "of":
			return e.en.KnowsAll(p, x) && add(e, x, nil, "")
		}
		return e.en.KnowsAll(p, x) && addOne(e, x[:name.End], x[name.End:], "")
	}
	if !ok || name.Start > 0 || name.End < len(x) {
		// "her hair red"
		if ok && name.Start == 0 && e.en.IsAdjectival(x[name.End:]) {
			return setAdjectives(e, x[:name.End], x[name.End:])
		}
		return false
	}
	if x[0].Lower == "another" && len(x) > 1 && !english.OneOfThem(x) {
		return e.en.KnowsAll(p, x) && add(e, x, nil, "")
	}
	if r := e.caption.Resolve(x); r.Found && e.definite(x) && name.Head == p.SkipDeterminer(name) && e.talk.Pending == nil {
		if e.begun && e.heard.HasAny("only just") {
			return true // "no fog, only the hills"
		}
		return e.ask(whatInstead(e, r))
	}
	if r := e.caption.Resolve(x); r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(p.Words[name.Head].Lower) && name.Head > name.Start {
		return respecify(e, r, p, name)
	}
	if x[0].Lower == "the" && name.Head == p.SkipDeterminer(name) && e.p.personal(p.Words[name.Head].Lower) && e.caption.Attachable(p.Words[name.Head].Lower) && e.en.Is(p.Words[name.Head].Lower, lexicon.BodyPart) {
		return e.ask(whatInstead(e, e.caption.Resolve(x)))
	}
	if !e.en.KnowsAll(p, x) {
		return false
	}
	if replaceLast(e, x) || e.correction && swapLast(e, x) {
		return true
	}
	if head := p.Words[name.Head].Lower; name.Head > 0 && p.Tags[0] == english.Adjective && e.en.Is(head, lexicon.Place) && e.bareOfBeing() {
		return e.ask(e.pictureOrPlace(x))
	}
	return add(e, x, nil, "")
}

// participle answers "surrounded by mountains" and "lined with trees": of what a model
// calls by no such word, it says what is there.
func (e *edit) participle(x english.Words) bool {
	if x[1].Lower == "with" && !e.p.modelKnows(x[0].Lower, e.talk) {
		e.own += english.List(" " + x[0].Lower)
		return add(e, x[2:], nil, "with")
	}
	e.caption.Append(slices.Concat(english.Tokenise(","), x))
	e.widen(Shape)
	e.because("say " + x.Text())
	return true
}

// elsewhere answers "on the couch" of a cat in the grass: what the caption is about is
// there, and no longer where it was. What an earlier picture called a blue couch is
// that couch again.
func (e *edit) elsewhere(x english.Words) bool {
	p := e.caption.Parse()
	subject, ok := e.caption.Subject(p)
	q := e.en.Parse(x)
	name, named := q.Main()
	if !ok || !named || !english.List("in on at").Has(x[0].Lower) || e.clause[0].Lower != x[0].Lower || name.Start != 1 || name.End < len(x) || name.Head == name.Start || len(e.caption.Beings(p, true)) > 1 {
		return false
	}
	head := q.Words[name.Head].Lower
	if !e.isA(head, lexicon.Place, lexicon.Building, lexicon.Artifact, lexicon.Vehicle, lexicon.Plant) || e.p.personal(head) || e.caption.Words().Has(head) {
		return false
	}
	who := caption.Referent{}.At(p, subject)
	if !e.en.Animate(who.Noun) || !e.caption.StandsSomewhere(who) {
		return false
	}
	place := x
	for _, turn := range slices.Backward(e.talk.Turns[:len(e.talk.Turns)-1]) {
		before := e.en.Parse(english.Tokenise(turn.Prompt))
		if i := slices.IndexFunc(before.Nouns, func(n english.NounPhrase) bool { return before.Words[n.Head].Lower == head }); i >= 0 && e.definite(x[1:]) {
			place = slices.Concat(x[:1], before.Words[before.Nouns[i].Start:before.Nouns[i].End])
			break
		}
	}
	e.caption.Relocate(who, place)
	e.widen(Shape)
	e.because("elsewhere: " + place.Text())
	return true
}

// bareOfBeing tells whether all that was said is the clause, of a picture of somebody.
func (e *edit) bareOfBeing() bool {
	p := e.caption.Parse()
	subject, ok := e.caption.Subject(p)
	return ok && e.en.Animate(p.Words[subject.Head].Lower) && len(e.heard.TrimMarks()) == len(e.clause)
}

// pictureOrPlace asks whether a landscape is where somebody is, or another picture:
// "snowy mountains" of a girl.
func (e *edit) pictureOrPlace(x english.Words) Question {
	return Question{
		Kind:    Clarify,
		Text:    fmt.Sprintf("Is %q a new picture, or the background of this one?", x.Text()),
		Choices: []string{"new picture: " + x.Text(), "change the background to " + x.Text()},
	}
}

// suchOne answers "a red one" and "red ones": what the turn before put in should be
// so, or the one thing that can be.
func suchOne(e *edit, words english.Words, several bool) bool {
	var names []string
	p := e.caption.Parse()
	for _, i := range lastWords(e) {
		n := p.Around(i)
		if name := e.caption.Name(p, n); p.Tags[n.Head] == english.Noun && !e.en.Animate(p.Words[n.Head].Lower) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if several && len(names) > 1 {
		for _, name := range names {
			if !setAdjectives(e, english.Tokenise(name), slices.Clone(words)) {
				return false
			}
		}
		return true
	}
	at := e.caption.Focus()
	if subject, ok := e.caption.Subject(p); ok && !several && (at < 0 || e.en.IsPlural(p.Words[at].Lower)) && e.en.Is(p.Words[subject.Head].Lower, lexicon.Animal) {
		return modify(e, caption.Referent{}.At(p, subject), words) // "a black one" are no eyes
	}
	if replaceLast(e, words) {
		return true
	}
	if at >= 0 {
		return setAdjectives(e, english.Tokenise("it"), words)
	}
	if len(words) == 0 || !e.en.IsColour(words[len(words)-1].Lower) {
		return false
	}
	if done, ok := colourOne(e, words); ok {
		return done
	}
	for _, n := range p.Nouns {
		if head := p.Words[n.Head].Lower; e.caption.Attachable(head) && !e.en.Is(head, lexicon.BodyPart) {
			return modify(e, caption.Referent{}.At(p, n), words)
		}
	}
	return false
}

// isColoured tells whether words are a thing of the caption and its colour: "hat
// orange".
func (e *edit) isColoured(x english.Words) bool {
	last := len(x) - 1
	if last < 1 || last > 2 || !e.en.IsColour(x[last].Lower) || e.en.IsAdjectival(x[:last]) || e.en.IsColour(x[last-1].Lower) {
		return false
	}
	r := e.caption.Resolve(x[:last])
	return r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(x[last-1].Lower) && !e.caption.IsModifier(r)
}

// namesThing tells whether adjectives end in a word that is a thing of the caption,
// though it may also be a colour: "white wine".
func (e *edit) namesThing(x english.Words) bool {
	last := len(x) - 1
	if last < 1 || !e.en.IsAdjectival(x) || !e.en.IsColour(x[last].Lower) {
		return false
	}
	p := e.caption.Parse()
	return slices.ContainsFunc(p.Nouns, func(n english.NounPhrase) bool {
		return n.Head > n.Start && p.Words[n.Head].Lower == x[last].Lower && p.Tags[n.Head] == english.Noun
	})
}

// nextThing is where a second thing begins without a joint: "red hat blue shirt"; 0
// where there is one.
func (e *edit) nextThing(x english.Words) int {
	for i := 2; i+1 < len(x); i++ {
		if e.en.IsColour(x[i].Lower) && e.en.IsColour(x[0].Lower) && !e.en.IsColour(x[i-1].Lower) && e.en.Possible(x[i-1].Lower).Noun > 0 && !english.Closed(x[i-1].Lower) && e.isThing(x[:i]) && e.isThing(x[i:]) {
			return i
		}
	}
	return 0
}

// fragments understands a list without a verb: "red hair and glasses".
func fragments(e *edit, things []english.Words) bool {
	for _, thing := range things {
		if !fragment(e, english.Match{"x": thing}) && !bareComparative(e, english.Match{"y": thing}) {
			return false
		}
	}
	return true
}

// describeSomething finds the noun for adjectives that were said alone. A colour is
// for what was edited last, or for the one thing that has a colour; else the
// bot asks.
func describeSomething(e *edit, x english.Words) bool {
	words := e.en.BareAdjectives(x)
	if len(words) == 0 {
		return false
	}
	if at := e.caption.Focus(); words.Lower() == "black and white" && (at < 0 || !e.correction && !e.en.Animate(e.caption.Words()[at].Lower)) {
		return setStyle(e, words, false)
	}
	of := bearer(e, words)
	if len(of) > 1 || e.caption.Focus() >= 0 || !e.en.IsColour(words[len(words)-1].Lower) {
		return setAdjectives(e, of, words)
	}
	if done, ok := colourOne(e, words); ok {
		return done
	}
	return setAdjectives(e, of, words)
}

// colourOne gives a colour to the one thing that has one, or asks which of several is
// meant; ok is unset where there are not so many.
func colourOne(e *edit, words english.Words) (done, ok bool) {
	p := e.caption.Parse()
	var coloured, things []english.NounPhrase
	for _, n := range p.Nouns {
		if e.caption.ColourIn(p, n) >= 0 {
			coloured = append(coloured, n)
		}
		if !e.en.Is(p.Words[n.Head].Lower, lexicon.Person) && n.Owner < 0 {
			things = append(things, n)
		}
	}
	if len(coloured) == 1 {
		return modify(e, caption.Referent{}.At(p, coloured[0]), words), true
	}
	if len(coloured) > 1 {
		things = coloured
	}
	if len(things) < 2 {
		return false, false
	}
	return e.ask(whichOf(e, caption.Referent{NP: things[0], Rivals: things[1:]}, words)), true
}

// replaceLast puts words in the place of those that the turn before put in, if
// they are of the same sort: "no, brown".
func replaceLast(e *edit, x english.Words) bool {
	last := lastWords(e)
	if len(last) == 0 {
		return false
	}
	p := e.caption.Parse()
	words := e.en.BareAdjectives(x)
	if len(words) == 0 {
		return false
	}
	fresh := words[len(words)-1].Lower
	for _, i := range last {
		if i+1 < len(p.Words) && p.Words[i+1].Lower == fresh && len(words) > 1 {
			words = words[:len(words)-1] // "white wine" where there is "red wine"
			fresh = words[len(words)-1].Lower
		}
		if e.en.SameScale(p.Words[i].Lower, fresh) || e.en.OneKind(p.Words[i].Lower, fresh) {
			e.caption.Splice(i, i+1, words)
			e.because("in place of " + p.Words[i].Lower)
			e.widen(Appearance)
			return true
		}
	}
	return false
}

// wholeThing answers "everything on a red tablecloth" and "the whole thing at dusk".
func wholeThing(e *edit, m english.Match) bool {
	y := m["y"]
	return len(y) > 1 && english.ClassOf(y[0].Lower) == english.Preposition && y[0].Lower != "but" && y[0].Lower != "except" && e.read(y)
}

// ofWhat answers "the kitchen of a submarine" where there is a kitchen, of which it
// is not said whose; the words from an index on say so.
func (e *edit) ofWhat(x english.Words, of int) bool {
	r := e.caption.Resolve(x[:of])
	if !r.Found || e.caption.IsModifier(r) || e.en.Lemma(r.Noun) != e.en.Lemma(x[of-1].Lower) || e.definite(x[of+1:]) || !e.isThing(x[of+1:]) {
		return false
	}
	if words := e.caption.Words(); r.NP.End < len(words) && words[r.NP.End].Lower == "of" {
		return false
	}
	e.caption.Splice(r.NP.End, r.NP.End, x[of:])
	e.because(x.Text())
	e.widen(Shape)
	return true
}
