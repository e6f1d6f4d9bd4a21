package english

import "strings"

// A Possibility says what a word can be. The numbers are how often the word was
// each part of speech in WordNet's tagged texts; -1 is never.
type Possibility struct {
	Noun, Verb, Adjective, Adverb int
	Gerund, Past                  bool
}

// PastForm tells whether a word is the past form of a verb: "covered", "made".
func (en *Reader) PastForm(w string) bool {
	lemma, ok := en.VerbLemma(w)
	return ok && lemma != w && !strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ing")
}

// Possible says what a word can be; a word that the lexicon lacks is judged by
// its ending.
func (en *Reader) Possible(w string) Possibility {
	e, known := en.Lookup(w)
	p := Possibility{Noun: e.Noun, Verb: e.Verb, Adjective: e.Adjective, Adverb: e.Adverb}
	if !known {
		p = Possibility{Noun: -1, Verb: -1, Adjective: -1, Adverb: -1}
	}
	if lemma, ok := en.NounLemma(w); ok && lemma != w {
		if base, ok := en.Lookup(lemma); ok {
			p.Noun, known = max(p.Noun, base.Noun), true
		}
	}
	if lemma, ok := en.VerbLemma(w); ok && lemma != w {
		if base, ok := en.Lookup(lemma); ok {
			p.Verb, known = max(p.Verb, base.Verb), true
		}
		p.Gerund = strings.HasSuffix(w, "ing")
		p.Past = !p.Gerund && !strings.HasSuffix(w, "s")
	}
	if _, _, ok := en.Degree(w); ok && p.Noun < 0 {
		p.Adjective, known = max(p.Adjective, 1), true
	}
	if !known {
		p = en.unknown(w)
	}
	return p
}

// unknown judges a word that the lexicon lacks by its ending; compounds with a
// hyphen are judged by their last part.
func (en *Reader) unknown(w string) Possibility {
	p := Possibility{Noun: -1, Verb: -1, Adjective: -1, Adverb: -1}
	if i := strings.LastIndexByte(w, '-'); i > 0 && i+1 < len(w) {
		last := en.Possible(w[i+1:])
		if last.Past || last.Gerund || last.Adjective > last.Noun {
			p.Adjective = 1
			return p
		}
	}
	switch {
	case strings.HasSuffix(w, "ly"):
		p.Adverb = 1
	case strings.HasSuffix(w, "ing"):
		p.Gerund, p.Verb, p.Noun = true, 1, 0
	case strings.HasSuffix(w, "ed"):
		p.Past, p.Verb, p.Adjective = true, 1, 1
	case strings.HasSuffix(w, "ful"), strings.HasSuffix(w, "ous"), strings.HasSuffix(w, "ish"), strings.HasSuffix(w, "less"), strings.HasSuffix(w, "esque"), strings.HasSuffix(w, "y") && len(w) > 4:
		p.Adjective, p.Noun = 1, 0
	default:
		p.Noun = 1
	}
	return p
}

// Guess is the most frequent part of speech of a word, whatever its neighbours
// are.
func (en *Reader) Guess(t Token) Tag {
	if t.Mark {
		return Mark
	}
	if c, ok := closedTag(t.Lower); ok {
		return c
	}
	p := en.Possible(t.Lower)
	switch best := max(p.Noun, p.Adjective, p.Verb, p.Adverb); {
	case p.Gerund && p.Noun < p.Verb:
		return Gerund
	case en.IsColour(t.Lower) && p.Adjective >= 0:
		return Adjective
	case p.Noun == best:
		return Noun
	case p.Adjective == best:
		return Adjective
	case p.Adverb == best:
		return Adverb
	}
	return Verb
}
