package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// inColour answers "the house in white" and "white for the house".
func inColour(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	if x.Has("in") || len(y) > 4 || !e.en.IsAdjectival(y) || !e.en.IsColour(y[len(y)-1].Lower) || len(x) > 5 || !e.caption.IsReference(x) || english.Starters.Has(x[0].Lower) {
		return false
	}
	r := e.caption.Resolve(x)
	if part, ok := e.likewise(r); ok && m.Text("for") == "for" {
		return setAdjectives(e, part, y)
	}
	return (r.Found || len(e.severally(x)) > 1) && y.Lower() != "black and white" && setAdjectives(e, x, y)
}

// likewise is what a being has of the sort that the turn before gave to another: its
// collar, in "but green for the bird" after the cat got a collar.
func (e *edit) likewise(who caption.Referent) (english.Words, bool) {
	if !who.Found || !e.en.Animate(who.Noun) {
		return nil, false
	}
	p := e.caption.Parse()
	for _, i := range slices.Backward(lastWords(e)) {
		n := p.Around(i)
		head := p.Words[n.Head].Lower
		if e.en.Animate(head) || p.Tags[n.Head] != english.Noun || !e.caption.Attachable(head) {
			continue
		}
		return english.Tokenise(e.caption.Name(p, who.NP) + "'s " + head), true
	}
	return nil, false
}

// forSomebody answers "sunglasses for the cat" and "a hat for both".
func forSomebody(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	if y[0].Lower == "no" && len(y) > 1 {
		return withoutThing(e, english.Match{"x": x, "y": y[1:]})
	}
	if english.Starters.Has(y[0].Lower) || !e.isThing(y) {
		return false
	}
	r := e.caption.Resolve(x)
	if !(r.Found && e.en.Animate(r.Noun)) && len(e.severally(x)) < 2 {
		return false
	}
	if head, ok := e.headOf(y); ok && r.Found && e.en.Animate(head) && e.sameKind(head, r.Noun) {
		return e.ask(Question{Kind: Clarify, Text: fmt.Sprintf("Should %s come in the place of %s, or beside it?", y.Text(), x.Text()), Choices: []string{"replace " + x.Text() + " by " + y.Text(), "add " + y.Text()}})
	}
	return give(e, x, y, "with")
}

// withoutThing answers "the cat without a collar": what somebody has goes.
func withoutThing(e *edit, m english.Match) bool {
	x := e.caption.Resolve(m["x"])
	if modal(m["y"]) || !x.Found || !e.en.Animate(x.Noun) || len(m["x"]) > 3 {
		return false
	}
	has := e.caption.ResolveOf(m["y"], x)
	if !has.Found {
		return e.ask(Question{Kind: NothingToDo, Text: "The prompt gives " + m.Text("x") + " no " + has.Head + ".", Choices: removable(e)})
	}
	e.because(m["x"].Text() + " without " + m["y"].Text())
	e.caption.Remove(has)
	return e.widened()
}

// giveOver answers "give a hat to the man".
func giveOver(e *edit, m english.Match) bool {
	if e.definite(m["y"]) {
		return e.handOver(e.caption.Resolve(m["x"]), m["y"])
	}
	if _, only := m["definite"]; only {
		return false
	}
	return needs(e, m)
}

// inClothes answers "the girl in a red dress" and "both in green shirts".
func inClothes(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	q := e.en.Parse(y)
	name, ok := q.Main()
	if !ok || name.Start > 0 || name.End < len(y) || !e.en.CanBe(q.Words[name.Head].Lower, lexicon.Garment) {
		return false
	}
	r := e.caption.Resolve(x)
	one := r.Found && e.en.Animate(r.Noun) && e.definite(x)
	return (one || len(e.severally(x)) > 1) && give(e, x, y, "wearing")
}

