package dialogue

import (
	"pentimento/dialogue/lexicon"
	"slices"
	"strings"
)

// setStyle says how the picture is made. A medium goes before the caption ("an
// oil painting of …"), other styles after it (", vintage style").
func (d *draft) setStyle(style []token, prefix bool) bool {
	style = trimMarks(style)
	style, named := stripStyleWord(style)
	if len(style) == 0 {
		return false
	}
	if slices.ContainsFunc(style, func(t token) bool { return t.lower == "with" }) {
		prefix = false
	}
	d.widen(Global)
	d.because("the style becomes " + phraseText(style))
	p := d.caption.parse()
	if n := len(p.nouns); n > 0 && prefix {
		first := p.nouns[0]
		if first.start == 0 && first.end < len(p.tokens) && p.tokens[first.end].lower == "of" && d.p.lex.CanBe(p.tokens[first.head].lower, lexicon.Picture) && d.p.isMedium(style[len(style)-1].lower) {
			thing := parse(d.p.lex, style)
			if name, ok := mainPhrase(thing); ok {
				d.caption.splice(first.start, first.end, d.withArticle(thing, name))
				return true
			}
		}
	}
	if prefix && d.p.isMedium(style[len(style)-1].lower) {
		thing := parse(d.p.lex, style)
		if name, ok := mainPhrase(thing); ok {
			d.caption.prefix(d.withArticle(thing, name))
			return true
		}
	}
	end := len(p.tokens)
	for end > 0 && p.tags[end-1] == mark {
		end--
	}
	words := slices.Concat(tokenise(","), style)
	if named {
		words = append(words, tokenise("style")...)
	}
	d.caption.splice(end, end, words)
	return true
}

// stripStyleWord drops the article and a word for style; named tells that a
// word for style is needed to make sense of what is left.
func stripStyleWord(style []token) (rest []token, named bool) {
	for len(style) > 1 && (style[0].lower == "a" || style[0].lower == "an" || style[0].lower == "the" || style[0].lower == "some") {
		style = style[1:]
	}
	last := style[len(style)-1].lower
	if len(style) > 1 && wordsForStyle.has(last) {
		return style[:len(style)-1], last == "style"
	}
	return style, false
}

const wordsForStyle wordList = "style effect filter styling look aesthetic theme version"

// isStyle tells whether a phrase is about how the picture is made.
func (p *Planner) isStyle(phrase []token) bool {
	if len(phrase) == 0 {
		return false
	}
	last := phrase[len(phrase)-1].lower
	if wordsForStyle.has(last) || last == "tone" || last == "lighting" || last == "palette" || last == "grayscale" || last == "greyscale" || last == "sepia" {
		return true
	}
	text := lower(phraseText(phrase))
	// WordNet puts these kinds of pictures elsewhere.
	for _, print := range [...]string{"comic book", "coloring book", "colouring book", "picture book", "comic strip", "poster", "postcard", "stamp", "album cover", "magazine cover", "blueprint", "polaroid", "screenshot", "video game", "movie still", "woodblock print", "woodcut", "lego", "tattoo design"} {
		if text == print || strings.HasSuffix(text, " "+print) {
			return true
		}
	}
	if strings.HasPrefix(text, "in the style of") || strings.HasSuffix(text, "view") && len(phrase) < 4 {
		return true
	}
	for _, t := range phrase {
		if t.lower == "with" || t.lower == "holding" {
			return false
		}
	}
	return p.isMedium(last) || styleWord.has(last)
}

const styleWord wordList = "vintage retro cyberpunk steampunk photorealistic realistic abstract minimalist surreal cinematic noir cartoonish cartoony painterly pixelated silhouette monochrome claymation origami pointillism impressionism impressionist expressionism cubism cubist anime manga neon 3d 2d baroque gothic futuristic hdr 8-bit high-contrast grayscale sepia bokeh lowpoly"

// isMedium tells whether a noun names a kind of picture.
func (p *Planner) isMedium(w string) bool {
	switch w {
	case "cartoon", "anime", "comic", "manga", "silhouette", "animation", "window", "tapestry", "pixel", "illustration", "render", "rendering", "crayon", "ink", "pastel", "graffiti", "mosaic", "watercolour", "drawing", "book", "claymation":
		return w != "window" && w != "pixel" && w != "book" && w != "ink" && w != "pastel"
	}
	return p.lex.Is(w, lexicon.Picture)
}

func styleAfter(d *draft, m match) bool {
	s := m["s"]
	if classOf(s[0].lower) == determiner && len(s) > 1 {
		s = s[1:]
	}
	s, _ = stripStyleWord(s)
	if last := s[len(s)-1].lower; !wordsForStyle.has(last) && !d.p.isMedium(last) {
		s = append(slices.Clone(s), tokenise("style")...)
	}
	return d.setStyle(s, false)
}

func styleOf(d *draft, m match) bool {
	return d.setStyle(append(slices.Clone(m["s"]), tokenise("style")...), true)
}

func styleEffect(d *draft, m match) bool {
	s := slices.Clone(m["s"])
	for len(s) > 1 && classOf(s[0].lower) == determiner {
		s = s[1:]
	}
	if slices.ContainsFunc(s, func(t token) bool { return t.lower == "with" || t.lower == "to" }) {
		return false
	}
	if d.p.isMedium(s[len(s)-1].lower) && d.said[0].lower != "make" {
		return d.setStyle(s, true)
	}
	kind := m.text("kind")
	if kind == "effect" || kind == "filter" || kind == "theme" || kind == "look" || kind == "styling" {
		return d.setStyle(s, false)
	}
	return d.setStyle(append(s, m["kind"]...), false)
}

func styleOnly(d *draft, m match) bool {
	return d.p.isStyle(m["s"]) && d.setStyle(m["s"], true)
}

func outOf(d *draft, m match) bool {
	if r := d.resolve(m["x"]); !r.whole && !r.found {
		return false
	}
	return d.p.isStyle(m["s"]) && d.setStyle(m["s"], true)
}

func pictureInto(d *draft, m match) bool {
	s := m["s"]
	if !d.p.isStyle(s) {
		return false
	}
	what := d.resolve(m["x"])
	last := s[len(s)-1].lower
	_, isStyle := stripStyleWord(s)
	if !what.whole && !what.found && !what.scene {
		return false
	}
	// "turn the mug into a drawing" may mean the mug; a style that no single
	// thing can have means the picture.
	if what.found && !isStyle && !d.p.isMedium(last) {
		return false
	}
	if what.found && d.p.lex.Is(what.head, lexicon.Picture) && !d.p.isMedium(last) {
		return false
	}
	return d.setStyle(s, true)
}

// lookLike answers "make it look like a woodblock print" and "… like it's made of
// lego".
func lookLike(d *draft, m match) bool {
	what := d.resolve(m["x"])
	y := m["y"]
	switch {
	case !what.whole:
		return what.found && d.become(m["x"], y)
	case d.p.isMoment(y):
		return d.setTime(y)
	case possible(d.p.lex, y[0].lower).past || classOf(y[0].lower) == preposition:
		return d.addDescription(y)
	case d.p.lex.CanBe(y[len(y)-1].lower, lexicon.Picture) || d.p.isStyle(y):
		return d.setStyle(y, true)
	}
	return d.transform(y)
}
