package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// contrasted answers "the sauce should be creamy instead of tomato" and "the sign
// should be green, not pink": what it should not be gives way, where the thing is
// so; else what it should be counts alone.
func contrasted(e *edit, m english.Match) bool {
	x, y, not := m["x"], m["y"].TrimMarks(), m["z"]
	if !e.caption.IsReference(x) || len(y) == 0 {
		return false
	}
	old := e.en.BareAdjectives(not)
	if n, ok := e.caption.PhraseOf(e.caption.Resolve(x)); ok && len(old) == 1 && e.en.IsAdjectival(y) {
		p := e.caption.Parse()
		for i := n.Start; i < n.Head; i++ {
			if p.Words[i].Lower == old[0].Lower {
				e.caption.Splice(i, i+1, e.en.BareAdjectives(y))
				e.caption.Attend(n.Head)
				e.because(x.Text() + " " + y.Text() + ", not " + not.Text())
				return e.widened()
			}
		}
	}
	return become(e, x, y)
}

// bothSo answers "both smiling": what all should be or do.
func bothSo(e *edit, m english.Match) bool {
	y := m["y"]
	if !e.en.IsAdjectival(y) && !e.en.Possible(y[0].Lower).Gerund || len(e.severally(m["who"])) < 2 {
		return false
	}
	return become(e, m["who"], y)
}

// soWith answers "the vase should be blue with white dots": how it is, and what it
// has.
func soWith(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	if !e.caption.IsReference(x) || !e.caption.Resolve(x).Found || !e.en.IsAdjectival(y) {
		return false
	}
	return setAdjectives(e, x, y) && give(e, x, m["z"], "with")
}

// inColours answers "hat in green shirt in white".
func inColours(e *edit, m english.Match) bool {
	if len(m["b"]) > 1 || !e.en.IsColour(m["b"][0].Lower) {
		return false
	}
	return inColour(e, english.Match{"x": m["a"], "y": m["b"]}) && inColour(e, english.Match{"x": m["x"], "y": m["y"]})
}

// modal tells whether words say what should be: they are a sentence, and name
// nothing.
func modal(words english.Words) bool {
	return words.HasAny(asksFor)
}

// hisOwn answers "his should be black" after "give her a hat": his hat.
func hisOwn(e *edit, m english.Match) bool {
	p := e.caption.Parse()
	owner := map[string]string{"his": "his", "hers": "her", "its": "its"}[m.Text("of")]
	for _, i := range slices.Backward(lastWords(e)) {
		x := english.Tokenise(owner + " " + p.Words[p.Around(i).Head].Lower)
		return e.en.IsAdjectival(m["y"]) && e.caption.Resolve(x).Found && setAdjectives(e, x, m["y"])
	}
	return false
}

// andThatOne answers "the other one a scarf" after somebody was given something.
func andThatOne(e *edit, m english.Match) bool {
	if len(e.caption.Beings(e.caption.Parse(), true)) < 2 {
		return false
	}
	z := m["z"]
	i := slices.IndexFunc(z, func(t english.Token) bool { return t.Lower == "a" || t.Lower == "an" || t.Lower == "some" })
	if i < 1 || !e.definite(z[:i]) || !e.isThing(z[i:]) {
		return false
	}
	r := e.caption.Resolve(z[:i])
	return r.Found && e.en.Animate(r.Noun) && give(e, z[:i], z[i:], "with")
}

// putTogether answers "put them on a bed" and "they should be on a bed", of several.
func putTogether(e *edit, m english.Match) bool {
	names := e.severally(m["x"])
	if len(names) > 1 && !e.definite(m["y"]) && english.List("in on at").Has(m.Text("relation")) {
		return setScene(e, slices.Concat(m["relation"], m["y"]))
	}
	return len(names) > 1 && !e.isBeing(m["y"]) && placedTogether(e, names, slices.Concat(m["relation"], m["y"]))
}

// placedTogether puts several where they all are: in the place of the last one's
// place.
func placedTogether(e *edit, several []string, place english.Words) bool {
	if len(several) == 0 || len(place) < 2 || english.ClassOf(place[0].Lower) != english.Preposition || english.List("with without of like").Has(place[0].Lower) {
		return false
	}
	r := e.caption.Resolve(english.Tokenise(several[len(several)-1]))
	if !r.Found {
		return false
	}
	e.caption.Relocate(r, place)
	e.widen(Shape)
	e.because("all of them " + place.Text())
	return true
}

// isSo answers "the car's blue".
func isSo(e *edit, m english.Match) bool {
	r := e.caption.Resolve(m["x"])
	return len(m["x"]) < 4 && r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(r.Head) && e.en.IsAdjectival(m["y"]) && setAdjectives(e, m["x"], m["y"])
}