// placeThing answers "put the cat on the floor" and "the cat on the floor": where the
// caption says that the thing is, it is elsewhere.
func placeThing(e *edit, m english.Match) bool {
	x := m["x"]
	r := e.caption.Resolve(x)
	if modal(x) {
		return false // "the one with the hat should be sitting on a bench"
	}
	if !r.Found || !e.definite(x) || ambiguous(e, r) {
		return e.question != nil
	}
	if beings := e.caption.Beings(e.caption.Parse(), true); english.Pronouns.Has(x[0].Lower) && len(x) == 1 && !e.en.Animate(r.Noun) && len(beings) == 1 {
		r = r.At(e.caption.Parse(), beings[0]) // "put it on a bed" after its carpet
	}
	alone := r.IsFirst() && len(e.caption.Beings(e.caption.Parse(), true)) < 2
	if alone && !e.en.Animate(r.Noun) {
		return false
	}
	ground := e.en.Parse(m["y"])
	name, ok := ground.Main()
	if !ok || name.Start > 0 || name.End < len(m["y"]) || e.isBeing(m["y"]) || e.en.CanBe(ground.Words[name.Head].Lower, lexicon.BodyPart) {
		return false
	}
	relation := m["relation"]
	switch relation.Lower() {
	case "to", "into":
		relation = english.Tokenise("in")
	case "onto":
		relation = english.Tokenise("on")
	}
	place := slices.Concat(relation, m["y"])
	e.widen(Shape)
	if alone {
		return e.putAlone(r, ground, name, place)
	}
	e.caption.Relocate(r, place)
	e.because(r.Noun + " " + place.Text())
	return true
}

// putAlone says where the one being of a caption is: the picture's place, where it
// is no other thing of the caption.
func (e *edit) putAlone(r caption.Referent, ground english.Parsed, name english.NounPhrase, place english.Words) bool {
	head := ground.Words[name.Head].Lower
	if e.caption.Attachable(head) || place[0].Lower != "on" && place[0].Lower != "in" && place[0].Lower != "at" {
		return false
	}
	if there := e.caption.Resolve(ground.Words); there.Found && e.en.Lemma(there.Noun) == e.en.Lemma(head) {
		if there.NP.Head < r.NP.Head || e.caption.PlaceHas(there) {
			return false
		}
		p := e.caption.Parse()
		place = slices.Concat(place[:1], p.Words[there.NP.Start:there.NP.End])
		e.caption.Remove(there)
	}
	e.because(r.Noun + " " + place.Text())
	e.caption.Resettle(r, place)
	return true
}

// onlyInside answers "only apples in the bowl": what something holds is nothing else.
func onlyInside(e *edit, m english.Match) bool {
	thing := e.en.Parse(m["y"])
	name, ok := thing.Main()
	if !e.only || !ok || name.Start > 0 || name.End < len(m["y"]) || e.definite(m["y"]) {
		return false
	}
	holder := e.caption.Resolve(m["x"])
	if !holder.Found || !e.definite(m["x"]) || e.en.Animate(holder.Noun) || e.en.Is(holder.Noun, lexicon.Place) {
		return false
	}
	e.widen(Shape)
	e.because(holder.Noun + " of " + m["y"].Text())
	e.caption.Fill(holder, thing, name)
	return true
}

// likeAnother answers "make the sofa the same colour as the cat".
func likeAnother(e *edit, m english.Match) bool {
	y, x := e.caption.Resolve(m["y"]), m["x"]
	if len(x) == 0 && e.caption.Focus() >= 0 {
		x = english.Tokenise("it")
	}
	if !y.Found || len(x) == 0 || !e.caption.IsReference(x) {
		return false
	}
	p := e.caption.Parse()
	i := e.caption.ColourIn(p, y.NP)
	if z, ok := m["z"]; ok && (i < 0 || len(z) > 1 || z[0].Lower != p.Words[i].Lower) {
		return false
	}
	if i < 0 {
		return e.ask(Question{Kind: Clarify, Text: "The prompt does not say which colour that is. Which should it be?"})
	}
	return setAdjectives(e, x, english.Words{p.Words[i]})
}

