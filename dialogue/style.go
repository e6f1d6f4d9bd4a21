package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// setStyle says how the picture is made. A medium goes before the caption ("an
// oil painting of …"), other styles after it (", vintage style").
func setStyle(e *edit, style english.Words, prefix bool) bool {
	style = style.TrimMarks()
	style, named := english.StripStyleWord(style)
	if len(style) == 0 {
		return false
	}
	if style.Has("with") {
		prefix = false
	}
	e.widen(Global)
	e.because("the style becomes " + style.Text())
	p := e.caption.Parse()
	if n := len(p.Nouns); n > 0 && prefix {
		first := p.Nouns[0]
		if first.Start == 0 && first.End < len(p.Words) && p.Words[first.End].Lower == "of" && e.en.CanBe(p.Words[first.Head].Lower, lexicon.Picture) && e.en.IsMedium(style[len(style)-1].Lower) {
			thing := e.en.Parse(style)
			if name, ok := thing.Main(); ok {
				e.caption.Splice(first.Start, first.End, e.en.WithArticle(thing, name))
				return true
			}
		}
	}
	if from, to, ok := e.mediumOf(p); ok && prefix && e.en.IsMedium(style[len(style)-1].Lower) {
		e.caption.Splice(from, to, style)
		return true
	}
	if prefix && e.en.IsMedium(style[len(style)-1].Lower) {
		thing := e.en.Parse(style)
		if name, ok := thing.Main(); ok {
			e.caption.Prefix(e.en.WithArticle(thing, name))
			return true
		}
	}
	if from, to, ok := viewOf(p); ok && style[len(style)-1].Lower == "view" && !prefix {
		e.caption.Splice(from, to, style) // a picture is seen from one side
		return true
	}
	end := len(p.Words)
	for end > 0 && p.Tags[end-1] == english.Mark {
		end--
	}
	words := slices.Concat(english.Tokenise(","), style)
	if named {
		words = append(words, english.Tokenise("style")...)
	}
	e.caption.Splice(end, end, words)
	return true
}

// mediumOf is where a caption says in a list how it is made: ", oil painting".
func (e *edit) mediumOf(p english.Parsed) (from, to int, ok bool) {
	for i := 1; i < len(p.Words); i++ {
		if p.Words[i-1].Lower != "," {
			continue
		}
		end := i
		for end < len(p.Words) && !p.Words[end].Mark {
			end++
		}
		if item := p.Words[i:end]; len(item) > 0 && len(item) < 4 && e.en.IsMedium(item[len(item)-1].Lower) {
			return i, end, true
		}
	}
	return 0, 0, false
}

// viewOf is where a caption says in a list from which side it is seen: ", top view".
func viewOf(p english.Parsed) (from, to int, ok bool) {
	for i, t := range p.Words {
		if t.Lower != "view" && t.Lower != "close-up" {
			continue
		}
		from = i
		for from > 0 && i-from < 3 && !p.Words[from-1].Mark {
			from--
		}
		if from > 0 && p.Words[from-1].Lower == "," && (i+1 == len(p.Words) || p.Words[i+1].Mark) {
			return from, i + 1, true
		}
	}
	return 0, 0, false
}

// inFullColour answers "in colour again": a picture is black and white no longer.
func inFullColour(e *edit, _ english.Match) bool {
	p := e.caption.Parse()
	for i := 0; i+2 < len(p.Words); i++ {
		if p.Words[i:i+3].Lower() != "black and white" {
			continue
		}
		from, to := i, i+3
		switch {
		case to < len(p.Words) && e.en.Is(p.Words[to].Lower, lexicon.Picture):
			if to+1 < len(p.Words) && p.Words[to+1].Lower == "of" && from < 2 {
				from, to = 0, to+2
			}
		case from > 0 && (p.Words[from-1].Lower == "," || p.Words[from-1].Lower == "in"):
			from--
		case to < len(p.Words):
			continue // a cat may be black and white
		}
		e.caption.Splice(from, to, nil)
		e.widen(Global)
		e.because("in colour")
		return true
	}
	return false
}

