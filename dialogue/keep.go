package dialogue

import (
	"slices"

	"pentimento/dialogue/english"
)

// keepIt answers what asks for no change: "keep the rest", "the same woman".
func keepIt(e *edit, m english.Match) bool {
	if good := m["good"]; len(good) > 0 {
		r := e.caption.Resolve(good)
		return len(good) < 4 && r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(r.Head) && e.remains(good)
	}
	if e.only || slices.ContainsFunc(m["x"], func(t english.Token) bool {
		return t.Mark || t.Lower == "except" || t.Lower == "but" || t.Lower == "only"
	}) {
		return false // "keep everything except the hat", "only the hat stays"
	}
	if x := m["x"]; len(x) > 1 && english.List("out off away").Has(x[len(x)-1].Lower) {
		return false // "leave the hat out"
	}
	if x := m["x"]; len(x) > 0 && (x[0].Lower == "out" || x[0].Lower == "off" || x[0].Lower == "away" || x[0].Lower == "only" || x[0].Lower == "just") {
		return false // "leave out the hat"
	}
	if x := m["x"]; len(x) > 1 && e.definite(x) && len(e.talk.Turns) > 1 && comesBack(e, x) {
		return true
	}
	e.because("the rest stays as it is")
	return true
}

// remains notes that what words name stays as it is.
func (e *edit) remains(words english.Words) bool {
	e.because(words.Text() + " stays as it is")
	return true
}

// keepSame answers "the same woman".
func keepSame(e *edit, m english.Match) bool {
	if first := m["x"][0].Lower; first == "colour" || first == "color" {
		return false // "the same colour as her eyes"
	}
	if x := e.en.Parse(m["x"]); len(x.Nouns) != 1 || x.Nouns[0].End < len(x.Words) {
		return false
	}
	if r := e.caption.Resolve(m["x"]); !r.Found && !r.Whole {
		return false
	}
	return keepIt(e, m)
}

// sameWith answers "the same woman with glasses".
func sameWith(e *edit, m english.Match) bool {
	if n, ok := e.en.Parse(m["y"]).Main(); ok && e.en.Animate(m["y"][n.Head].Lower) && m["relation"].Lower() == "with" && otherValue(e, m) {
		return true // "the same with a man"
	}
	if _, named := m["x"]; !named {
		return e.read(slices.Concat(m["relation"], m["y"]))
	}
	return e.caption.IsReference(m["x"]) && keepSame(e, m) && e.read(slices.Concat(m["relation"], m["y"]))
}
