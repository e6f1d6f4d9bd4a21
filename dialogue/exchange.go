package dialogue

import (
	"fmt"
	"slices"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// exchange answers "swap the dog and the cat": each takes the place of the other.
func exchange(e *edit, m english.Match) bool {
	x, y := e.caption.Resolve(m["x"]), e.caption.Resolve(m["y"])
	if x.Found && !y.Found && !y.Whole && !y.Owned && e.en.Lemma(x.Noun) == e.en.Lemma(x.Head) && e.isThing(m["y"]) {
		return swap(e, m["x"], m["y"]) // "exchange desert and meadow", of a desert
	}
	if !x.Found || !y.Found || x.NP.Head == y.NP.Head || x.Whole || y.Whole {
		return false
	}
	if ambiguous(e, x) || ambiguous(e, y) {
		return true
	}
	if !e.caption.Exchange(x.NP.Start, x.NP.End, y.NP.Start, y.NP.End) {
		return false
	}
	e.widen(Shape)
	e.because(fmt.Sprintf("%s and %s change places", x.Noun, y.Noun))
	return true
}

// exchangeBoth answers "dog with cat and cat with dog".
func exchangeBoth(e *edit, m english.Match) bool {
	same := func(a, b english.Words) bool {
		return len(a) > 0 && len(b) > 0 && e.en.Lemma(a[len(a)-1].Lower) == e.en.Lemma(b[len(b)-1].Lower)
	}
	return same(m["x"], m["b"]) && same(m["y"], m["a"]) && exchange(e, m)
}

// exchangeColours answers "swap the colours of the hat and the sofa".
func exchangeColours(e *edit, m english.Match) bool {
	x, y := e.caption.Resolve(m["x"]), e.caption.Resolve(m["y"])
	if !x.Found || !y.Found || x.NP.Head == y.NP.Head {
		return false
	}
	p := e.caption.Parse()
	i, j := e.caption.ColourIn(p, x.NP), e.caption.ColourIn(p, y.NP)
	if i < 0 || j < 0 {
		return e.ask(Question{Kind: Clarify, Text: fmt.Sprintf("The prompt does not say a colour of both: which colours should the %s and the %s have?", x.Noun, y.Noun)})
	}
	e.caption.Exchange(i, i+1, j, j+1)
	e.widen(Appearance)
	e.because(fmt.Sprintf("%s and %s exchange their colours", x.Noun, y.Noun))
	return true
}

// exchangeTaken answers "the cat takes the colour of the dog, and the dog that of the
// cat".
func exchangeTaken(e *edit, m english.Match) bool {
	at := func(gap string) int {
		if r := e.caption.Resolve(m[gap]); r.Found {
			return r.NP.Head
		}
		return -1
	}
	return at("x") == at("b") && at("y") == at("a") && exchangeColours(e, m)
}

// exchangeParts answers "swap their hair colours": of two things of a name.
func exchangeParts(e *edit, m english.Match) bool {
	x := m["x"]
	p := e.caption.Parse()
	var at []int
	for _, n := range p.Nouns {
		if e.en.Lemma(p.Words[n.Head].Lower) == e.en.Lemma(x[len(x)-1].Lower) {
			if i := e.caption.ColourIn(p, n); i >= 0 {
				at = append(at, i)
			}
		}
	}
	if len(at) != 2 {
		return false
	}
	e.caption.Exchange(at[0], at[0]+1, at[1], at[1]+1)
	e.because("their " + x.Text() + " exchange colours")
	return e.widened()
}

// otherWay answers "the other way round": what was said before is carried out with its
// two things exchanged; else what the turn before put in at two places is exchanged,
// or the two that the caption names.
func otherWay(e *edit, m english.Match) bool {
	now := e.caption
	if e.reversed() {
		return true
	}
	e.caption, e.retold, e.question = now, false, nil
	p := e.caption.Parse()
	var places [][2]int
	if plan := e.head().Plan; plan != nil {
		for _, op := range plan.Ops {
			if words := e.caption.WordsOf([]Op{op}); len(words) > 0 {
				places = append(places, [2]int{words[0], words[len(words)-1] + 1})
			}
		}
	}
	if len(places) == 2 && e.caption.Exchange(places[0][0], places[0][1], places[1][0], places[1][1]) {
		e.widen(Appearance)
		e.because("the other way round")
		return true
	}
	if beings := e.caption.Beings(p, true); len(beings) == 2 {
		a, b := e.caption.Name(p, beings[0]), e.caption.Name(p, beings[1])
		if len(places) == 1 && lastOf(e, beings[0]) {
			return retarget(e, nil, english.Tokenise(b))
		}
		if len(places) == 1 && lastOf(e, beings[1]) {
			return retarget(e, nil, english.Tokenise(a))
		}
		return e.ask(Question{Kind: Clarify, Text: "Which two should change places?", Choices: []string{"swap " + a + " and " + b}})
	}
	return e.ask(Question{Kind: Clarify, Text: "Which two should change places?"})
}

// reversed carries out what was said before with the two things that it named
// exchanged: "keep the hat but remove the collar" after "remove the hat but keep the
// collar". It tells whether that makes another picture.
func (e *edit) reversed() bool {
	if len(e.talk.Turns) < 2 || e.head().Plan == nil || e.retold {
		return false
	}
	before := e.talk.Turns[len(e.talk.Turns)-2]
	words, _ := english.Read(e.head().Utterance)
	said := e.en.Polite(words)
	now := e.caption
	e.caption = caption.New(e.en, before.Prompt, before.Weights)
	two := e.namedIn(said)
	e.caption = now
	if len(two) != 2 || !restore(e, before) {
		return false
	}
	a, b := two[0], two[1]
	turned := slices.Concat(said[:a.Start], said[b.Start:b.End], said[a.End:b.Start], said[a.Start:a.End], said[b.End:])
	e.retold = true
	e.because("the other way round")
	for _, clause := range e.en.Clauses(turned) {
		if !e.read(clause) || e.question != nil {
			return false
		}
	}
	return e.caption.Finish().Prompt != e.head().Prompt
}

// namedIn are the noun phrases of what was said that name different things of the
// caption.
func (e *edit) namedIn(said english.Words) []english.NounPhrase {
	var out []english.NounPhrase
	named := map[int]bool{}
	for _, n := range e.en.Parse(said).Nouns {
		if !e.definite(said[n.Start:n.End]) {
			continue
		}
		if r := e.caption.Resolve(said[n.Start:n.End]); r.Found && !named[r.NP.Head] {
			named[r.NP.Head] = true
			out = append(out, n)
		}
	}
	return out
}

// lastOf tells whether the turn before was about a being or what it has.
func lastOf(e *edit, n english.NounPhrase) bool {
	at := e.caption.Focus()
	if at < 0 {
		return false
	}
	owner, ok := e.caption.OwnerAt(e.caption.Parse(), at)
	return at == n.Head || ok && owner.Head == n.Head
}

// swapWhat answers "swap them".
func swapWhat(e *edit, m english.Match) bool {
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: "Swap what for what? Say \"swap the … and the …\", or what should come instead."}
	var things []english.NounPhrase
	for _, n := range p.Nouns {
		if n.Owner < 0 && !caption.SceneNouns.Has(p.Words[n.Head].Lower) {
			things = append(things, n)
		}
	}
	for i := range things {
		for j := i + 1; j < len(things) && len(q.Choices) < 4; j++ {
			q.Choices = append(q.Choices, "swap "+e.caption.Name(p, things[i])+" and "+e.caption.Name(p, things[j]))
		}
	}
	return e.ask(q)
}
