package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// allBut answers "make everything except the hat white".
func allBut(e *edit, m english.Match) bool {
	if z, ok := m["z"]; ok {
		return e.caption.Split(z, func(x, y english.Words) bool { return changeAllBut(e, x, y) })
	}
	return changeAllBut(e, m["x"], m["y"])
}

// changeAllBut gives adjectives to all things of the caption but what x names.
func changeAllBut(e *edit, x, y english.Words) bool {
	y = e.en.BareAdjectives(y)
	if len(y) == 0 || !e.en.IsAdjectival(y) {
		return false
	}
	spared, ok := e.heads(x)
	if !ok {
		return false
	}
	p := e.caption.Parse()
	var names []string
	for _, n := range p.Nouns {
		if !slices.Contains(spared, n.Head) && e.takesColour(p, n) {
			names = append(names, e.caption.Name(p, n))
		}
	}
	for _, name := range names {
		if !setAdjectives(e, english.Tokenise(name), slices.Clone(y)) {
			return false
		}
	}
	return len(names) > 0
}

// takesColour tells whether "everything" that should be of a colour includes a noun
// phrase: things and animals, not places, times and people.
func (e *edit) takesColour(p english.Parsed, n english.NounPhrase) bool {
	head := p.Words[n.Head].Lower
	for _, kind := range []lexicon.Kind{lexicon.Place, lexicon.Time, lexicon.Weather, lexicon.Expression, lexicon.Person, lexicon.Picture, lexicon.Act} {
		if e.en.Is(head, kind) {
			return false
		}
	}
	return head != "smile" && head != "freckles" && head != "face"
}

// heads are the nouns that a list names in the caption, by index.
func (e *edit) heads(x english.Words) ([]int, bool) {
	var out []int
	for _, item := range e.en.Items(x) {
		r := e.caption.Resolve(item)
		if !r.Found {
			return nil, false
		}
		out = append(out, r.NP.Head)
	}
	return out, len(out) > 0
}

// removeAllBut answers "remove everything except the hat": what a being has, and
// other beings, go.
func removeAllBut(e *edit, m english.Match) bool {
	spared, ok := e.heads(m["x"])
	if !ok {
		return false
	}
	p := e.caption.Parse()
	if done, ok := e.onlyScenery(p, spared); ok {
		return done
	}
	var whole []int // beings that stay, or go, with all that they have
	for _, i := range spared {
		if e.en.Animate(p.Words[i].Lower) {
			whole = append(whole, i)
		}
	}
	for _, i := range slices.Clone(spared) { // its owner stays
		if owner, ok := e.caption.OwnerAt(p, i); ok && !e.en.Animate(p.Words[i].Lower) {
			spared = append(spared, owner.Head)
		}
	}
	var names []string
	for i, n := range p.Nouns {
		head := p.Words[n.Head].Lower
		if i == 0 && len(e.caption.Beings(p, true)) < 2 || slices.Contains(spared, n.Head) || n.Owner >= 0 {
			continue
		}
		if !e.en.Animate(head) && len(whole) > 0 {
			continue // it stays, or goes with its owner
		}
		if e.en.Animate(head) || e.caption.Attachable(head) && head != "hair" && head != "face" && head != "eyes" {
			names = append(names, e.caption.Name(p, n))
		}
	}
	slices.Reverse(names)
	done := false
	for _, name := range names {
		done = removeOne(e, english.Tokenise(name)) || done
	}
	if len(names) == 0 {
		return e.ask(Question{Kind: Clarify, Text: "Which of it should go? The picture is " + e.head().Prompt + ".", Choices: removable(e)})
	}
	return done && e.widened()
}

// onlyScenery takes out of a caption that is about no being all things but those at the
// indices, of which the first thing has to be one.
func (e *edit) onlyScenery(p english.Parsed, spared []int) (done, ok bool) {
	main, ok := p.Main()
	if !ok || !slices.Contains(spared, main.Head) || e.en.Animate(p.Words[main.Head].Lower) || main.Owner >= 0 || portrayed.Has(p.Words[main.Head].Lower) {
		return false, false
	}
	var names []string
	for _, n := range p.Nouns {
		if noun := p.Words[n.Head : n.Head+1]; !slices.Contains(spared, n.Head) && !e.en.IsMoment(noun) && n.Owner < 0 {
			names = append(names, e.caption.Name(p, n))
		}
	}
	slices.Reverse(names)
	for _, name := range names {
		done = removeOne(e, english.Tokenise(name)) || done
	}
	return done && e.widened(), true
}

func (e *edit) widened() bool {
	e.widen(Appearance)
	return true
}

// onlyStays answers "only the man stays", and "the hat stays", which asks for nothing.
func onlyStays(e *edit, m english.Match) bool {
	x := m["x"]
	if x[0].Lower == "only" || x[0].Lower == "just" {
		e.only, x = true, x[1:]
	}
	if !ownerKnown(e, x) || !e.definite(x) && !e.caption.Resolve(x).Found {
		return false
	}
	if e.only {
		return removeAllBut(e, english.Match{"x": x})
	}
	return keepIt(e, english.Match{})
}

// onlyThat answers "only the man" and "just the hat": another being goes; of an edit
// of several things only the one is kept.
func onlyThat(e *edit, m english.Match) bool {
	x := m["x"]
	if !e.only || !e.definite(x) || len(x) > 4 {
		return false
	}
	r := e.caption.Resolve(x)
	if name, ok := e.en.Parse(x).Main(); !r.Found || ok && name.End < len(x) {
		return false
	}
	if e.en.Animate(r.Noun) && len(e.caption.Beings(e.caption.Parse(), true)) > 1 {
		return removeAllBut(e, m)
	}
	if e.begun {
		return true // "take the cat out, just the dog"
	}
	if plan := e.head().Plan; plan != nil && len(e.talk.Turns) > 1 && retarget(e, nil, x) {
		return true
	}
	name := x.Lower()
	return e.ask(Question{Kind: Clarify, Text: "Should only " + name + " stay, or only " + name + " change?", Choices: []string{"remove everything except " + name}})
}
