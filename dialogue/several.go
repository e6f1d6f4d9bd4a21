package dialogue

import (
	"slices"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// each carries an edit out for each of several things that a phrase names at once:
// "both", "each of them", "their hair". several is unset where the phrase names
// one thing.
func each(e *edit, spoken english.Words, do func(one english.Words) bool) (done, several bool) {
	if e.single {
		return false, false
	}
	if of := e.oneOf(spoken); len(of) > 1 {
		return whoIsMeant(e, spoken, of), true
	}
	names := e.severally(spoken)
	if len(names) < 2 {
		return false, false
	}
	e.single = true // a name may fit more than one: "the people" are also the woman
	defer func() { e.single = false }()
	done = true
	for _, name := range names {
		done = done && do(english.Tokenise(name))
	}
	return done, true
}

// oneOf are those of which "one of them" names one, not said which.
func (e *edit) oneOf(spoken english.Words) []english.NounPhrase {
	if !spoken.StartsWith("one", "of") || len(spoken) < 3 {
		return nil
	}
	return e.caption.Several(spoken[2:])
}

// severally are phrases that each name one of the things that a phrase names at
// once.
func (e *edit) severally(spoken english.Words) []string {
	p := e.caption.Parse()
	of, part := e.caption.Several(spoken), ""
	if items := e.en.Items(spoken); len(of) < 2 && len(items) == 2 && e.definite(items[0]) && e.definite(items[1]) { // "the dog and the cat"
		a, b := e.caption.Resolve(items[0]), e.caption.Resolve(items[1])
		if a.Found && b.Found && a.NP.Head != b.NP.Head && len(a.Rivals)+len(b.Rivals) == 0 && !e.caption.IsModifier(a) && !e.caption.IsModifier(b) {
			return []string{e.caption.Name(p, a.NP), e.caption.Name(p, b.NP)}
		}
	}
	if len(of) < 2 && len(spoken) > 1 && spoken[0].Lower == "their" {
		of, part = e.caption.Several(english.Tokenise("they")), "'s "+spoken[1:].Text()
	}
	var names []string
	for _, n := range of {
		names = append(names, e.caption.Name(p, n)+part)
	}
	return names
}

// oneEach makes of the things that several get what one of them gets: a collar of
// "collars".
func (e *edit) oneEach(things english.Words) english.Words {
	for len(things) > 1 && (things[0].Lower == "both" || things[0].Lower == "each") {
		things = things[1:] // "give them both collars"
	}
	if len(things) == 0 || slices.ContainsFunc(things, func(t english.Token) bool { return t.Lower == "and" || t.Mark }) {
		return things
	}
	last := things[len(things)-1]
	lemma, ok := e.en.NounLemma(last.Lower)
	if !ok || lemma == last.Lower || inPairs.Has(last.Lower) || english.ClassOf(things[0].Lower) == english.Number {
		return things
	}
	one := slices.Clone(things)
	one[len(one)-1].Text, one[len(one)-1].Lower = lemma, lemma
	return one
}

// inPairs are things of which one has two or more.
const inPairs english.List = "earrings shoes boots gloves socks eyes ears hands legs arms wings horns stripes spots freckles braids pigtails curls sneakers sandals mittens glasses sunglasses goggles pants jeans trousers shorts clothes headphones teeth"

// whoIsMeant asks which of several a pronoun means: "make her smile" where there
// are two women.
func whoIsMeant(e *edit, spoken english.Words, of []english.NounPhrase) bool {
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: "Which one?"}
	var names []string
	for _, n := range of {
		names = append(names, e.caption.Name(p, n))
	}
	if head := p.Words[of[0].Head].Lower; p.Words[of[1].Head].Lower == head {
		q.Text = "Which " + head + "?"
	}
	for _, name := range names {
		q.Choices = append(q.Choices, e.saidOf(spoken, name))
	}
	return e.ask(q)
}

// saidOf is the clause with a name in the place of the words that were not clear.
func (e *edit) saidOf(spoken english.Words, name string) string {
	for i := range e.said {
		if end := i + len(spoken); end <= len(e.said) && e.said[i:end].Lower() == spoken.Lower() {
			return slices.Concat(e.said[:i], english.Tokenise(name), e.said[end:]).Text()
		}
	}
	return e.said.Text() + " of " + name
}

// mayMean are the noun phrases that answer to what was spoken.
func mayMean(what caption.Referent) []english.NounPhrase {
	return slices.Insert(slices.Clone(what.Rivals), 0, what.NP)
}
