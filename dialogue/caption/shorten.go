package caption

import (
	"slices"

	"pentimento/dialogue/english"
)

// Shorten drops words that say nothing of what the caption shows until it fits,
// and tells whether it does: doubled words, "that is", the second "with" of a list,
// articles. The source of the edit was drawn with all of them, so it begins where
// the picture feels it least: at the end, because a text encoder reads from left to
// right.
func (c *Caption) Shorten(fits func(prompt string) bool) bool {
	if len(c.words) > Limit && !c.fits(fits) {
		c.dropRepeated()
	}
	for _, drop := range []func() bool{c.dropDoubled, c.dropRelative, c.mergeLists, c.dropOldArticle, c.dropNewArticle} {
		for !c.fits(fits) {
			if len(c.words) > Limit || !drop() {
				break
			}
		}
	}
	return c.fits(fits)
}

// fits tells whether the caption fits as it would be finished.
func (c *Caption) fits(fits func(prompt string) bool) bool {
	c.tidy()
	prompt, _ := c.text()
	return fits(prompt)
}

// dropLast takes out the last words for which size says how many from an index on
// may go, and puts others in their place; it tells whether there were any.
func (c *Caption) dropLast(size func(p english.Parsed, i int) (n int, with string)) bool {
	p := c.Parse()
	for i := range slices.Backward(p.Words) {
		n, with := size(p, i)
		if n == 0 || !c.empty(p, i, i+n) {
			continue
		}
		c.Splice(i, i+n, english.Tokenise(with))
		return true
	}
	return false
}

// empty tells whether words can go without an operation of the edit: they carry
// grammar alone, or are new.
func (c *Caption) empty(p english.Parsed, from, to int) bool {
	for i := from; i < to; i++ {
		if c.words[i].origin >= 0 && !p.Tags[i].Functional() && !leads.Has(p.Words[i].Lower) {
			return false
		}
	}
	return true
}

// dropRepeated makes one of every run of the same new word, at any length.
func (c *Caption) dropRepeated() {
	c.seen = nil
	c.words = slices.CompactFunc(c.words, func(a, b *word) bool { return b.origin < 0 && !b.Mark && a.Lower == b.Lower })
}

// dropDoubled drops the second of two words that are the same, and the full stop.
func (c *Caption) dropDoubled() bool {
	return c.dropLast(func(p english.Parsed, i int) (int, string) {
		w := p.Words[i]
		stop := i > 0 && i == len(p.Words)-1 && (w.Lower == "." || w.Lower == "!")
		if stop || i > 0 && !w.Mark && w.Lower == p.Words[i-1].Lower {
			return 1, ""
		}
		return 0, ""
	})
}

// dropRelative makes "a woman who is smiling" a woman smiling, "a man who has a
// beard" a man with a beard, and "a pair of glasses" glasses.
func (c *Caption) dropRelative() bool {
	return c.dropLast(func(p english.Parsed, i int) (int, string) {
		if i == 0 || i+2 >= len(p.Words) {
			return 0, ""
		}
		verb, after := p.Words[i+1].Lower, p.Tags[i+2]
		switch {
		case p.Words[i].Lower == "a" && verb == "pair" && p.Words[i+2].Lower == "of":
			return 3, ""
		case !relatives.Has(p.Words[i].Lower):
		case verb == "is" || verb == "are":
			if after == english.Gerund || after == english.Past || after == english.Preposition {
				return 2, ""
			}
		case verb == "has" || verb == "have":
			if after == english.Determiner || after == english.Adjective || after == english.Noun {
				return 2, "with"
			}
		}
		return 0, ""
	})
}

const relatives english.List = "that who which"

// mergeLists makes "with a hat and with a scarf" one list, and drops commas that
// another connective stands after.
func (c *Caption) mergeLists() bool {
	return c.dropLast(func(p english.Parsed, i int) (int, string) {
		if i == 0 || i+1 >= len(p.Words) {
			return 0, ""
		}
		w, next := p.Words[i].Lower, p.Words[i+1].Lower
		before := p.Words[i-1].Lower
		again := leads.Has(w) && (before == "and" || before == ",") && slices.ContainsFunc(p.Words[:i-1], func(t english.Token) bool {
			return t.Lower == w
		}) && c.endsList(p, i-1, w)
		if again || w == "," && (next == "and" || leads.Has(next)) {
			return 1, ""
		}
		return 0, ""
	})
}

// endsList tells whether a list that a word leads ends at an index.
func (c *Caption) endsList(p english.Parsed, end int, lead string) bool {
	for i, t := range p.Words[:end] {
		if t.Lower == lead && c.readList(p, i).end == end {
			return true
		}
	}
	return false
}

// dropOldArticle drops the last article, or "some", of what the edit does not
// touch. Where it puts one word in the place of another ("an orange" for "a yellow
// background"), the new one without its article would take over the attention of
// two.
func (c *Caption) dropOldArticle() bool {
	return c.dropLast(func(p english.Parsed, i int) (int, string) {
		if n := p.Around(i); slices.ContainsFunc(c.words[n.Start:n.End], c.said) {
			return 0, ""
		}
		return article(p, i)
	})
}

// dropNewArticle drops the last article that came with the edit.
func (c *Caption) dropNewArticle() bool {
	return c.dropLast(func(p english.Parsed, i int) (int, string) {
		if c.words[i].origin >= 0 {
			return 0, ""
		}
		return article(p, i)
	})
}

// article is how many words of an article at an index can go.
func article(p english.Parsed, i int) (int, string) {
	if !articles.Has(p.Words[i].Lower) || i+1 >= len(p.Words) {
		return 0, ""
	}
	if next := p.Words[i+1]; next.Mark || counting.Has(next.Lower) || english.PlaceWords.Has(next.Lower) {
		return 0, ""
	}
	return 1, ""
}

const articles english.List = "a an the some"

// counting are words that mean something else with an article than without one: "a
// few".
const counting english.List = "few little lot couple bit dozen hundred pair other same one"
