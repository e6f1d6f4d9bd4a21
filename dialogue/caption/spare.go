package caption

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/recipe"
)

// A Spare is a part of a caption that can be left out.
type Spare struct {
	// Text is the part as the caption has it: "a red hat", "at sunset".
	Text string
	// Describes tells that it is a word that only describes a thing: "red".
	Describes bool
	// Without is the caption without it.
	Without *Caption
}

// Draft makes a caption of a prompt of which nothing is drawn yet: all of its
// words are new.
func Draft(en *english.Reader, prompt string, weights []recipe.Weight) *Caption {
	c := New(en, prompt, weights)
	for _, w := range c.words {
		w.origin = -1
	}
	c.source, c.was, c.cutBy = nil, nil, nil
	return c
}

// Spares are the parts of the caption that can be left out, one at a time: first
// things, times and the style, then words that only describe. What the caption is
// about is none, nor is a part with a word that keep wants or that the edit put in
// or re-weighted; in a draft, all words are new and none of them counts. A caption of
// more than [Limit] words has none.
func (c *Caption) Spares(keep func(word string) bool) []Spare {
	p := c.Parse()
	subject, ok := c.Subject(p)
	if !ok || len(c.words) > Limit {
		return nil
	}
	s := sparing{caption: c, parsed: p, keep: keep, subject: c.words[subject.Head].id}
	moments := c.Moments(p)
	inMoment := func(i int) bool {
		return slices.ContainsFunc(moments, func(m MomentSpan) bool { return m.Start <= i && i < m.End })
	}
	for _, n := range p.Nouns {
		switch at := slices.IndexFunc(moments, func(m MomentSpan) bool { return m.Start <= n.Head && n.Head < m.End }); {
		case at >= 0:
			m := moments[at]
			s.try(m.Start, m.Start, func(d *Caption) { d.Splice(m.Start, m.End, nil) })
		case n.Start >= subject.End:
			whole := p.Whole(n)
			s.try(whole.Start, whole.Start, func(d *Caption) { d.Remove(Referent{}.At(p, n)) })
		}
	}
	if i := lastComma(p); i > 0 && c.en.IsStyle(p.Words[i+1:]) {
		s.try(i, i+1, func(d *Caption) { d.Splice(i, len(p.Words), nil) })
	}
	s.describing = true
	for i, tag := range p.Tags {
		loose := i+1 == len(p.Words) || p.Tags[i+1] == english.Mark || leads.Has(p.Words[i+1].Lower) || p.Words[i+1].Lower == "and"
		if !inMoment(i) && i > 0 && (tag == english.Adjective && !loose || tag == english.Gerund && loose && !english.Closed(p.Words[i].Lower)) {
			s.try(i, i, func(d *Caption) { d.Splice(i, i+1, nil) })
		}
	}
	return s.found
}

// lastComma is the index of the last comma, or -1.
func lastComma(p english.Parsed) int {
	for i, t := range slices.Backward(p.Words) {
		if t.Lower == "," {
			return i
		}
	}
	return -1
}

// sparing collects the parts of a caption that can be left out.
type sparing struct {
	caption *Caption
	parsed  english.Parsed
	keep    func(word string) bool
	subject int // the id of the noun that the caption is about
	found   []Spare

	describing bool // what is tried now
}

// try leaves out what remove takes out of a copy of the caption, if that may go.
// The part is named from the word at named on; of what goes, start is the first
// word that has to.
func (s *sparing) try(start, named int, remove func(d *Caption)) {
	d := s.caption.Clone()
	d.Begin(d.clause + 1) // nothing that goes becomes what came
	remove(d)
	d.tidy()
	gone := func(i int) bool {
		return !slices.ContainsFunc(d.words, func(w *word) bool { return w.id == s.caption.words[i].id })
	}
	if !gone(start) || !slices.ContainsFunc(d.words, func(w *word) bool { return w.id == s.subject }) {
		return
	}
	for i, w := range s.caption.words {
		if gone(i) && (s.caption.said(w) || s.keep(w.Lower)) && !(i < len(s.parsed.Tags) && (s.parsed.Tags[i].Functional() || leads.Has(w.Lower))) {
			return
		}
	}
	if english.PlaceWords.Has(s.parsed.Words[named].Lower) && named+2 < len(s.parsed.Words) && s.parsed.Words[named+1].Lower == "of" {
		named += 2 // "in front of a house"
	}
	end := named
	for end < len(s.parsed.Words) && gone(end) {
		end++
	}
	for end > named && s.parsed.Tags[end-1].Functional() {
		end--
	}
	text := s.parsed.Words[named:end].Text()
	left, _ := d.text()
	if text == "" || slices.ContainsFunc(s.found, func(o Spare) bool {
		other, _ := o.Without.text()
		return other == left || english.Lower(o.Text) == english.Lower(text)
	}) {
		return
	}
	s.found = append(s.found, Spare{text, s.describing, d})
}

// said tells whether the edit put a word in or changed its weight. Of a draft no
// word counts as said: it is all that was.
func (c *Caption) said(w *word) bool {
	return len(c.source) > 0 && (w.origin < 0 || w.factor != c.factorBefore(w))
}

// SaysAfter tells whether a word that the edit put in or re-weighted stands in the
// prompt at a byte or after it.
func (c *Caption) SaysAfter(at int) bool {
	_, spans := c.text()
	return slices.ContainsFunc(spans, func(s recipe.Span) bool { return s.End > at }) &&
		slices.ContainsFunc(c.words[c.wordAt(spans, at):], c.said)
}

// wordAt is the index of the first word that ends after a byte of the text.
func (c *Caption) wordAt(spans []recipe.Span, at int) int {
	if i := slices.IndexFunc(spans, func(s recipe.Span) bool { return s.End > at }); i >= 0 {
		return i
	}
	return len(c.words)
}

// Cut leaves out the end of the caption from the word at a byte of its text on,
// with the phrase that the word stands in and what leads to it. It returns what
// goes; nothing does where nothing would be left, or where the edit put in some of
// it.
func (c *Caption) Cut(at int) string {
	_, spans := c.text()
	return c.cutFrom(c.wordAt(spans, at))
}

// CutUnread is [Caption.Cut] for the words of the source from a byte of the source
// on: those that the model had no room for when it drew the source.
func (c *Caption) CutUnread(at int) string {
	return c.cutFrom(slices.IndexFunc(c.words, func(w *word) bool { return w.origin >= 0 && c.source[w.origin].Start >= at }))
}

func (c *Caption) cutFrom(from int) string {
	if from <= 0 {
		return ""
	}
	if p := c.Parse(); from < len(p.Words) {
		if n := p.Around(from); n.Start < from {
			from = n.Start
		}
		from = c.governor(p, from)
	}
	if from == 0 || from == len(c.words) || slices.ContainsFunc(c.words[from:], c.said) {
		return ""
	}
	text, spans := c.text()
	c.Splice(from, len(c.words), nil)
	return text[spans[from].Start:]
}
