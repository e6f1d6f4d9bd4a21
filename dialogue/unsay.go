package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
)

// unsayStyle takes a style out: "no watercolor", "get rid of that style".
func unsayStyle(e *edit, m english.Match) bool {
	x := m["x"]
	for len(x) > 1 && english.ClassOf(x[0].Lower) == english.Determiner {
		x = x[1:]
	}
	if len(x) > 3 || !english.StyleNouns.Has(x[len(x)-1].Lower) && !e.en.IsStyle(x) {
		return false
	}
	if !e.caption.RemoveStyle(x) {
		return false
	}
	e.because("without the style " + x.Text())
	e.widen(Global)
	return true
}

// unsayLast takes out all that the turn before put in: "without them", "now without
// either".
func unsayLast(e *edit, m english.Match) bool {
	if len(e.talk.Turns) < 2 {
		return false
	}
	before := map[string]bool{}
	for _, t := range english.Tokenise(e.talk.Turns[len(e.talk.Turns)-2].Prompt) {
		before[e.en.Lemma(t.Lower)] = true
	}
	var names []string
	p := e.caption.Parse()
	for _, n := range p.Nouns {
		if head := p.Words[n.Head].Lower; !before[e.en.Lemma(head)] && n.Owner < 0 && !e.en.Animate(head) {
			names = append(names, e.caption.Name(p, n))
		}
	}
	if len(names) < 2 {
		return false
	}
	slices.Reverse(names)
	for _, name := range names {
		if !removeOne(e, english.Tokenise(name)) {
			return false
		}
	}
	return e.widened()
}

// stopDoing answers "stop cutting" and "sitting instead of cutting vegetables": the
// verb goes with what it is done to.
func stopDoing(e *edit, m english.Match) bool {
	x := m["x"]
	base, ok := e.en.VerbLemma(x[0].Lower)
	if !ok || english.Closed(x[0].Lower) {
		return false
	}
	p := e.caption.Parse()
	for i, t := range p.Words {
		if p.Tags[i] != english.Gerund || e.en.VerbBase(t.Lower) != base {
			continue
		}
		end := i + 1
		if n, ok := p.At(end); ok {
			end = n.End
		}
		e.widen(Shape)
		if y := m["y"]; len(y) > 0 {
			if !e.en.Possible(y[0].Lower).Gerund {
				return false
			}
			e.caption.Splice(i, end, y)
			e.because(y.Text() + " instead of " + x.Text())
			return true
		}
		e.caption.Splice(i, end, nil)
		e.because("no longer " + x.Text())
		return true
	}
	return false
}
