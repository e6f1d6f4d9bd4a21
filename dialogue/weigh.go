package dialogue

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// weigh answers "weigh the second cat 1.3": the word gets just that weight.
func weigh(e *edit, m english.Match) bool {
	factor, err := strconv.ParseFloat(m["n"].Lower(), 64)
	if err != nil || len(m["n"]) > 1 {
		return false
	}
	word := m["x"][len(m["x"])-1].Lower
	if all := e.standing(word); len(m["x"]) < 3 && len(all) > 1 {
		return e.ask(e.whichStanding(word, all, m.Text("n")))
	}
	what := e.caption.Resolve(m["x"])
	if !what.Found {
		if what = e.caption.ResolveWord(m["x"]); !what.Found {
			return false
		}
	}
	at := what.To - 1
	if of := m["x"].Lower(); len(m["x"]) > 2 && english.ClassOf(m["x"][0].Lower) == english.Determiner { // "the black of the second cat"
		if i := slices.IndexFunc(m["x"], func(t english.Token) bool { return t.Lower == "of" }); i > 0 && i+1 < len(m["x"]) {
			owner := e.caption.Resolve(m["x"][i+1:])
			in := e.within(owner, m["x"][i-1].Lower)
			if in < 0 {
				return false
			}
			at, of = in, m["x"][i-1].Lower
		}
		e.because(fmt.Sprintf("weigh %q", of))
	}
	e.caption.SetWeight(at, factor)
	e.widen(Appearance)
	return true
}

// within is the index of a word of a referent's noun phrase, or -1.
func (e *edit) within(what caption.Referent, word string) int {
	p := e.caption.Parse()
	for i := what.NP.Start; what.Found && i < what.NP.End; i++ {
		if p.Words[i].Lower == word {
			return i
		}
	}
	return -1
}

// standing are the indices at which a word stands in the caption.
func (e *edit) standing(word string) []int {
	var all []int
	for i, t := range e.caption.Words() {
		if t.Lower == word && !t.Mark && !english.Closed(word) {
			all = append(all, i)
		}
	}
	return all
}

// whichStanding asks which of several equal words should get a weight.
func (e *edit) whichStanding(word string, at []int, factor string) Question {
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: fmt.Sprintf("The prompt says %q more than once. Which one?", word)}
	for _, i := range at {
		n := p.Around(i)
		name := e.caption.Name(p, n)
		if n.Head != i {
			name = "the " + word + " of " + name
		}
		q.Choices = append(q.Choices, "weigh "+name+" "+factor)
	}
	return q
}

// whichWeighed asks which is meant of a word that stands more than once and was
// given a weight; nil where there is none: "(cat:1.3)".
func (e *edit) whichWeighed(weights map[string]float64) *Question {
	for _, word := range slices.Sorted(maps.Keys(weights)) {
		if at := e.standing(word); len(at) > 1 {
			q := e.whichStanding(word, at, strconv.FormatFloat(weights[word], 'g', 3, 64))
			return &q
		}
	}
	return nil
}
