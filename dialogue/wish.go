package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
)

// needs answers "the woman needs a scarf" and "she could use earrings".
func needs(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	if y[0].Lower == "to" || !ownerKnown(e, x) && len(e.severally(x)) < 2 || !e.caption.StartsThing(y) {
		return false
	}
	return give(e, x, y, "with")
}

// seenWith answers "I'd love to see her with freckles".
func seenWith(e *edit, m english.Match) bool {
	r := e.caption.Resolve(m["x"])
	if !r.Found || !e.en.Animate(r.Noun) || !e.definite(m["x"]) && !english.Pronouns.Has(m["x"][0].Lower) || !e.caption.StartsThing(m["y"]) {
		return false
	}
	if m.Text("lead") == "in" {
		return inClothes(e, m)
	}
	return give(e, m["x"], m["y"], m.Text("lead"))
}

// suits answers "a scarf would suit her" and "red hair would look good on her".
func suits(e *edit, m english.Match) bool {
	return needs(e, m)
}

// wouldBeNice answers "a rainbow would be nice": what would be nice is asked for.
// What is said of it afterwards belongs to it: "a scarf would be nice, in red".
func wouldBeNice(e *edit, m english.Match) bool {
	y := m["y"]
	if len(y) > 6 || y[0].Lower == "it" || y[0].Lower == "that" || y[0].Lower == "this" {
		return false
	}
	if z := m["z"]; len(z) > 0 {
		words := e.en.BareAdjectives(z)
		name, ok := e.en.Parse(y).Main()
		if len(words) == 0 || !ok || name.End != len(y) || !e.en.IsAdjectival(words) {
			return false
		}
		at := e.en.Parse(y).SkipDeterminer(name)
		y = slices.Concat(y[:at], words, y[at:])
	}
	return e.read(y)
}

// mustBeThere answers "the horse has to be there": what was there comes back, and what is
// there is drawn more clearly.
func mustBeThere(e *edit, m english.Match) bool {
	x := m["x"]
	if !e.definite(x) || len(e.talk.Turns) == 0 {
		return false
	}
	if r := e.caption.Resolve(x); r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(r.Head) {
		return scaleWord(e, x, normal)
	}
	return comesBack(e, x)
}

// forgotten answers "you forgot the hat": it is added, or drawn more clearly where the
// prompt has it.
func forgotten(e *edit, m english.Match) bool {
	y := m["y"]
	if len(y) > 4 || !e.isThing(y) {
		return false
	}
	if r := e.caption.Resolve(y); r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(r.Head) {
		return scaleWord(e, y, normal)
	}
	if english.ClassOf(y[0].Lower) == english.Possessive && len(y) > 1 {
		return give(e, english.Tokenise(map[string]string{"her": "her", "his": "him", "its": "it", "their": "them"}[y[0].Lower]), y[1:], "with")
	}
	return add(e, y, nil, "")
}
