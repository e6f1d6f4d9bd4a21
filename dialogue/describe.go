package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// feelings are adjectives of beings alone.
const feelings english.List = "happy sad smiling laughing angry sleepy scared friendly hungry tired surprised grumpy"

// setAdjectives gives what the phrase names the spoken adjectives: "make her
// hair red". Where the caption does not name it, it is added with them: "with a
// blue top".
func setAdjectives(e *edit, spoken, adjectives english.Words) bool {
	if done, several := each(e, spoken, func(one english.Words) bool { return setAdjectives(e, one, adjectives) }); several {
		return done
	}
	adjectives = e.en.BareAdjectives(adjectives)
	if several := e.en.Items(spoken); len(several) > 1 {
		done := false
		for _, one := range several {
			done = setAdjectives(e, one, adjectives) || done
		}
		return done
	}
	if of, ok := e.longOrShort(spoken, adjectives); ok {
		spoken = of
	}
	if onHair, ok := aboutHair(e, spoken, adjectives); ok {
		spoken, adjectives = english.Tokenise("her hair"), onHair
	}
	what := e.caption.Resolve(spoken)
	if len(spoken) == 1 && english.Pronouns.Has(spoken[0].Lower) && what.Found && len(adjectives) > 0 && e.en.IsColour(adjectives[len(adjectives)-1].Lower) && e.en.IsMoment(english.Tokenise(what.Noun)) {
		p := e.caption.Parse() // no winter is red
		if n, ok := e.caption.Subject(p); ok {
			what = what.At(p, n)
		}
	}
	if len(spoken) == 1 && spoken[0].Lower == "it" && what.Found && !e.en.Animate(what.Noun) && len(adjectives) > 0 && feelings.Has(adjectives[len(adjectives)-1].Lower) {
		p := e.caption.Parse() // no carpet is happy
		if n, ok := e.caption.Subject(p); ok && e.en.Animate(p.Words[n.Head].Lower) {
			what, spoken = what.At(p, n), english.Tokenise(e.caption.Name(p, n))
		}
	}
	switch {
	case len(adjectives) == 0:
		return false
	case !what.Found && !what.Scene && (e.nobodyIs(spoken) || e.nobodyHas(what.Head, slices.Concat(adjectives, english.Tokenise(what.Head)))):
		return true
	case what.Scene:
		return setBackground(e, adjectives)
	case what.Whole:
		return setMood(e, adjectives)
	case !what.Found && what.Head == "":
		return false
	case len(what.Owners) > 0 && ambiguous(e, what):
		return true
	case !what.Found && adjectives.HasAny(vague):
		return false // "reading a book would be better"
	case !what.Found:
		return addDescribed(e, what, adjectives)
	case ambiguous(e, what):
		return true
	}
	return modify(e, what, adjectives)
}

// modify puts adjectives before a noun of the caption. Each takes the place of one on
// its own scale (red for blond, short for long); others go where English has
// them: size, then texture, then colour, then material.
func modify(e *edit, what caption.Referent, adjectives english.Words) bool {
	if adjectives.HasAny(vague) {
		return e.ask(whatInstead(e, what))
	}
	for _, group := range e.en.ColourGroups(adjectives) {
		n, ok := e.caption.PhraseOf(what)
		if !ok {
			return false
		}
		if strengthen(e, n, group) {
			continue
		}
		if e.alreadySo(n, group) {
			continue
		}
		switch was, changed := e.caption.Describe(n, group); {
		case changed && was != nil:
			e.because(fmt.Sprintf("%s is %s now, not %s", what.Noun, group.Text(), was.Text()))
		case changed:
			e.because(fmt.Sprintf("%s becomes %s", what.Noun, group.Text()))
		}
	}
	if n, ok := e.caption.PhraseOf(what); ok {
		e.caption.Attend(n.Head)
	}
	e.widen(Appearance)
	return true
}

// alreadySo gives an adjective that the noun has already more weight where more of it
// is asked for: "really really curly".
func (e *edit) alreadySo(n english.NounPhrase, group english.Words) bool {
	emphatic := e.said.HasAny(emphasis)
	if !emphatic || len(group) > 1 {
		return false
	}
	p := e.caption.Parse()
	for i := n.Start; i < n.Head; i++ {
		if p.Words[i].Lower == group[0].Lower {
			e.weigh(i, strength(e.said))
			e.because(fmt.Sprintf("re-weight %q", group[0].Lower))
			return true
		}
	}
	return false
}

const emphasis english.List = "really very extremely super much way even far more totally completely so"

