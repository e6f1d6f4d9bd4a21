package caption

import (
	"slices"

	"pentimento/dialogue/english"
)

// Prefix puts the kind of picture before the caption, with "of": "an oil painting
// of …".
func (c *Caption) Prefix(lead english.Words) {
	c.seen = nil
	if len(c.words) > 0 && english.Closed(c.words[0].Lower) {
		c.words[0].Text = c.words[0].Lower
	}
	if len(c.words) > 0 && english.StartsUpper(c.words[0].Text) {
		lead = slices.Clone(lead)
		lead[0].Text = english.UpperFirst(lead[0].Text)
	}
	c.Splice(0, 0, slices.Concat(lead, english.Tokenise("of")))
}

// tidy mends what edits leave behind: articles before another first letter,
// doubled or dangling commas and connectives.
func (c *Caption) tidy() {
	c.seen = nil
	c.dropDangling()
	for i, w := range c.words[:max(0, len(c.words)-1)] {
		if next := c.words[i+1]; (w.Lower == "a" || w.Lower == "an") && (w.origin < 0 || next.origin != w.origin+1) && !next.Mark {
			c.setArticle(w, next.Lower)
		}
	}
	if len(c.words) > 0 {
		c.words[0].Glued = true
	}
}

func (c *Caption) setArticle(w *word, next string) {
	text := english.Article(next)
	if english.StartsUpper(w.Text) {
		text = english.UpperFirst(text)
	}
	w.Text, w.Lower = text, english.Lower(text)
}

// dropDangling removes connectives that nothing follows and marks that follow
// one another. Only words beside an edit are touched: a caption that was odd to
// begin with stays so.
func (c *Caption) dropDangling() {
	for i := 0; i < len(c.words); i++ {
		w := c.words[i]
		last := i+1 == len(c.words)
		var next *word
		if !last {
			next = c.words[i+1]
		}
		edited := last && w.origin != len(c.source)-1 || !last && (w.origin < 0 || next.origin != w.origin+1)
		if i == 0 && w.Mark && w.Lower == "," {
			edited = w.origin != 0
		}
		if !edited {
			continue
		}
		comma := w.Lower == ","
		joins := w.Lower == "and" || w.Lower == "with" || w.Lower == "wearing" || w.Lower == "a" || w.Lower == "an" || w.Lower == "the" || w.Lower == "in" || w.Lower == "on"
		switch {
		case (comma || joins || w.Lower == "but") && (last || next.Mark && next.Lower != "&"),
			i == 0 && (comma || w.Lower == "and"),
			comma && next != nil && (next.Lower == "with" || next.Lower == "wearing") && c.looseComma(i):
			c.words = slices.Delete(c.words, i, i+1)
			i = max(-1, i-2)
		}
	}
}

// looseComma tells whether a comma was left over by a removal: its own next
// word is gone.
func (c *Caption) looseComma(i int) bool {
	w := c.words[i]
	return w.origin >= 0 && c.words[i+1].origin >= 0
}

// RemoveItem takes an item of words out of the list with commas that the caption
// ends in, where one is just those words.
func (c *Caption) RemoveItem(named english.Words) bool {
	p := c.Parse()
	end := len(p.Words)
	for i := end - 1; i > 0; i-- {
		if p.Words[i].Lower != "," {
			continue
		}
		if p.Words[i+1:end].Lower() == named.Lower() {
			c.Splice(i, end, nil)
			return true
		}
		end = i
	}
	return false
}

// RemoveStyle takes the kind of picture or the style that words name out of the
// caption: "a watercolor of", ", anime style"; any where the words are "style"
// alone. It tells whether there was one.
func (c *Caption) RemoveStyle(named english.Words) bool {
	p := c.Parse()
	whichever := english.StyleNouns.Has(named[len(named)-1].Lower) && len(named) == 1
	says := func(from, to int) bool {
		return whichever || slices.ContainsFunc(p.Words[from:to], func(t english.Token) bool {
			return slices.ContainsFunc(named, func(s english.Token) bool { return !english.StyleNouns.Has(s.Lower) && c.en.Related(s.Lower, t.Lower) })
		})
	}
	if len(p.Nouns) > 1 {
		if n := p.Nouns[0]; n.Start == 0 && n.End < len(p.Words) && p.Words[n.End].Lower == "of" && c.en.IsMedium(p.Words[n.Head].Lower) && says(0, n.End) {
			c.Splice(0, n.End+1, nil)
			return true
		}
	}
	end := len(p.Words)
	for i := end - 1; i > 0; i-- {
		if p.Words[i].Lower != "," {
			continue
		}
		if c.en.IsStyle(p.Words[i+1:end]) && says(i+1, end) {
			c.Splice(i, end, nil)
			return true
		}
		end = i
	}
	return false
}