// styleAfter answers "use pointillism": the style goes after the caption.
func styleAfter(e *edit, m english.Match) bool {
	s := m["s"]
	if english.ClassOf(s[0].Lower) == english.Determiner && len(s) > 1 {
		s = s[1:]
	}
	s, _ = english.StripStyleWord(s)
	if last := s[len(s)-1].Lower; !english.StyleNouns.Has(last) && !e.en.IsMedium(last) {
		s = append(slices.Clone(s), english.Tokenise("style")...)
	}
	return setStyle(e, s, false)
}

// styleOf answers "in the style of Monet".
func styleOf(e *edit, m english.Match) bool {
	return setStyle(e, append(slices.Clone(m["s"]), english.Tokenise("style")...), true)
}

// styleEffect answers "add a vintage effect" and "apply dramatic lighting".
func styleEffect(e *edit, m english.Match) bool {
	s := slices.Clone(m["s"])
	for len(s) > 1 && english.ClassOf(s[0].Lower) == english.Determiner {
		s = s[1:]
	}
	if slices.ContainsFunc(s, func(t english.Token) bool { return t.Lower == "with" || t.Lower == "to" }) {
		return false
	}
	if e.en.IsMedium(s[len(s)-1].Lower) && e.said[0].Lower != "make" {
		return setStyle(e, s, true)
	}
	kind := m.Text("kind")
	if kind == "effect" || kind == "filter" || kind == "theme" || kind == "look" || kind == "styling" {
		return setStyle(e, s, false)
	}
	return setStyle(e, append(s, m["kind"]...), false)
}

// styleOnly answers "as a watercolor".
func styleOnly(e *edit, m english.Match) bool {
	return e.en.IsStyle(m["s"]) && setStyle(e, m["s"], true)
}

// seenFrom answers "seen from above".
func seenFrom(e *edit, m english.Match) bool {
	if len(m["x"]) > 3 {
		return false
	}
	return setStyle(e, slices.Concat(m["how"], english.Tokenise("from"), m["x"]), false)
}

// outOf answers "make a watercolor out of it".
func outOf(e *edit, m english.Match) bool {
	if r := e.caption.Resolve(m["x"]); !r.Whole && !r.Found {
		return false
	}
	return e.en.IsStyle(m["s"]) && setStyle(e, m["s"], true)
}

// pictureInto answers "turn it into a watercolor".
func pictureInto(e *edit, m english.Match) bool {
	s := m["s"]
	if !e.en.IsStyle(s) {
		return false
	}
	what := e.caption.Resolve(m["x"])
	last := s[len(s)-1].Lower
	_, isStyle := english.StripStyleWord(s)
	if !what.Whole && !what.Found && !what.Scene {
		return false
	}
	// "turn the mug into a drawing" may mean the mug; a style that no single
	// thing can have means the picture.
	if what.Found && !isStyle && !e.en.IsMedium(last) {
		return false
	}
	if what.Found && e.en.Is(what.Head, lexicon.Picture) && !e.en.IsMedium(last) {
		return false
	}
	return setStyle(e, s, true)
}

// lookLike answers "make it look like a woodblock print" and "… like it's made of
// lego".
func lookLike(e *edit, m english.Match) bool {
	what := e.caption.Resolve(m["x"])
	y := m["y"]
	switch {
	case !what.Whole:
		return what.Found && become(e, m["x"], y)
	case e.en.IsMoment(y):
		return setTime(e, y)
	case e.en.Possible(y[0].Lower).Past || english.ClassOf(y[0].Lower) == english.Preposition:
		return addDescription(e, y)
	case e.en.CanBe(y[len(y)-1].Lower, lexicon.Picture) || e.en.IsStyle(y):
		return setStyle(e, y, true)
	}
	return transform(e, y)
}
