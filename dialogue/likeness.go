package dialogue

import (
	"pentimento/dialogue/lexicon"
	"strings"
)

// likeness is how well a noun of the caption answers to a spoken one; 0 is not
// at all.
func (d *draft) likeness(spoken, noun string) float64 {
	if spoken == noun {
		return 10
	}
	if noun == "" {
		return 0
	}
	if i := strings.LastIndexByte(noun, '-'); i >= 0 && noun[i+1:] == spoken {
		return 8 // "coffee-cup"
	}
	lex := d.p.lex
	a, _ := lex.NounLemma(spoken)
	b, _ := lex.NounLemma(noun)
	if a == b || americanSpelling(a) == americanSpelling(b) {
		return 9.5
	}
	if genericPerson.has(spoken) && lex.Is(noun, lexicon.Person) {
		return 6
	}
	up, down := lex.KindOf(noun, spoken), lex.KindOf(spoken, noun)
	switch {
	case up && down:
		return 8
	case up:
		return 6
	case down && lex.Is(b, lexicon.BodyPart):
		return 0 // a beard is hair, but not the hair
	case down:
		return 4
	case gender(a) != 0 && gender(b) != 0 && gender(a) != gender(b):
		return 0
	case lex.Is(a, lexicon.Person) && lex.Is(b, lexicon.Person):
		return 3
	case len(a) > 3 && strings.HasSuffix(b, a), len(b) > 3 && strings.HasSuffix(a, b) && lex.Is(a, lexicon.Artifact):
		return 5 // "motorcycle" and "cycle"
	}
	return 0
}

// gender is which of two the word for a person tells; 0 is neither.
func gender(w string) int {
	switch w {
	case "man", "boy", "guy", "gentleman", "father", "king":
		return 1
	case "woman", "girl", "lady", "mother", "queen":
		return 2
	}
	return 0
}

// compound is the noun at i with the compound's parts before it, where the
// lexicon has the whole ("las vegas"), else the noun alone.
func (p *Planner) compound(q parsed, core, i int) string {
	for ; core < i; core++ {
		whole := lower(phraseText(q.tokens[core : i+1]))
		if e, ok := p.lex.Lookup(whole); ok && e.Noun >= 0 {
			return whole
		}
	}
	return q.tokens[i].lower
}

// related tells whether two words are forms of one: "smile" and "smiling",
// "snow" and "snowy", "curls" and "curly".
func (p *Planner) related(a, b string) bool {
	return p.lemma(a) == p.lemma(b) || p.root(a) == p.root(b)
}

// root strips what makes an adjective or participle of a noun.
func (p *Planner) root(w string) string {
	base := p.lemma(w)
	if verb, ok := p.lex.VerbLemma(w); ok {
		base = verb
	}
	if stem, ok := strings.CutSuffix(base, "y"); ok && len(stem) > 2 {
		for _, s := range []string{stem, stem + "e", stem[:len(stem)-1]} {
			if e, ok := p.lex.Lookup(s); ok && e.Noun >= 0 {
				return s
			}
		}
	}
	return base
}

// lemma folds a word's number, spelling and degree, for comparing.
func (p *Planner) lemma(w string) string {
	if l, ok := p.lex.NounLemma(w); ok {
		return americanSpelling(l)
	}
	if l, ok := p.lex.VerbLemma(w); ok {
		return americanSpelling(l)
	}
	return americanSpelling(w)
}

// americanSpelling folds British spellings, by rule; it is for comparing words
// with each other, so that folding too much does no harm.
func americanSpelling(w string) string {
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

// compoundPart allows a compound's first noun to answer ("the varanus"), unless
// the compound is a name of its own that the lexicon has.
func (d *draft) compoundPart(spoken parsed, name nounPhrase, p parsed, n nounPhrase, i int) bool {
	_, ok := d.p.lex.Lookup(p.tokens[i].lower + " " + p.tokens[n.head].lower)
	return !ok
}
