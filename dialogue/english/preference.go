package english

import "slices"

// People ask for what they say would be better: with what it would, or instead of what.

// preferred writes a comparison by which something would be better as what it asks for:
// "a jug would do better than the vase" is "a jug instead of the vase", "he'd look good in
// a hat" is "he should wear a hat", and "her dress would look better red" is "her dress
// should be red".
func (en *Reader) preferred(words Words) Words {
	if plain := en.preferredWith(words); plain != nil {
		return plain
	}
	for i := 2; i < len(words); i++ {
		if !en.Praises(words[i].Lower) {
			continue
		}
		subject, wished := subjectOf(words[:i])
		if len(subject) == 0 || !wished && !compared.Has(words[i].Lower) {
			continue
		}
		rest := words[i+1:]
		if len(rest) == 0 || rest[0].Lower == "here" || rest[0].Lower == "there" {
			return slices.Concat(subject, Tokenise("would be"), words[i:i+1])
		}
		switch lead := rest[0].Lower; {
		case len(rest) > 1 && lead == "than":
			return slices.Concat(subject, Tokenise("instead of"), rest[1:])
		case !wished:
			return words
		case len(rest) > 1 && (lead == "with" || lead == "having"):
			return slices.Concat(subject, Tokenise("should have"), rest[1:])
		case len(rest) > 1 && lead == "wearing", len(rest) > 1 && lead == "in" && !en.IsAdjectival(rest[1:]):
			return slices.Concat(subject, Tokenise("should wear"), rest[1:])
		case len(rest) > 1 && lead == "without":
			return slices.Concat(subject, Tokenise("should not have"), rest[1:])
		case len(rest) > 2 && lead == "if":
			return rest[1:]
		case en.IsAdjectival(rest) && !Pronouns.Has(words[0].Lower):
			return slices.Concat(subject, Tokenise("should be"), rest)
		}
		return words
	}
	return words
}

// preferredWith writes "with blue eyes she'd be even prettier" as "she should have blue
// eyes".
func (en *Reader) preferredWith(words Words) Words {
	if len(words) < 5 || words[0].Lower != "with" && words[0].Lower != "in" {
		return nil
	}
	n, ok := en.Parse(words[1:]).Main()
	if !ok || n.Start > 0 {
		return nil
	}
	what, rest := words[1:1+n.End], words[1+n.End:].TrimMarks()
	if len(rest) < 3 || !en.Praises(rest[len(rest)-1].Lower) {
		return nil
	}
	subject, wished := subjectOf(rest[:len(rest)-1])
	if len(subject) == 0 || !wished {
		return nil
	}
	verb := map[string]string{"with": "should have", "in": "should wear"}[words[0].Lower]
	return slices.Concat(subject, Tokenise(verb), what)
}

// subjectOf takes the verb of a judgement and what hedges it off its subject: "he would
// look rather"; wished tells that it is one of what is not so.
func subjectOf(words Words) (subject Words, wished bool) {
	judged := false
	for len(words) > 0 {
		last := words[len(words)-1].Lower
		switch {
		case judging.Has(last):
			judged = true
		case modals.Has(last):
			wished = true
		case !DegreeWords.Has(last) && !hedge.Has(last) && last != "much" && last != "way" && last != "far" && last != "even":
			if !judged {
				return nil, false
			}
			return words, wished
		}
		words = words[:len(words)-1]
	}
	return nil, false
}

const judging List = "be look looks do does work works fit fits suit suits go goes seem appear feel is are"

// Praises tells whether a word praises: "better", "dashing".
func (en *Reader) Praises(w string) bool {
	return Praise.Has(w) || compared.Has(w)
}

// PraisesIn tells whether words praise somebody for what is there: "good in that shirt".
func (en *Reader) PraisesIn(words Words) bool {
	for len(words) > 1 && DegreeWords.Has(words[0].Lower) {
		words = words[1:]
	}
	return len(words) > 1 && en.Praises(words[0].Lower) && ClassOf(words[1].Lower) == Preposition
}

const (
	// Praise are words that say of something that it is good.
	Praise   List = "good nice great cute pretty cool lovely beautiful handsome gorgeous stunning dapper smart sharp dashing amazing awesome fantastic wonderful perfect elegant stylish fabulous charming best swell fine adorable attractive splendid"
	compared List = "better nicer cuter prettier cooler lovelier handsomer smarter sharper finer"
)
