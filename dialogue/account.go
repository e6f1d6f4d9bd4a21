package dialogue

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"pentimento/dialogue/english"
)

// The guard asks of each word of a prompt whether somebody said it. Here the
// converse is asked: whether each word with a meaning that somebody said is
// answered for. A rule that took one of them for nothing has misread the clause.

// understood tells whether a clause is answered for by what became of the caption,
// which was before. What is only a detail is named in the plan.
func (e *edit) understood(before english.Words) bool {
	if e.deniedStays(before) || e.placesPronoun() || e.speaksOfOwned() {
		return false
	}
	var details []string
	denied := len(e.clause)
	for i, t := range e.clause {
		if from, ok := denial(e.clause, i); ok {
			denied = from // what is not there need not go
		}
		switch {
		case t.Mark, e.own.Has(t.Lower), e.saysNothing(t.Lower), i >= denied, e.answered(t.Lower, before):
			continue
		case e.weighty(t.Lower):
			return false
		}
		details = append(details, t.Lower)
	}
	for _, w := range details {
		e.undone = append(e.undone, fmt.Sprintf("%q was not understood", w))
	}
	return true
}

// saysNothing tells whether a word of a request needs no answer: words of grammar,
// verbs that only ask, and words for the picture and how much.
func (e *edit) saysNothing(w string) bool {
	return english.Closed(w) && (!several.Has(w) || e.own.Has("years")) || w == "another" || placeInRow.Has(w) || strings.ContainsFunc(w, unicode.IsDigit) ||
		english.Starters.Has(w) || english.DegreeWords.Has(w) || light.Has(w) || plain.Has(w) || vagueParts.Has(w)
}

// light are words by which people speak of the picture, or go easy on their request.
const light english.List = "bit way time daytime else exactly rest altogether please same again back style image photo picture background location scene place colour color animal animals person people stuff mean meant kind sort look looks shade tone shave stop"

// answered tells whether a word of a clause is in the caption now or was before, in
// any form and under any name, or whether the plan says that it is not done.
func (e *edit) answered(said string, before english.Words) bool {
	if said == "both" {
		return e.places() != 1
	}
	named := func(t english.Token) bool {
		if e.en.IsColour(said) && e.en.IsColour(t.Lower) && said != t.Lower && !e.own.Has(said) {
			return e.en.Likeness(said, t.Lower) > 0 || e.en.Related(said, t.Lower) || english.AmericanSpelling(said) == english.AmericanSpelling(t.Lower)
		}
		return !t.Mark && (e.p.meansWord(said, t.Lower) || e.en.Likeness(said, t.Lower) > 0 || e.sameKind(said, t.Lower))
	}
	return slices.ContainsFunc(e.caption.Words(), named) || slices.ContainsFunc(before, named) ||
		slices.ContainsFunc(e.undone, func(what string) bool {
			return english.Tokenise(what).Has(said)
		})
}

// places is at how many places the clause put words into the caption.
func (e *edit) places() (n int) {
	last := -2
	for _, i := range e.caption.Fresh() {
		if i != last+1 {
			n++
		}
		last = i
	}
	return n
}

// weighty tells whether a word is no detail: a number, or what a clause does or is
// about.
func (e *edit) weighty(w string) bool {
	can := e.en.Possible(w)
	return e.en.IsColour(w) || several.Has(w) || max(can.Noun, can.Verb) >= can.Adjective && !e.en.IsAdjectival(english.Tokenise(w))
}

// deniedStays tells whether the caption has what a clause denies as often as before:
// the "ginger" of "black hair instead of ginger".
func (e *edit) deniedStays(before english.Words) bool {
	if len(e.caption.Fresh()) == 0 {
		return false // less of it
	}
	now := e.caption.Words()
	for i := range e.clause {
		from, ok := denial(e.clause, i)
		if !ok {
			continue
		}
		if english.ClassOf(e.clause[from].Lower) == english.Preposition {
			from++ // "not in the grass"
		}
		for _, t := range e.clause[from:] {
			class := english.ClassOf(t.Lower)
			if t.Mark || class == english.Preposition || class == english.Conjunction || class == english.Auxiliary {
				break
			}
			said := e.timesIn(e.clause, t.Lower) > 1
			if n := e.timesIn(before, t.Lower); !english.Closed(t.Lower) && !e.own.Has(t.Lower) && !said && n > 0 && e.timesIn(now, t.Lower) >= n {
				return true
			}
		}
	}
	return false
}

// timesIn counts a word in all its forms.
func (e *edit) timesIn(words english.Words, w string) (n int) {
	for _, t := range words {
		if t.Lower == w || e.en.Lemma(t.Lower) == e.en.Lemma(w) {
			n++
		}
	}
	return n
}

// denial is where what a word denies begins: after "not", "instead of".
func denial(words english.Words, i int) (from int, ok bool) {
	switch words[i].Lower {
	case "instead", "rather":
		if i+2 < len(words) && (words[i+1].Lower == "of" || words[i+1].Lower == "than") {
			return i + 2, true
		}
	case "no", "not", "without", "isn't", "aren't":
		return i + 1, i+1 < len(words) && (i == 0 || words[i-1].Lower != "one") // "the one without a hat"
	}
	return 0, false
}

// placesPronoun tells whether the caption now has somebody in it under no name: "with
// them on a balcony".
func (e *edit) placesPronoun() bool {
	words := e.caption.Words()
	return slices.ContainsFunc(e.caption.Fresh(), func(i int) bool {
		return i > 0 && english.Pronouns.Has(words[i].Lower) && words[i].Lower != "one" && english.List("with and wearing").Has(words[i-1].Lower)
	})
}

// speaksOfOwned tells whether the clause is about something of somebody's that it
// does not name: "the fox's is purple".
func (e *edit) speaksOfOwned() bool {
	for i := 1; i+1 < len(e.clause); i++ {
		if e.clause[i].Lower == "'s" && english.ClassOf(e.clause[i+1].Lower) == english.Auxiliary && e.clause[i+1].Lower != "been" {
			return true
		}
	}
	return false
}

// owns notes which words of those that a rule matched are the rule's own: all of them
// where the turn before gives them their meaning.
func (e *edit) owns(r compiledRule, words english.Words, m english.Match) {
	for _, t := range words {
		if !t.Mark && (r.followUp || !inGap(m, t)) {
			e.own += english.List(" " + t.Lower)
		}
	}
}

// inGap tells whether a word is in one of a match's gaps, whose names have one letter.
func inGap(m english.Match, w english.Token) bool {
	for name, gap := range m {
		if len(name) == 1 && gap.Has(w.Lower) {
			return true
		}
	}
	return false
}
