package english

import "strings"

func (en *Reader) VerbBase(w string) string {
	base, _ := en.VerbLemma(w)
	return base
}

// Compound is the noun at i with the compound's parts before it, where the
// lexicon has the whole ("las vegas"), else the noun alone.
func (en *Reader) Compound(q Parsed, core, i int) string {
	for ; core < i; core++ {
		whole := q.Words[core : i+1].Lower()
		if e, ok := en.Lookup(whole); ok && e.Noun >= 0 {
			return whole
		}
	}
	return q.Words[i].Lower
}

// Related tells whether two words are forms of one: "smile" and "smiling",
// "snow" and "snowy", "curls" and "curly".
func (en *Reader) Related(a, b string) bool {
	return en.Lemma(a) == en.Lemma(b) || en.root(a) == en.root(b)
}

// root strips what makes an adjective or participle of a noun.
func (en *Reader) root(w string) string {
	base := en.Lemma(w)
	if verb, ok := en.VerbLemma(w); ok {
		base = verb
	}
	if stem, ok := strings.CutSuffix(base, "y"); ok && len(stem) > 2 {
		for _, s := range []string{stem, stem + "e", stem[:len(stem)-1]} {
			if e, ok := en.Lookup(s); ok && e.Noun >= 0 {
				return s
			}
		}
	}
	return base
}

// Lemma folds a word's number, spelling and degree, for comparing.
func (en *Reader) Lemma(w string) string {
	if l, ok := en.NounLemma(w); ok {
		return AmericanSpelling(l)
	}
	if l, ok := en.VerbLemma(w); ok {
		return AmericanSpelling(l)
	}
	return AmericanSpelling(w)
}

// AmericanSpelling folds British spellings, by rule; it is for comparing words
// with each other, so that folding too much does no harm.
func AmericanSpelling(w string) string {
	switch w {
	case "grey":
		return "gray"
	case "blonde":
		return "blond"
	case "moustache":
		return "mustache"
	case "jewellery":
		return "jewelry"
	case "doughnut":
		return "donut"
	case "tyre":
		return "tire"
	case "pyjamas":
		return "pajamas"
	case "aeroplane":
		return "airplane"
	case "storey":
		return "story"
	}
	for _, pair := range [][2]string{{"our", "or"}, {"re", "er"}, {"ise", "ize"}, {"isation", "ization"}, {"lled", "led"}, {"lling", "ling"}, {"ours", "ors"}, {"oured", "ored"}, {"ourful", "orful"}, {"ogue", "og"}} {
		if stem, ok := strings.CutSuffix(w, pair[0]); ok && len(stem) > 2 {
			return stem + pair[1]
		}
	}
	return w
}

// CompoundPart allows a compound's first noun to answer ("the varanus"), unless
// the compound is a name of its own that the lexicon has.
func (en *Reader) CompoundPart(spoken Parsed, name NounPhrase, q Parsed, n NounPhrase, i int) bool {
	_, ok := en.Lookup(q.Words[i].Lower + " " + q.Words[n.Head].Lower)
	return !ok
}
