package english

import (
	"strings"

	"pentimento/dialogue/lexicon"
)

// StripStyleWord drops the article before a style and the noun for style after
// it. named tells that the noun was "style", without which the rest may say
// nothing.
func StripStyleWord(style Words) (rest Words, named bool) {
	for len(style) > 1 && (style[0].Lower == "a" || style[0].Lower == "an" || style[0].Lower == "the" || style[0].Lower == "some") {
		style = style[1:]
	}
	last := style[len(style)-1].Lower
	if len(style) > 1 && StyleNouns.Has(last) {
		return style[:len(style)-1], last == "style"
	}
	return style, false
}

// StyleNouns are nouns that make a style of the words before them.
const StyleNouns List = "style effect filter styling look aesthetic theme version"

// IsStyle tells whether a phrase says how the picture is made: "a watercolor",
// "vintage", "in the style of Monet".
func (en *Reader) IsStyle(phrase Words) bool {
	if len(phrase) == 0 {
		return false
	}
	last := phrase[len(phrase)-1].Lower
	if StyleNouns.Has(last) || last == "tone" || last == "lighting" || last == "palette" || last == "grayscale" || last == "greyscale" || last == "sepia" {
		return true
	}
	text := phrase.Lower()
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
		if t.Lower == "with" || t.Lower == "holding" {
			return false
		}
	}
	return en.IsMedium(last) || styleWords.Has(last)
}

const styleWords List = "vintage retro cyberpunk steampunk photorealistic realistic abstract minimalist surreal cinematic noir cartoonish cartoony painterly pixelated silhouette monochrome claymation origami pointillism impressionism impressionist expressionism cubism cubist anime manga neon 3d 2d baroque gothic futuristic hdr 8-bit high-contrast grayscale sepia bokeh lowpoly"

// IsMedium tells whether a noun names a kind of picture: "painting", "cartoon".
func (en *Reader) IsMedium(w string) bool {
	switch w {
	case "cartoon", "anime", "comic", "manga", "silhouette", "animation", "window", "tapestry", "pixel", "illustration", "render", "rendering", "crayon", "ink", "pastel", "graffiti", "mosaic", "watercolour", "drawing", "book", "claymation":
		return w != "window" && w != "pixel" && w != "book" && w != "ink" && w != "pastel"
	}
	return en.Is(w, lexicon.Picture)
}