// strengthen answers a comparative among adjectives ("longer and curlier"): what
// the noun is already gets more weight. It changes the group to the plain
// adjective otherwise.
func strengthen(e *edit, n english.NounPhrase, group english.Words) bool {
	base, _, ok := e.en.Degree(group[0].Lower)
	if !ok || len(group) > 1 || e.en.PlainAdjective(group[0].Lower) {
		return false
	}
	p := e.caption.Parse()
	for i := n.Start; i < n.Head; i++ {
		if e.en.Lemma(p.Words[i].Lower) == e.en.Lemma(base) {
			e.weigh(i, strength(e.said))
			e.because(fmt.Sprintf("re-weight %q", base))
			return true
		}
	}
	group[0].Text, group[0].Lower = base, base
	return false
}

// addDescribed adds what the caption does not name, with its adjectives.
func addDescribed(e *edit, what caption.Referent, adjectives english.Words) bool {
	thing := slices.Concat(adjectives, english.Tokenise(what.Head))
	if e.en.IsPlural(what.Head) || e.en.MassNoun(what.Head) {
		thing[0].Glued = false
	} else {
		thing = slices.Concat(english.Tokenise(english.Article(adjectives[0].Lower)), thing)
	}
	if what.Head == "sky" {
		return setTime(e, english.Tokenise("under a "+adjectives.Text()+" sky"))
	}
	e.because(fmt.Sprintf("the prompt named no %s; it does now", what.Head))
	e.widen(Appearance)
	var owner *english.NounPhrase
	if what.Owned {
		owner = &what.Owner
	}
	return e.caption.Attach(owner, thing, "with")
}

// colourOf answers "change the colour of her hair to red".
func colourOf(e *edit, m english.Match) bool {
	return setAdjectives(e, m["x"], m["y"]) || swap(e, m["x"], m["y"])
}

// colourSplit answers "paint the house red".
func colourSplit(e *edit, m english.Match) bool {
	return e.caption.Split(m["z"], func(x, y english.Words) bool {
		if !e.en.IsAdjectival(y) || !e.en.IsColour(y[len(y)-1].Lower) {
			return false
		}
		what := e.caption.Resolve(x)
		return (what.Found || what.Scene || what.Head != "" && !what.Whole || what.Whole && len(x) == 1 && x[0].Lower == "it") && setAdjectives(e, x, y)
	})
}

// opens are things that can be open or closed, as pictures show it.
const opens english.List = "eyes eye mouth door doors window windows book gate box umbrella curtains curtain drawer hand hands fist lid laptop suitcase shutters jacket coat"

// openClose says the state that "open the door" leads to.
func openClose(e *edit, m english.Match) bool {
	x := e.en.Parse(m["x"])
	if n, ok := x.Main(); !ok || !opens.Has(x.Words[n.Head].Lower) {
		return false
	}
	state := "closed"
	if e.said[0].Lower == "open" {
		state = "open"
	}
	return setAdjectives(e, m["x"], english.Tokenise(state))
}

// longOrShort finds what "let it be long" is said of where it is said of somebody: what
// they have that is long or short.
func (e *edit) longOrShort(spoken, adjectives english.Words) (english.Words, bool) {
	if len(adjectives) != 1 || !lengths.Has(adjectives[0].Lower) || len(spoken) != 1 || spoken[0].Lower != "it" {
		return nil, false
	}
	if who := e.caption.Resolve(spoken); who.Found && !e.en.Animate(who.Noun) {
		return nil, false
	}
	of, ok := e.caption.OnScale(e.caption.Parse(), adjectives[0].Lower)
	return slices.Concat(english.Tokenise("the"), of), ok
}

// aboutHair finds what is said of a person and meant of the hair: "make her
// blond", "make him curly", "red-haired".
func aboutHair(e *edit, spoken, adjectives english.Words) (english.Words, bool) {
	who := e.caption.Resolve(spoken)
	if !who.Found || !e.en.Is(who.Noun, lexicon.Person) || len(adjectives) == 0 {
		return nil, false
	}
	out := slices.Clone(adjectives)
	for i, t := range out {
		colour, ok := map[string]string{"brunette": "brown", "redheaded": "red", "blond": "blond", "blonde": "blonde"}[t.Lower]
		if stem, found := strings.CutSuffix(t.Lower, "-haired"); found {
			colour, ok = stem, true
		}
		if !ok && !english.HairWords.Has(t.Lower) {
			return nil, false
		}
		if ok {
			out[i].Text, out[i].Lower = colour, colour
		}
	}
	return out, true
}

// tidyUp answers "tidy up the kitchen".
func tidyUp(e *edit, m english.Match) bool {
	r := e.caption.Resolve(m["x"])
	return r.Found && !e.en.Animate(r.Noun) && setAdjectives(e, m["x"], m["how"])
}
