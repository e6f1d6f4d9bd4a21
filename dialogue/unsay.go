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
	plan := e.head().Plan
	if plan == nil {
		return false
	}
	var names []string
	p := e.caption.Parse()
	for _, op := range plan.Ops {
		for _, i := range e.caption.WordsOf([]Op{op}) {
			n := p.Around(i)
			if op.Kind == Refine && n.Head == i && p.Tags[i] == english.Noun && !e.en.Animate(p.Words[i].Lower) {
				names = append(names, e.caption.Name(p, n))
			}
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