// exchangeNamed answers "swap the cars" and "swap the colours", where there are just
// two.
func exchangeNamed(e *edit, m english.Match) bool {
	p := e.caption.Parse()
	if len(m["x"]) == 0 {
		var coloured []english.NounPhrase
		for _, n := range p.Nouns {
			if e.caption.ColourIn(p, n) >= 0 {
				coloured = append(coloured, n)
			}
		}
		if beings := slices.DeleteFunc(slices.Clone(coloured), func(n english.NounPhrase) bool { return !e.en.Animate(p.Words[n.Head].Lower) }); len(beings) == 2 {
			coloured = beings
		}
		if len(coloured) != 2 {
			return e.ask(Question{Kind: Clarify, Text: "The colours of which two?"})
		}
		i, j := e.caption.ColourIn(p, coloured[0]), e.caption.ColourIn(p, coloured[1])
		e.widen(Appearance)
		return e.caption.Exchange(i, i+1, j, j+1)
	}
	two := e.caption.Several(m["x"])
	if len(two) != 2 {
		return false
	}
	e.widen(Shape)
	return e.caption.Exchange(two[0].Start, two[0].End, two[1].Start, two[1].End)
}

// placeTaken is the one thing of a caption in whose place another may come: "make it a
// violin" of a musician with a guitar.
func (e *edit) placeTaken(p english.Parsed, y english.Words) (name string, ok bool) {
	thing := e.en.Parse(y)
	main, ok := thing.Main()
	if !ok || main.Start > 0 || main.End < len(y) {
		return "", false
	}
	head := thing.Words[main.Head].Lower
	if !e.isA(head, lexicon.Artifact, lexicon.Food, lexicon.Act, lexicon.Garment, lexicon.Plant, lexicon.Vehicle) {
		return "", false
	}
	var things, alike []string
	for _, n := range p.Nouns {
		noun := p.Words[n.Head].Lower
		if n.Start == 0 || n.Owner >= 0 || e.en.Animate(noun) || e.en.Lemma(noun) == e.en.Lemma(head) || !e.isA(noun, lexicon.Artifact, lexicon.Food, lexicon.Act, lexicon.Garment, lexicon.Plant, lexicon.Vehicle) {
			continue
		}
		things = append(things, e.caption.Name(p, n))
		if e.sameKind(head, noun) || e.en.Is(noun, lexicon.Garment) && e.en.Is(head, lexicon.Garment) {
			alike = append(alike, e.caption.Name(p, n))
		}
	}
	switch {
	case len(alike) == 1:
		return alike[0], true
	case len(alike) == 0 && len(things) == 1:
		return things[0], true
	}
	return "", false
}

// isA tells whether a noun names something of one of the kinds.
func (e *edit) isA(noun string, kinds ...lexicon.Kind) bool {
	return e.en.IsAny(noun, kinds...)
}

// insteadOfWhat puts something in the place of the one thing that the caption has of
// its kind, or has at all, or asks in whose place it should come.
func insteadOfWhat(e *edit, y english.Words) bool {
	p := e.caption.Parse()
	if name, ok := e.placeTaken(p, y); ok {
		return swap(e, english.Tokenise(name), y)
	}
	return askInstead(e, y)
}

// askInstead asks in whose place something should come. A picture has one background.
func askInstead(e *edit, y english.Words) bool {
	if thing := e.en.Parse(y); len(thing.Nouns) == 1 && thing.Words[thing.Nouns[0].Head].Lower == "background" && len(y) > 1 {
		return e.read(y) // there is only one
	}
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: "Instead of what?"}
	for _, n := range p.Nouns {
		if n.Owner < 0 && !caption.SceneNouns.Has(p.Words[n.Head].Lower) && len(q.Choices) < 4 {
			q.Choices = append(q.Choices, "replace "+e.caption.Name(p, n)+" by "+y.Text())
		}
	}
	return len(q.Choices) > 0 && e.ask(q)
}
