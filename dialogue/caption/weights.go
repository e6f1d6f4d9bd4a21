package caption

import (
	"fmt"
	"strconv"

	"pentimento/dialogue/english"
	"pentimento/recipe"
)

// Unweigh takes the weight off the first such word; it tells whether the caption
// has one.
func (c *Caption) Unweigh(word string) bool {
	for _, w := range c.words {
		if w.Lower == word {
			w.factor = 1
			return true
		}
	}
	return false
}

// SetWeights gives words, in lower case, their weights; all others get the weight
// that they had in the source.
func (c *Caption) SetWeights(factors map[string]float64) {
	for _, w := range c.words {
		w.factor = c.factorBefore(w)
		if f, ok := factors[w.Lower]; ok && !english.Closed(w.Lower) {
			w.factor = round(min(MaxWeight, max(MinWeight, f)))
		}
	}
}

// Weigh multiplies the weight of the word at an index by a factor, within
// [MinWeight, MaxWeight], and tells whether that changed it. A weight that was set
// beyond them stays where it is, more of a word without weight begins at a half, and
// more of one below it is nearer to it. Words of grammar have none.
func (c *Caption) Weigh(i int, factor float64) bool {
	w := c.words[i]
	if english.Closed(w.Lower) || w.Mark {
		return false
	}
	before, next := w.factor, w.factor*factor
	switch {
	case before == 0 && factor > 1:
		next = 0.5
	case before < 0:
		next = before / factor
	}
	w.factor = round(min(max(MaxWeight, before), max(min(MinWeight, before), next)))
	return w.factor != before
}

// SetWeight gives the word at an index a weight, within [MinWeight, MaxWeight]. Words
// of grammar have none.
func (c *Caption) SetWeight(i int, factor float64) {
	if w := c.words[i]; !english.Closed(w.Lower) && !w.Mark {
		w.factor = round(min(MaxWeight, max(MinWeight, factor)))
	}
}

// factorBefore is the weight that a word had in the source.
func (c *Caption) factorBefore(w *word) float64 {
	if w.origin < 0 {
		return 1
	}
	return c.was[w.origin]
}

// reweighted are the operations for words whose weight changed.
func (c *Caption) reweighted(spans []recipe.Span) []Op {
	var ops []Op
	for i, w := range c.words {
		if w.factor == c.factorBefore(w) {
			continue
		}
		op := Op{Kind: Reweight, Target: spans[i], From: w.Lower, To: w.Lower, Factor: w.factor}
		if w.origin >= 0 {
			t := c.source[w.origin]
			op.Source = recipe.Span{Start: t.Start, End: t.Start + len(t.Text)}
		}
		ops = append(ops, op)
	}
	return ops
}

func round(f float64) float64 {
	n, err := strconv.ParseFloat(fmt.Sprintf("%.2f", f), 64)
	if err != nil {
		return f
	}
	return n
}
