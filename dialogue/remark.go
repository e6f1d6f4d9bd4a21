package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// remarkOn answers "the eyes look weird": what follows is about them. By itself it
// asks for nothing yet.
func remarkOn(e *edit, m english.Match) bool {
	x := m["x"]
	if i := slices.IndexFunc(x, func(t english.Token) bool { return t.Mark }); i >= 0 || len(x) > 5 {
		return false
	}
	if !e.definite(x) {
		return false
	}
	if r := e.caption.Resolve(x); !english.Pronouns.Has(x[0].Lower) || len(x) > 1 {
		if e.topic = x; !r.Found && r.Head == "" {
			return false
		}
	}
	if e.last {
		return e.rule != "" || e.ask(Question{Kind: Clarify, Text: fmt.Sprintf("What should be done about %s?", x.Text()), Choices: removable(e)})
	}
	return true
}

// leadsTo tells whether a clause says how something is that the next one asks to be
// changed: "the house is hardly visible, make it larger".
func (e *edit) leadsTo(clause, next english.Words) bool {
	i := slices.IndexFunc(clause, func(t english.Token) bool { return stateVerbs.Has(t.Lower) })
	if i < 1 || i > 5 {
		return false
	}
	if r := e.caption.Resolve(clause[:i]); !e.definite(clause[:i]) && !(i < 3 && r.Found && e.en.Lemma(r.Noun) == e.en.Lemma(clause[i-1].Lower)) {
		return false
	}
	about := english.Starters.Has(next[0].Lower) && slices.ContainsFunc(next[1:], func(t english.Token) bool {
		return t.Lower == "it" || t.Lower == "them" || t.Lower == "him" || t.Lower == "her"
	})
	too := slices.ContainsFunc(clause, func(t english.Token) bool { return t.Lower == "too" || t.Lower == "not" })
	if !about && !(too && e.en.IsAdjectival(better(next)) && e.caption.Resolve(clause[:i]).Found) {
		return false
	}
	if !english.Pronouns.Has(clause[0].Lower) || i > 1 {
		e.topic = clause[:i]
	}
	return true
}

// better is what is said to be better: "red" of "red would be better".
func better(clause english.Words) english.Words {
	last := len(clause) - 1
	if last < 2 || !english.List("better nicer good great cooler prettier").Has(clause[last].Lower) {
		return clause
	}
	i := slices.IndexFunc(clause, func(t english.Token) bool {
		return t.Lower == "would" || t.Lower == "might" || t.Lower == "is" || t.Lower == "looks"
	})
	if i < 1 {
		return clause
	}
	return clause[:i]
}

const stateVerbs english.List = "is are looks look seems seem isn't aren't doesn't does don't didn't bothers annoys distracts ruins feels came got"

// onTopic is a clause in which "it" and "them" are what the clause before spoke of.
func (e *edit) onTopic(clause english.Words) english.Words {
	if len(e.topic) == 0 {
		return clause
	}
	for i, t := range clause {
		if (t.Lower == "it" || t.Lower == "them" || t.Lower == "that" || t.Lower == "those") && e.topic.Lower() != t.Lower {
			return slices.Concat(clause[:i], e.topic, clause[i+1:])
		}
	}
	if clause := better(clause); e.en.IsAdjectival(clause) {
		return slices.Concat(english.Tokenise("make"), e.topic, clause)
	}
	return clause
}

// doAgain answers "do it again": the last edit once more.
func doAgain(e *edit, m english.Match) bool {
	return e.heard.Has("again") && again(e, normal)
}

// preferred answers "I'd rather have sunglasses" and "sunglasses would be better": in
// the place of what is of their sort, else beside it.
func preferred(e *edit, y english.Words) bool {
	if e.en.IsMoment(y) || e.en.IsStyle(y) || e.en.IsAdjectival(y) {
		return transform(e, y)
	}
	thing := e.en.Parse(y)
	if len(y) > 1 && thing.Tags[0] == english.Gerund {
		return e.read(y) // "reading a book would be better"
	}
	name, ok := thing.Main()
	if !ok || name.Start > 0 || name.End < len(y) || !e.en.KnowsAll(thing, y) {
		return false
	}
	head := thing.Words[name.Head].Lower
	p := e.caption.Parse()
	if !e.caption.Attachable(head) {
		for _, n := range p.Nouns {
			if e.sameKind(head, p.Words[n.Head].Lower) {
				return swap(e, english.Tokenise(e.caption.Name(p, n)), y)
			}
		}
		return askInstead(e, y)
	}
	for _, n := range p.Nouns {
		old := p.Words[n.Head].Lower
		if n.Owner < 0 && e.caption.Attachable(old) && old != head && (e.en.KindOf(head, old) || e.en.KindOf(old, head)) {
			return swap(e, english.Tokenise(e.caption.Name(p, n)), y)
		}
	}
	return add(e, y, nil, "")
}

// plainly drops the adjectives of a correction that only say that nothing special is
// meant: "normal glasses".
func plainly(y english.Words) english.Words {
	for len(y) > 1 && plain.Has(y[0].Lower) {
		y = y[1:]
	}
	return y
}

const plain english.List = "normal regular ordinary usual plain just simple proper"

// sameKind tells whether two nouns name things of one kind, so that one can come for
// the other.
func (e *edit) sameKind(a, b string) bool {
	if e.en.Likeness(a, b) > 0 {
		return true
	}
	if one, ok := e.en.NounLemma(a); ok && one != a { // "cherries"
		return e.sameKind(one, b)
	}
	if one, ok := e.en.NounLemma(b); ok && one != b {
		return e.sameKind(a, one)
	}
	if e.en.CanBe(a, lexicon.Food) && e.en.CanBe(b, lexicon.Food) && !e.en.Animate(a) && !e.en.Animate(b) {
		return true // a cherry is first of all a wood
	}
	for _, kind := range []lexicon.Kind{lexicon.Animal, lexicon.Person, lexicon.Place, lexicon.Vehicle, lexicon.Building, lexicon.Plant, lexicon.Food} {
		if e.en.Is(a, kind) && e.en.Is(b, kind) {
			return true
		}
	}
	return false
}
