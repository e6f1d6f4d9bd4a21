package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
)

// What was said just before need not be said again: "and winter for spring" after
// "swap the dog for a cat", "blue isn't it. Red."

// oneForAnother answers "winter for spring": the caption names one of them, and the
// other, which is of its sort, comes in its place.
func oneForAnother(e *edit, m english.Match) bool {
	x, y := m["x"], m["y"]
	if len(x) > 4 || len(y) > 4 || english.Starters.Has(x[0].Lower) || e.definite(y) {
		return false
	}
	old, named := e.headOf(x)
	fresh, ok := e.headOf(y)
	if !ok || !named || e.timesIn(e.caption.Words(), old) == 0 || e.timesIn(e.caption.Words(), fresh) > 0 {
		return false
	}
	oneHour := e.en.Slots(x)&e.en.Slots(y) != 0
	if !oneHour && !e.en.OneKind(old, fresh) && !e.en.SameScale(old, fresh) && !e.sameKind(old, fresh) {
		return false
	}
	return swap(e, x, y)
}

// headOf is the noun of words that are one thing, or the last of adjectives.
func (e *edit) headOf(y english.Words) (string, bool) {
	if e.en.IsAdjectival(y) {
		return y[len(y)-1].Lower, true
	}
	q := e.en.Parse(y)
	name, ok := q.Main()
	if !ok || name.Start > 0 || name.End < len(y) {
		return "", false
	}
	return q.Words[name.Head].Lower, true
}

// rejecting are ends of a clause that says of something that it is not what was
// meant.
func rejecting() [][]string {
	return [][]string{
		{"isn't", "it"}, {"is", "not", "it"}, {"isn't", "right"}, {"is", "not", "right"}, {"is", "wrong"}, {"was", "wrong"}, {"won't", "do"}, {"isn't", "what", "i", "meant"},
		{"wasn't", "what", "i", "meant"}, {"isn't", "what", "i", "wanted"}, {"is", "not", "what", "i", "meant"}, {"is", "not", "what", "i", "wanted"}, {"doesn't", "work"}, {"does", "not", "work"}, {"doesn't", "fit"}, {"does", "not", "fit"},
	}
}

// corrections joins a clause that rejects what the caption says with the one that says
// what it should be: "blue isn't it. Red." is "not blue but red".
func (e *edit) corrections(clauses []english.Words) []english.Words {
	var out []english.Words
	for i := 0; i < len(clauses); i++ {
		x, ok := e.rejected(clauses[i])
		if !ok || i+1 == len(clauses) {
			out = append(out, clauses[i])
			continue
		}
		y := clauses[i+1]
		if y.StartsWith("make", "it") && len(y) > 2 {
			y = y[2:]
		}
		if len(y) > 4 || english.Starters.Has(y[0].Lower) {
			out = append(out, clauses[i])
			continue
		}
		out = append(out, slices.Concat(english.Tokenise("not"), x, english.Tokenise("but"), y))
		i++
	}
	return out
}

// rejected is what a clause says is not what was meant, where the caption has it.
func (e *edit) rejected(clause english.Words) (english.Words, bool) {
	if clause = clause.TrimMarks(); len(clause) > 1 && refusing.Has(clause[0].Lower) {
		clause = e.en.Polite(clause[1:])
	}
	for _, end := range rejecting() {
		at := len(clause) - len(end)
		if at < 1 || at > 4 || !clause[at:].StartsWith(end...) {
			continue
		}
		x := clause[:at]
		return x, e.caption.ResolveWord(x).Found || e.caption.Resolve(x).Found
	}
	return nil, false
}
