package dialogue

import "slices"

// keepIt answers what asks for no change: "keep the rest", "the same woman".
func keepIt(d *draft, m match) bool {
	d.because("the rest stays as it is")
	return true
}

func keepSame(d *draft, m match) bool {
	if x := parse(d.p.lex, m["x"]); len(x.nouns) != 1 || x.nouns[0].end < len(x.tokens) {
		return false
	}
	if r := d.resolve(m["x"]); !r.found && !r.whole {
		return false
	}
	return keepIt(d, m)
}

func sameWith(d *draft, m match) bool {
	return d.isReference(m["x"]) && keepSame(d, m) && d.clause(slices.Concat(m["relation"], m["y"]))
}
