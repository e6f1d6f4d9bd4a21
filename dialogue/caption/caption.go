// Package caption has the prompt under the knife.
//
// A [Caption] finds what is named in it (referent.go, split.go, parts.go), has
// words put in, replaced and taken out as English wants it (attach.go, lists.go,
// adjectives.go, action.go, place.go, swap.go, remove.go), is made shorter where it
// has to be (shorten.go, spare.go), and in the end says what became of its source:
// operations, weights and the words that bound the edit (difference.go,
// operations.go, weights.go). It knows nothing of what was asked for, or why.
package caption

import (
	"slices"
	"strings"

	"pentimento/dialogue/english"
	"pentimento/recipe"
)

// A word of a caption under the knife.
type word struct {
	english.Token
	// id stays with the word while edits move it about, and is never 0.
	id int
	// origin is the index of the word in the source caption; -1 for new words.
	origin int
	// factor is the weight of the word's attention.
	factor float64
	// clause is the number of the clause that put the word in.
	clause int
}

// A Caption is a prompt under the knife: its words, each of which remembers the
// word of the source that it was. An edit only moves words; [Caption.Finish]
// reads operations, spans and weights off their memory when all edits are done.
type Caption struct {
	en     *english.Reader
	source english.Words
	was    []float64 // factors of the source's words
	words  []*word
	// last is the id given last.
	last int
	// clause is the number of the clause now edited; cutBy says for each word
	// of the source which clause took it out.
	clause int
	cutBy  []int
	// focus is the id of the noun that was edited last: what "it" names. 0 is
	// none.
	focus int
	// seen is the parse of the words as they stand; nil after a change.
	seen *english.Parsed
}

// Limit is how many words of a prompt are edited, more than any text encoder
// reads. Words after them are kept as they stand.
const Limit = 160

// New makes a caption of a prompt, the source, and the weights of its words.
func New(en *english.Reader, prompt string, weights []recipe.Weight) *Caption {
	c := &Caption{en: en, source: english.Tokenise(prompt)}
	for i, t := range c.source {
		factor := 1.0
		for _, w := range weights {
			if w.Start < t.Start+len(t.Text) && t.Start < w.End {
				factor = w.Factor
			}
		}
		c.was = append(c.was, factor)
		c.words = append(c.words, &word{Token: t, id: i + 1, origin: i, factor: factor})
	}
	c.last = len(c.source)
	c.cutBy = make([]int, len(c.source))
	return c
}

// Clone copies the caption, so that an edit can be tried and taken back.
func (c *Caption) Clone() *Caption {
	d := *c
	d.cutBy = slices.Clone(c.cutBy)
	d.words = make([]*word, len(c.words))
	for i, w := range c.words {
		copied := *w
		d.words[i] = &copied
	}
	return &d
}

// Begin says that edits from now on are those of the clause with that number.
// Words that one clause takes out and another puts in are not a swap.
func (c *Caption) Begin(clause int) { c.clause = clause }

// Words are the words as they stand, the first [Limit] of them.
func (c *Caption) Words() english.Words {
	out := make(english.Words, 0, min(len(c.words), Limit))
	for _, w := range c.words[:min(len(c.words), Limit)] {
		out = append(out, w.Token)
	}
	return out
}

// Parse finds the parts of speech and noun phrases of [Caption.Words]. Indices in
// what it returns hold until the next edit.
func (c *Caption) Parse() english.Parsed {
	if c.seen == nil {
		p := c.en.Parse(c.Words())
		c.seen = &p
	}
	return *c.seen
}

// Splice replaces the words [from, to) by others. Words at either end that are
// the same before and after are kept with their memory, and a capital at the
// start of the caption stays there.
func (c *Caption) Splice(from, to int, with english.Words) {
	c.seen = nil
	for from < to && len(with) > 0 && c.words[from].Lower == with[0].Lower {
		from, with = from+1, with[1:]
	}
	for from < to && len(with) > 0 && c.words[to-1].Lower == with[len(with)-1].Lower {
		to, with = to-1, with[:len(with)-1]
	}
	added := make([]*word, len(with))
	for i, t := range with {
		t.Glued = t.Mark && t.Lower != "&" || t.Lower == "'s"
		c.last++
		added[i] = &word{Token: t, id: c.last, origin: -1, factor: 1, clause: c.clause}
	}
	c.glue(from, to, added)
	for _, w := range c.words[from:to] {
		if w.origin >= 0 {
			c.cutBy[w.origin] = c.clause
		}
	}
	if from == 0 && to < len(c.words) && len(with) > 0 {
		c.words[to].Glued = c.words[to].Mark && c.words[to].Lower == ","
	}
	capital := from == 0 && len(c.words) > 0 && english.StartsUpper(c.words[0].Text)
	c.words = slices.Concat(c.words[:from:from], added, c.words[to:])
	if capital {
		for i, w := range c.words {
			if i == 0 {
				w.Text = english.UpperFirst(w.Text)
			} else if i <= len(added) && w.origin == 0 && english.Closed(w.Lower) {
				w.Text = w.Lower
			}
		}
	}
}

// glue keeps the spaces around a splice: what takes a word's place stands as close
// to what is before it (an opening quotation mark) as the word did.
func (c *Caption) glue(from, to int, added []*word) {
	if len(added) == 0 || from == 0 || from == len(c.words) || added[0].Mark || added[0].Lower == "'s" {
		return
	}
	next := c.words[from]
	if !next.Glued || next.Mark || next.Lower == "'s" {
		return
	}
	added[0].Glued = true
	if from == to {
		next.Glued = false
	}
}

// text writes the caption, and gives the span of each word in it.
func (c *Caption) text() (string, []recipe.Span) {
	var b strings.Builder
	spans := make([]recipe.Span, len(c.words))
	for i, w := range c.words {
		if i > 0 && !w.Glued {
			b.WriteByte(' ')
		}
		spans[i].Start = b.Len()
		b.WriteString(w.Text)
		spans[i].End = b.Len()
	}
	return b.String(), spans
}

// Attend makes the noun at index i the one that "it" names.
func (c *Caption) Attend(i int) {
	if i >= 0 && i < len(c.words) {
		c.focus = c.words[i].id
	}
}

// AttendWord makes the last such word the one that "it" names; it tells whether
// the caption has one.
func (c *Caption) AttendWord(word string) bool {
	for _, w := range slices.Backward(c.words) {
		if word != "" && w.Lower == word {
			c.focus = w.id
			return true
		}
	}
	return false
}

// Focus is the index of the noun that "it" names, or -1.
func (c *Caption) Focus() int {
	return slices.IndexFunc(c.words, func(w *word) bool { return w.id == c.focus })
}

// MinWeight and MaxWeight bound the weight of a word, within which pictures hold
// together.
const MinWeight, MaxWeight = -2.0, 4.0
