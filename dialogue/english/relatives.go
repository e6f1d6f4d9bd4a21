package english

import (
	"slices"

	"pentimento/dialogue/lexicon"
)

// WithoutRelatives writes relative clauses as captions do: "a boy who is laughing" is
// "a boy laughing", "a girl who has red hair" is "a girl with red hair", and "a girl
// whose hair is red" is "a girl with red hair".
func (en *Reader) WithoutRelatives(x Words) Words {
	for i := 1; i+1 < len(x); i++ {
		w := x[i].Lower
		if x[i].Mark && (relatives.Has(x[i+1].Lower) || x[i+1].Lower == "whose") && i+3 < len(x) {
			x = slices.Concat(x[:i], x[i+1:]) // ", who has red hair"
			w = x[i].Lower
		}
		switch {
		case relatives.Has(w):
			if verb, ok := en.participle(x[i+1].Lower, w == "who"); ok {
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
// and "stands", "with" for "has", "sitting" for "sits". After "who" it is a verb for
// certain.
func (en *Reader) participle(verb string, certain bool) (string, bool) {
	switch verb {
	case "is", "are", "was", "were", "stands", "stand":
		return "", true
	case "has", "have", "had":
		return "with", true
	case "wears", "wear":
		return "wearing", true
	}
	base, ok := en.VerbLemma(verb)
	if !ok || Closed(verb) || !certain && en.Possible(verb).Noun > max(en.Possible(base).Verb, 0)+2 {
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

// Unapposed puts adjectives between commas before the noun that they follow: "a dog,
// white, in front of a tree" is "a white dog in front of a tree".
func (en *Reader) Unapposed(x Words) Words {
	q := en.Parse(x)
	n, ok := q.Main()
	if !ok || n.Start > 0 || n.End+1 >= len(x) || x[n.End].Lower != "," {
		return x
	}
	end := n.End + 1
	for end < len(x) && !x[end].Mark {
		end++
	}
	how, rest := x[n.End+1:end], x[end:].TrimMarks()
	if len(how) == 0 || len(how) > 3 || !en.IsAdjectival(how) || len(rest) == 0 || ClassOf(rest[0].Lower) != Preposition {
		return x
	}
	at, how := q.SkipDeterminer(n), en.BareAdjectives(how)
	before := x[:at]
	if at == 1 && (x[0].Lower == "a" || x[0].Lower == "an") {
		before = Tokenise(Article(how[0].Lower))
	}
	return slices.Concat(before, how, x[at:n.End], rest)
}
