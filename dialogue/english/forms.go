package english

import "strings"

// VerbBase is the base form of a verb, or the word itself if it is none.
func (en *Reader) VerbBase(w string) string {
	base, _ := en.VerbLemma(w)
	return base
}

// Compound is the name that ends in the word at index i and starts at core or
// later ("las vegas") if the lexicon has it, else the word.
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

// Lemma is the base form of a noun or verb in American spelling, for comparing
// words.
func (en *Reader) Lemma(w string) string {
	if l, ok := en.NounLemma(w); ok {
		return AmericanSpelling(l)
	}
	if l, ok := en.VerbLemma(w); ok {
		return AmericanSpelling(l)
	}
	return AmericanSpelling(w)
}

// AmericanSpelling turns British spellings into American ones. It goes by endings
// and also changes words that are spelt alike in both, so it is for comparing
// words and not for writing them.
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

// CompoundPart tells whether the noun at index i may stand for a compound that it
// begins ("the varanus" for a varanus lizard): not where the lexicon has the
// compound as a name of its own.
func (en *Reader) CompoundPart(spoken Parsed, name NounPhrase, q Parsed, n NounPhrase, i int) bool {
	_, ok := en.Lookup(q.Words[i].Lower + " " + q.Words[n.Head].Lower)
	return !ok
}
