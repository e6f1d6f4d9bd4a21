package caption

import "pentimento/dialogue/english"

// unwritten are words that people say to a bot and never write into a caption. An
// edit that would put one there has misread what was said.
const unwritten english.List = "i you we if would could should can cannot please again further lets let try trying percent degree degrees increase decrease reduce change changing add adding remove replace undo image this me us don't doesn't shouldn't isn't wait ok okay yes instead rather maybe actually than"

// paletteWord may follow "colour" in a caption.
const paletteWord english.List = "palette scheme grading tone photo photograph film"

// Sane tells whether the clause now edited put only such words into the caption
// as captions are written in.
func (c *Caption) Sane() bool {
	for i, w := range c.words {
		if w.origin >= 0 || w.clause != c.clause {
			continue
		}
		if (w.Lower == "color" || w.Lower == "colour") && (i+1 == len(c.words) || !paletteWord.Has(c.words[i+1].Lower)) {
			return false
		}
		if w.Lower == "'s" && (i == 0 || english.Closed(c.words[i-1].Lower)) {
			return false
		}
		if unwritten.Has(w.Lower) || w.Lower == "it" && (i == 0 || english.ClassOf(c.words[i-1].Lower) != english.Preposition) {
			return false
		}
	}
	return true
}
