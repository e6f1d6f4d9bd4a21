package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// swap puts the thing that to describes in the place of what the spoken phrase
// names. Adjectives that were not spoken stay, unless the new thing has
// one on their scale: "the bus" → "a truck" in "a yellow double deck bus" makes "a
// yellow truck".
func swap(e *edit, spoken, to english.Words) bool {
	to = to.TrimMarks()
	if done, several := each(e, spoken, func(one english.Words) bool { return swap(e, one, e.oneEach(to)) }); several {
		return done
	}
	what := e.caption.Resolve(spoken)
	if q := e.en.Parse(to); len(spoken) == 1 && spoken[0].Lower == "it" && what.Found && !e.en.Animate(what.Noun) && len(q.Nouns) > 0 && e.en.Animate(q.Words[q.Nouns[0].Head].Lower) {
		p := e.caption.Parse() // no hat becomes a woman or a cat
		if n, ok := e.caption.Subject(p); ok && e.en.Animate(p.Words[n.Head].Lower) {
			what = what.At(p, n)
		}
	}
	switch {
	case len(to) == 0:
		return false
	case e.recount(to):
		return true
	case e.oneOfThem(spoken, what, to):
		return true
	case what.Scene:
		return setScene(e, to)
	case what.Whole:
		return transform(e, to)
	case !what.Found && what.Owned && e.en.IsAdjectival(to):
		return setAdjectives(e, spoken, to)
	case !what.Found:
		return swapUnnamed(e, what, to)
	case ambiguous(e, what):
		return true
	case e.en.IsMoment(to) && e.caption.InMoment(what):
		return setTime(e, to)
	case e.caption.IsModifier(what) && !e.en.IsMoment(to):
		return swapModifier(e, what, to)
	case e.en.IsAdjectival(to) && len(to) == 1 && e.en.SameSort(what.Noun, to[0].Lower): // "bananas" → "orange"
	case english.OneOfThem(to): // "turn the handbag into a glass one"
		bare := e.en.BareAdjectives(to[:len(to)-1])
		return len(bare) > 0 && modify(e, what, bare)
	case e.en.IsAdjectival(to):
		return setAdjectives(e, spoken, to)
	}
	thing := e.en.Parse(to)
	name, ok := thing.Main()
	if !ok {
		return false
	}
	if head := thing.Words[name.Head].Lower; e.en.IsColour(head) && !e.en.IsColour(what.Head) && !e.en.SameSort(what.Noun, head) {
		return setAdjectives(e, spoken, to)
	}
	if e.en.Lemma(thing.Words[name.Head].Lower) == e.en.Lemma(what.Noun) && what.From == what.NP.Head && len(to) > 1 {
		return respecify(e, what, thing, name)
	}
	if done, ok := e.asLandscape(to); ok && e.en.Animate(what.Noun) {
		return done
	}
	if e.en.Is(what.Noun, lexicon.Place) {
		e.caption.ReplacePlace(what, thing, name)
	} else {
		to := thing.Words[name.Head].Lower
		e.unlike(what, to)
		if e.anotherSort(what.Noun, to) {
			what.From = e.caption.Parse().SkipDeterminer(what.NP)
		}
		e.caption.Replace(what, thing, name)
	}
	e.widen(Shape)
	e.because(fmt.Sprintf("swap %q for %q", what.Head, to.Text()))
	return true
}

// oneOfThem answers "make them a girl" of a person with glasses: the person is meant,
// of whom neither "him" nor "her" is said.
func (e *edit) oneOfThem(spoken english.Words, what caption.Referent, to english.Words) bool {
	if len(spoken) > 1 || spoken[0].Lower != "them" || what.Found && e.en.Animate(what.Noun) {
		return false
	}
	p := e.caption.Parse()
	beings := e.caption.Beings(p, false)
	if q := e.en.Parse(to); len(beings) != 1 || len(q.Nouns) == 0 || !e.en.Is(q.Words[q.Nouns[0].Head].Lower, lexicon.Person) {
		return false
	}
	return swap(e, english.Tokenise(e.caption.Name(p, beings[0])), to)
}

// recount answers "make it two cups" and "only one cow": as many of what the caption
// names, whatever it says now.
func (e *edit) recount(to english.Words) bool {
	thing := e.en.Parse(to)
	name, ok := thing.Main()
	if !ok || name.Start > 0 || name.End < len(to) || name.Head == 0 || thing.Tags[0] != english.Number && to[0].Lower != "one" {
		return false
	}
	for _, n := range e.caption.Parse().Nouns {
		old, head := e.caption.Words()[n.Head].Lower, thing.Words[name.Head].Lower
		if e.en.Lemma(old) == e.en.Lemma(head) || old == head+"s" || old+"s" == head { // the lexicon knows no cow of "cows"
			e.caption.Count(caption.Referent{}.At(e.caption.Parse(), n), thing, name)
			e.widen(Shape)
			e.because("as many as " + to.Text())
			return true
		}
	}
	return false
}

