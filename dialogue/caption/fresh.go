package caption

import (
	"slices"

	"pentimento/dialogue/english"
)

// Fresh are the indices of the words that the clause now edited put in.
func (c *Caption) Fresh() []int {
	var out []int
	for i, w := range c.words[:min(len(c.words), Limit)] {
		if w.origin < 0 && w.clause == c.clause {
			out = append(out, i)
		}
	}
	return out
}

// Repeats tells whether the clause now edited names a thing once more that the
// caption has already: "a blue hat of the hat".
func (c *Caption) Repeats() bool {
	fresh := c.Fresh()
	for _, i := range fresh {
		if i == 0 || c.words[i-1].Lower != "of" || c.words[i].Lower != "the" || !slices.Contains(fresh, i+1) {
			continue
		}
		if slices.ContainsFunc(c.words, func(w *word) bool { return w.origin >= 0 && w.Lower == c.words[i+1].Lower }) {
			return true
		}
	}
	return false
}

// Stutters tells whether the clause now edited put a word beside itself: "white wine
// wine".
func (c *Caption) Stutters() bool {
	return slices.ContainsFunc(c.Fresh(), func(i int) bool {
		twice := func(j int) bool {
			return j > 0 && j < len(c.words) && !c.words[j].Mark && c.words[j].Lower == c.words[j-1].Lower
		}
		return twice(i) || twice(i+1)
	})
}

// LostSubject tells whether an edit left a caption that no longer begins with
// what it shows: it starts inside a phrase ("with gray hair"), or most of a long
// caption went with the subject and nothing came instead ("the rain", of "a red
// car by a lake in the rain").
func (c *Caption) LostSubject() bool {
	if len(c.words) == 0 || len(c.source) == 0 || c.words[0].origin == 0 {
		return false
	}
	opens := OpensCaption(c.Parse())
	if opens && len(c.Fresh()) > 0 || !OpensCaption(c.en.Parse(c.source[:min(len(c.source), Limit)])) {
		return false
	}
	if n, ok := c.Parse().Main(); !opens || ok && c.en.IsMoment(c.Words()[n.Head:n.Head+1]) {
		return true
	}
	if n, ok := c.Parse().Main(); ok && c.en.Animate(c.words[n.Head].Lower) {
		return false // who stood beside it is still there
	}
	content := func(words english.Words) (n int) {
		for _, t := range words {
			if !t.Mark && !english.Closed(t.Lower) {
				n++
			}
		}
		return n
	}
	had := content(c.source)
	return had >= longCaption && 2*content(c.Words()) < had
}

// longCaption is how many words with a meaning a caption has that one clause does
// not take apart.
const longCaption = 6

// OpensCaption tells whether a text begins as captions do: with a noun phrase,
// before which only a participle may stand ("smiling woman").
func OpensCaption(p english.Parsed) bool {
	if len(p.Tags) == 0 {
		return false
	}
	switch p.Tags[0] {
	case english.Determiner, english.Number, english.Adjective, english.Noun, english.Possessive:
		return true
	case english.Gerund, english.Past, english.Adverb, english.Mark, english.Verb:
		n, ok := p.Main()
		return ok && n.Start <= 3
	}
	return false
}
