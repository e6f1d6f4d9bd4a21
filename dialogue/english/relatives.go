package english

import (
	"slices"

	"pentimento/dialogue/lexicon"
)

// WithoutRelatives writes relative clauses as captions do: "a boy who is laughing" is
// "a boy laughing", "a girl who has red hair" is "a girl with red hair", and "a girl
// whose hair is red" is "a girl with red hair".
func (en *Reader) WithoutRelatives(x Words) Words {
	for i := 1; i+2 < len(x); i++ {
		w := x[i].Lower
		if x[i].Mark && (relatives.Has(x[i+1].Lower) || x[i+1].Lower == "whose") && i+3 < len(x) {
			x = slices.Concat(x[:i], x[i+1:]) // ", who has red hair"
			w = x[i].Lower
		}
		switch {
		case relatives.Has(w):
			if verb, ok := en.participle(x[i+1].Lower); ok {
				x = slices.Concat(x[:i], Tokenise(verb), x[i+2:])
			}
		case w == "whose":
			x = en.whose(x, i)
		case (w == "who's" || w == "that's") && en.Possible(x[i+1].Lower).Gerund:
			x = slices.Concat(x[:i], x[i+1:])
		}
	}
	return x
}

const relatives List = "who that which"

// participle is what a caption says for the verb of a relative clause: nothing for "is"
// and "stands", "with" for "has", "sitting" for "sits".
func (en *Reader) participle(verb string) (string, bool) {
	switch verb {
	case "is", "are", "was", "were", "stands", "stand":
		return "", true
	case "has", "have", "had":
		return "with", true
	case "wears", "wear":
		return "wearing", true
	}
	base, ok := en.VerbLemma(verb)
	if !ok || Closed(verb) || en.Possible(verb).Noun > max(en.Possible(base).Verb, 0)+2 {
		return "", false
	}
	return lexicon.Gerund(base), true
}

// whose writes "with red hair" for the words "whose hair is red" at an index.
func (en *Reader) whose(x Words, at int) Words {
	is := slices.IndexFunc(x[at:], func(t Token) bool { return t.Lower == "is" || t.Lower == "are" })
	if is < 2 {
		return x
	}
	is += at
	end := is + 1
	for end < len(x) && !x[end].Mark && !(Closed(x[end].Lower) && x[end].Lower != "and" && ClassOf(x[end].Lower) != Adverb) {
		end++
	}
	how, what := x[is+1:end], x[at+1:is]
	if len(how) == 0 || !en.IsAdjectival(how) {
		return x
	}
	return slices.Concat(x[:at], Tokenise("with"), en.BareAdjectives(how), what, x[end:])
}