// anotherSort tells whether one thing that somebody has comes for another of a sort of
// its own, which is not described as that was: glasses for a yellow hat.
func (e *edit) anotherSort(old, to string) bool {
	if !e.caption.Attachable(old) || !e.caption.Attachable(to) || e.en.Animate(to) || e.en.Animate(old) {
		return false
	}
	if e.en.Likeness(old, to) > 0 || e.en.KindOf(old, to) || e.en.KindOf(to, old) || strings.HasSuffix(old, to) || strings.HasSuffix(to, old) {
		return false
	}
	for _, sort := range []string{"clothing", "headdress", "jewelry", "footwear", "facial hair"} {
		if e.en.KindOf(old, sort) && e.en.KindOf(to, sort) {
			return false
		}
	}
	return true
}

// swapModifier puts other words in the place of an adjective that was spoken.
func swapModifier(e *edit, what caption.Referent, to english.Words) bool {
	if len(what.Rivals) > 0 && e.en.IsAdjectival(to) {
		return e.ask(whichOf(e, what, e.en.BareAdjectives(to)))
	}
	thing := e.en.Parse(to)
	if name, ok := thing.Main(); ok && e.en.Lemma(thing.Words[name.Head].Lower) == e.en.Lemma(what.Noun) {
		return respecify(e, what, thing, name) // "blond" → "red hair"
	}
	for len(to) > 1 && english.ClassOf(to[0].Lower) == english.Determiner {
		to = to[1:]
	}
	e.caption.Splice(what.From, what.To, to)
	e.because(fmt.Sprintf("swap %q for %q", what.Phrase.Text(), to.Text()))
	e.caption.Attend(e.caption.NounAgain(e.caption.Parse(), what).Head)
	e.widen(Appearance)
	return true
}

// respecify merges a description of the same noun into the caption: "make it a
// chocolate cake" where there is a cake.
func respecify(e *edit, what caption.Referent, thing english.Parsed, name english.NounPhrase) bool {
	var modifiers english.Words
	for i := name.Start; i < name.Head; i++ {
		if thing.Tags[i] == english.Number {
			e.caption.Count(what, thing, name)
			e.widen(Shape)
			return true
		}
		if thing.Tags[i] != english.Determiner && thing.Tags[i] != english.Possessive {
			modifiers = append(modifiers, thing.Words[i])
		}
	}
	rest := thing.Words[name.End:]
	if len(modifiers) > 0 && !modify(e, what, modifiers) {
		return false
	}
	if n, ok := e.caption.PhraseOf(what); ok && len(rest) > 0 { // "a wave made of light"
		e.caption.Splice(n.End, n.End, rest)
		e.because(fmt.Sprintf("%s %s", what.Head, rest.Text()))
		e.widen(Appearance)
	}
	return len(modifiers)+len(rest) > 0
}

// swapUnnamed handles a swap of something that the prompt does not name. It may
// be in the picture, so the new thing is added, and the plan says what was done.
func swapUnnamed(e *edit, what caption.Referent, to english.Words) bool {
	e.because(fmt.Sprintf("the prompt names no %q", what.Phrase.Text()))
	e.undone = append(e.undone, fmt.Sprintf("taking away %q: the prompt does not name it", what.Phrase.Text()))
	e.widen(Shape)
	return add(e, to, nil, "")
}

// swapFor answers "turn the dog into a cat", and what follows it after a comma.
func swapFor(e *edit, m english.Match) bool {
	y, rest := cutTail(e, m["y"])
	if !swap(e, m["x"], y) {
		return false
	}
	if rest != nil && e.question == nil {
		if said := e.said; !e.read(rest) {
			e.undone = append(e.undone, fmt.Sprintf("%q was not understood", rest.Text()))
			e.said = said
		}
	}
	return true
}

// swapTwo answers "turn the house into a castle and the river into a lake".
func swapTwo(e *edit, m english.Match) bool {
	return e.caption.Resolve(m["a"]).Found && swap(e, m["x"], m["y"]) && e.question == nil && swap(e, m["a"], m["b"])
}

// cutTail separates what follows a comma, which is another edit: "to a river,
// aerial view".
func cutTail(e *edit, y english.Words) (head, rest english.Words) {
	i := slices.IndexFunc(y, func(t english.Token) bool { return t.Lower == "," })
	if i <= 0 || i+1 >= len(y) || e.en.IsAdjectival(y) {
		return y, nil
	}
	return y[:i], y[i+1:]
}

// fromTo replaces words of the caption that were spoken: "from blond to red".
func fromTo(e *edit, m english.Match) bool {
	x, from, to := m["x"], m["f"], m["y"]
	if e.en.IsMoment(to) {
		return setTime(e, to)
	}
	if e.en.IsAdjectival(to) {
		return setAdjectives(e, x, to)
	}
	return swap(e, from, to)
}

