package dialogue

import (
	"fmt"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// remove takes what the phrase names out of the caption, with the connectives
// that held it.
func remove(e *edit, spoken english.Words) bool {
	before := e.caption.Clone()
	done := false
	undone := len(e.undone)
	for _, item := range e.en.Items(spoken) {
		if all, several := each(e, item, func(one english.Words) bool { return removeOne(e, one) }); several {
			done = done || all
			continue
		}
		what := e.caption.Resolve(item)
		if !what.Found && !what.Scene {
			what = e.caption.ResolveLoosely(item)
		}
		switch {
		case what.Found && e.onlyColour(item) && (e.said[0].Lower == "no" || e.said[0].Lower == "not"):
			return e.ask(whatInstead(e, what))
		case what.Found && e.onlyColour(item) && what.To <= what.NP.Head:
			e.caption.Splice(what.From, what.To, nil)
			e.because("take out " + item.Text())
			done = true
		case ambiguous(e, what):
			return true
		case what.Found:
			e.because("take out " + item.Text())
			e.caption.Remove(what)
			done = true
		case what.Scene && e.caption.RemoveBackground():
			done = true
		default:
			e.undone = append(e.undone, fmt.Sprintf("removing %q: the prompt does not name it", item.Text()))
		}
	}
	if done {
		e.removed = &removal{before: before, spoken: spoken}
		e.widen(Appearance)
		return true
	}
	e.undone = e.undone[:undone]
	if len(spoken) > 6 {
		return false
	}
	return e.ask(Question{Kind: NothingToDo, Text: fmt.Sprintf("The prompt does not name %q, so there is nothing to take out of it.", spoken.Text()), Choices: removable(e)})
}

// onlyColour tells whether what should go is named by its colour alone: "no green".
func (e *edit) onlyColour(item english.Words) bool {
	if len(item) > 1 && item[0].Lower == "the" {
		item = item[1:]
	}
	return len(item) == 1 && e.en.IsColour(item[0].Lower)
}

// removeOne takes out what a phrase names, if it names something.
func removeOne(e *edit, spoken english.Words) bool {
	what := e.caption.Resolve(spoken)
	if what.Found {
		e.because("take out " + spoken.Text())
		e.caption.Remove(what)
	}
	return what.Found
}

// removable suggests what could be taken out.
func removable(e *edit) []string {
	p := e.caption.Parse()
	var choices []string
	for i, n := range p.Nouns {
		if i > 0 && n.Head > 0 && len(choices) < 4 && n.Owner < 0 && (n.End >= len(p.Words) || p.Words[n.End].Lower != "'s") {
			choices = append(choices, "remove the "+p.Words[p.SkipDeterminer(n):n.End].Lower())
		}
	}
	return choices
}

// takeAway answers "remove the hat".
func takeAway(e *edit, m english.Match) bool {
	x := m["x"]
	if x[0].Lower == "everything" && len(x) > 1 {
		return false // "everything but the forest"
	}
	if what := e.caption.Resolve(x); len(x) == 1 && english.List("them those these").Has(x[0].Lower) && what.Found && !e.en.IsPlural(what.Noun) {
		return e.ask(Question{Kind: Clarify, Text: "Which of it should go? The picture is " + e.head().Prompt + ".", Choices: removable(e)})
	}
	if last := len(x) - 1; last > 0 && vagueParts.Has(x[last].Lower) && !e.caption.Words().Has(x[last].Lower) {
		x = x[:last] // "drop the oil painting bit"
	}
	if len(x) > 2 && x[0].Lower == "the" && e.caption.RemoveItem(x[1:]) { // "scratch the highly detailed"
		e.because("without " + x[1:].Text())
		e.widen(Global)
		return true
	}
	return remove(e, x)
}

// departs answers "the man left".
func departs(e *edit, m english.Match) bool {
	return e.isBeing(m["x"]) && takeAway(e, m)
}

const vagueParts english.List = "bit part thing stuff effect"

// off answers "hat off".
func off(e *edit, m english.Match) bool {
	x := m["x"]
	return len(x) < 4 && !english.Starters.Has(x[0].Lower) && e.caption.Resolve(x).Found && remove(e, x)
}

// notShown answers "she shouldn't wear glasses".
func notShown(e *edit, m english.Match) bool {
	return e.nolonger(m["x"], m["y"]) || remove(e, m["y"])
}

// nolonger takes out what the caption says before a noun of its doing: the armour of "a
// knight in shining armour" shines no longer.
func (e *edit) nolonger(x, does english.Words) bool {
	if len(x) == 0 || len(does) != 1 {
		return false
	}
	r, p := e.caption.Resolve(x), e.caption.Parse()
	if !r.Found {
		return false
	}
	for i := max(r.NP.Start-1, 0); i < r.NP.Head; i++ {
		if w := p.Words[i].Lower; w == lexicon.Gerund(does[0].Lower) {
			e.caption.Splice(i, i+1, nil)
			e.because("no longer " + w)
			return e.widened()
		}
	}
	return false
}

// notAdjective takes an adjective out: "not curly".
func notAdjective(e *edit, m english.Match) bool {
	y := e.en.BareAdjectives(m["y"])
	if len(y) != 1 {
		return false
	}
	return e.caption.ResolveAdjective(y).Found && remove(e, y)
}