// excess answers "there is too much stuff": less of it, where the prompt names it;
// before another clause it only says why that is asked.
func excess(e *edit, m english.Match) bool {
	if r := e.caption.Resolve(m["x"]); r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(r.Head) {
		return scaleWord(e, m["x"], 1/normal)
	}
	if !e.last {
		e.because("a remark on " + m["x"].Text())
		return true
	}
	return e.ask(Question{Kind: Clarify, Text: "What should go?", Choices: removable(e)})
}

// exceptSo answers "everything the same except her hair is red".
func exceptSo(e *edit, m english.Match) bool { return e.read(m["x"]) }

// sameColourAs answers "a hat, same colour as the shirt".
func sameColourAs(e *edit, m english.Match) bool {
	of := e.caption.Resolve(m["x"])
	if !of.Found {
		return false
	}
	p := e.caption.Parse()
	i := e.caption.ColourIn(p, of.NP)
	y := m["y"].TrimMarks()
	q := e.en.Parse(y)
	if i < 0 || len(q.Nouns) == 0 {
		return false
	}
	n := q.Nouns[len(q.Nouns)-1]
	at := q.SkipDeterminer(n)
	return n.End == len(y) && e.read(slices.Concat(y[:at], p.Words[i:i+1], y[at:]))
}

// fallAsleep answers "the dog fell asleep".
func fallAsleep(e *edit, m english.Match) bool {
	if !e.isBeing(m["x"]) {
		return false
	}
	e.adds = "sleeping"
	return setAdjectives(e, m["x"], english.Tokenise("sleeping"))
}

// cheerUp answers "cheer him up".
func cheerUp(e *edit, m english.Match) bool {
	if !e.isBeing(m["x"]) {
		return false
	}
	e.adds = "happy"
	return setAdjectives(e, m["x"], english.Tokenise("happy"))
}

// sameThing answers "the same hat for the dog": somebody gets what another has, as
// the caption describes it.
func sameThing(e *edit, m english.Match) bool {
	what, who := e.caption.Resolve(m["y"]), e.caption.Resolve(m["x"])
	if !what.Found || !who.Found || !e.en.Animate(who.Noun) || what.NP.Head == who.NP.Head || e.en.Lemma(what.Head) != e.en.Lemma(what.Noun) {
		return false
	}
	p := e.caption.Parse()
	thing := slices.Clone(p.Words[what.NP.Start:what.NP.End])
	e.widen(Appearance)
	e.because("give " + m["x"].Text() + " " + thing.Text())
	return e.caption.Attach(&who.NP, thing, e.caption.LeadFor(what.Noun))
}

// noButThis answers "no basil, parsley": the one comes in the place of the other.
func noButThis(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	r := e.caption.Resolve(x)
	if len(x) > 3 || len(y) > 4 || !r.Found || e.caption.IsModifier(r) || english.Starters.Has(y[0].Lower) || english.ClassOf(y[0].Lower) == english.Conjunction || y[0].Lower == "no" || !e.isThing(y) || e.en.IsAdjectival(y) {
		return false
	}
	return swap(e, x, y)
}

// comesBack adds again, as it was, what an earlier picture had and the one shown
// has not: "keep the egg" after it was taken out.
func comesBack(e *edit, x english.Words) bool {
	thing := e.en.Parse(x)
	name, ok := thing.Main()
	if !ok || name.End < len(x) || e.caption.Resolve(x).Found {
		return false
	}
	for _, turn := range slices.Backward(e.talk.Turns[:len(e.talk.Turns)-1]) {
		before := e.en.Parse(english.Tokenise(turn.Prompt))
		for _, n := range before.Nouns {
			if e.en.Lemma(before.Words[n.Head].Lower) == e.en.Lemma(thing.Words[name.Head].Lower) {
				e.because(x.Text() + " comes back")
				if n.Start > 0 && before.Tags[n.Start-1] == english.Preposition && e.en.Is(before.Words[n.Head].Lower, lexicon.Place) {
					return addDescription(e, before.Words[n.Start-1:n.End]) // "in a forest"
				}
				return add(e, before.Words[n.Start:n.End], nil, "")
			}
		}
	}
	return false
}

// saidSo answers "hat: green" and "hair in gray": how a thing is that somebody has, named or
// not.
func saidSo(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	name, ok := e.en.Parse(x).Main()
	if len(x) > 3 || !ok || name.Start > 0 || name.End < len(x) || !e.en.IsAdjectival(y) || !e.en.IsColour(y[len(y)-1].Lower) {
		return false
	}
	what := e.caption.Resolve(x)
	return (what.Found || e.caption.Attachable(what.Head)) && setAdjectives(e, x, y)
}