// insteadOf answers "a man instead of a woman".
func insteadOf(e *edit, m english.Match) bool {
	y := m["y"]
	if e.said[0].Lower == "not" && e.definite(m["x"]) && e.definite(y) {
		if to := e.caption.Resolve(y); to.Found && e.caption.Resolve(m["x"]).Found {
			return e.ask(whatInstead(e, to))
		}
	}
	for _, lead := range [...]string{"make it", "make her", "make him", "give it", "give her", "give him", "have", "let it be", "add", "put", "use", "i want", "let her have", "there is", "with", "make"} {
		lead := strings.Fields(lead)
		if y.StartsWith(lead...) && len(y) > len(lead) {
			y = y[len(lead):]
		}
	}
	if x := m["x"]; len(x) == 1 && (english.ClassOf(x[0].Lower) == english.Determiner || english.ClassOf(x[0].Lower) == english.Possessive) {
		return false
	}
	if e.en.IsStyle(y) && e.en.IsStyle(m["x"]) { // "a photo rather than a painting"
		return setStyle(e, y, true)
	}
	if e.en.IsAdjectival(m["x"]) && !english.Starters.Has(y[0].Lower) && e.caption.Split(y, func(x, so english.Words) bool { // "the sky cloudy, not blue"
		return e.definite(x) && e.en.IsAdjectival(so) && contrasted(e, english.Match{"x": x, "y": so, "z": m["x"]})
	}) {
		return true
	}
	x := e.caption.Resolve(m["x"])
	if !x.Found && !x.Scene {
		if x = e.caption.ResolveWord(m["x"]); !x.Found {
			if subject, verb, ok := e.caption.SubjectAndVerb(y); ok {
				return act(e, subject, verb)
			}
			return swap(e, m["x"], y)
		}
	}
	// "the cat lies on a wooden floor instead of a carpet": only the end is new.
	if subject, verb, ok := e.caption.SubjectAndVerb(y); ok {
		_ = subject
		p := e.en.Parse(verb)
		if len(p.Nouns) > 0 {
			y = verb[p.Nouns[len(p.Nouns)-1].Start:]
		}
	}
	if x.Found && len(x.Rivals) > 0 && e.caption.TagOf(x) == english.Adjective && e.en.IsAdjectival(y) {
		return e.ask(whichOf(e, x, y))
	}
	if thing := e.en.Parse(y); x.Found && e.caption.TagOf(x) == english.Adjective && len(thing.Nouns) == 1 && e.en.Lemma(thing.Words[thing.Nouns[0].Head].Lower) == e.en.Lemma(x.Head) {
		return respecify(e, x, thing, thing.Nouns[0]) // "red hair instead of blond"
	}
	if x.Found && e.caption.TagOf(x) == english.Adjective && e.en.IsAdjectival(y) {
		e.caption.Splice(x.From, x.To, e.en.BareAdjectives(y))
		e.because("swap " + m["x"].Text() + " for " + y.Text())
		e.caption.Attend(x.NP.Head)
		e.widen(Appearance)
		return true
	}
	return swap(e, m["x"], y)
}

// notAnother answers "red, not blond".
func notAnother(e *edit, m english.Match) bool {
	if len(m["x"]) > 4 {
		return false
	}
	y := m["y"].TrimMarks()
	if n := len(y) - 2; n > 0 && y[n].Lower == "i" && (y[n+1].Lower == "mean" || y[n+1].Lower == "meant") {
		y = y[:n] // "a cat I meant, not a dog"
	}
	if x := m["x"]; len(x) == 1 && english.ClassOf(x[0].Lower) == english.Number { // "three kids, not two"
		thing := e.en.Parse(y)
		name, ok := thing.Main()
		if r := e.caption.Resolve(thing.Words[name.Head:name.End]); ok && r.Found && name.End == len(y) {
			return respecify(e, r, thing, name)
		}
	}
	if e.definite(m["x"]) && e.definite(y) {
		if to := e.caption.Resolve(y); to.Found && e.caption.Resolve(m["x"]).Found {
			return e.ask(whatInstead(e, to)) // nothing is asked for of either
		}
	}
	return insteadOf(e, english.Match{"x": m["x"], "y": y})
}

// swapNamed answers "blond → red".
func swapNamed(e *edit, m english.Match) bool {
	if r := e.caption.Resolve(m["x"]); r.Scene && len(m["x"]) < 3 {
		return setScene(e, m["y"])
	}
	if e.en.IsMoment(m["x"]) && e.en.IsMoment(m["y"]) && !e.caption.ResolveWord(m["x"]).Found {
		return setTime(e, m["y"])
	}
	if len(m["x"]) > 5 || english.Starters.Has(m["x"][0].Lower) || english.List("goes go comes belongs").Has(m["x"][len(m["x"])-1].Lower) || !e.caption.IsReference(m["x"]) && len(m["x"]) > 1 || !e.caption.Resolve(m["x"]).Found || e.en.StartsVerb(m["y"]) && !e.en.IsAdjectival(m["y"]) {
		return false
	}
	return swap(e, m["x"], m["y"])
}

// enoughOf answers "one burger is enough".
func enoughOf(e *edit, m english.Match) bool { return e.recount(m["y"]) }
