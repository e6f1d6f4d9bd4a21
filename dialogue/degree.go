package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
	"pentimento/recipe"
)

// Factors by which a word's attention is scaled; "less" divides.
const (
	slightly = 1.25
	normal   = 1.5
	greatly  = 2.0
)

// strength reads how much is asked for: "a bit", "much", "way".
func strength(said english.Words) float64 {
	for i, t := range said {
		if t.Lower == "much" && i > 0 && (said[i-1].Lower == "too" || said[i-1].Lower == "so" || said[i-1].Lower == "that" || said[i-1].Lower == "as") {
			continue
		}
		switch t.Lower {
		case "bit", "little", "slightly", "somewhat", "touch", "tad", "tiny", "smidge", "slight":
			return slightly
		case "much", "lot", "lots", "way", "far", "very", "really", "a-lot", "extremely", "significantly", "considerably", "loads", "tons", "even", "super":
			return greatly
		}
	}
	return normal
}

// scaleWord re-weights what the phrase names: "more smile", "less curly". What is
// not there is added when more of it is wanted.
func scaleWord(e *edit, spoken english.Words, factor float64) bool {
	spoken = spoken.TrimMarks()
	if len(spoken) == 0 {
		return false
	}
	what := e.caption.Resolve(spoken)
	if w := e.caption.ResolveLoosely(spoken); w.Found {
		what = w
	}
	if what.Found && factor > 1 && what.To == what.NP.Head+1 && !e.en.Related(what.Head, what.Noun) {
		what.Found = false // "more people" where there are women
	}
	if what.Found && factor > 1 && e.en.IsPlural(spoken[len(spoken)-1].Lower) && !e.en.IsPlural(what.Noun) && !e.en.Is(what.Noun, lexicon.BodyPart) && e.caption.TagOf(what) == english.Noun {
		return swap(e, english.Tokenise(what.Noun), spoken[len(spoken)-1:]) // "more houses" where there is one
	}
	switch {
	case what.Found && e.whichWord(what, spoken):
		return true
	case what.Found:
		for i := what.From; i < what.To; i++ {
			e.weigh(i, factor)
		}
		e.caption.Attend(what.NP.Head)
		e.widen(Appearance)
		e.because(fmt.Sprintf("re-weight %q", spoken.Text()))
		return true
	case factor < 1:
		if opposite := e.caption.Opposite(spoken); opposite != nil {
			return scaleWord(e, opposite, 1/factor)
		}
		return e.ask(Question{Kind: NothingToDo, Text: fmt.Sprintf("The prompt does not say %q, so there is nothing to weaken.", spoken.Text()), Choices: removable(e)})
	case e.en.IsAdjectival(spoken):
		return setAdjectives(e, bearer(e, spoken), spoken)
	}
	return add(e, spoken, nil, "")
}

// weigh scales the attention of the word at an index, and remembers where that is at
// its bound already.
func (e *edit) weigh(i int, factor float64) {
	if word := e.caption.Words()[i]; !e.caption.Weigh(i, factor) && !english.Closed(word.Lower) && !word.Mark {
		e.bound = word.Text
	}
}

// atItsBound says that words of talk make a word no stronger and no weaker, and what
// does.
func atItsBound(word string, choices []string) *Question {
	return &Question{Kind: NothingToDo, Choices: choices, Text: fmt.Sprintf(
		"%q is as strong or as weak as I make it: beyond ×%g and ×%g pictures seldom stay whole. /weight takes any factor from -%d to %d.",
		word, caption.MinWeight, caption.MaxWeight, recipe.MaxFactor, recipe.MaxFactor)}
}

// whichWord asks which of several equal words is meant where more or less is asked
// for, unless the last edit tells.
func (e *edit) whichWord(what caption.Referent, spoken english.Words) bool {
	if len(what.Rivals) == 0 || what.NP.Head == e.caption.Focus() {
		return false
	}
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: fmt.Sprintf("The prompt says %q more than once. Which one?", spoken[len(spoken)-1].Lower)}
	if what.To == what.NP.Head+1 {
		for _, n := range mayMean(what) {
			q.Choices = append(q.Choices, strings.Replace(e.saidOf(spoken, e.caption.Name(p, n)), "more the ", "more of the ", 1))
		}
		return e.ask(q)
	}
	how := "more "
	if e.said.HasAny(lessWords) {
		how = "less "
	}
	for _, n := range mayMean(what) {
		q.Choices = append(q.Choices, "make "+e.caption.Name(p, n)+" "+how+spoken[len(spoken)-1].Lower)
	}
	return e.ask(q)
}

const lessWords english.List = "less fewer reduce decrease lower lessen weaken soften tone dial turn not too"

// bearer is the noun that an adjective without one is about: what was edited
// last, hair for what only hair is, else the subject.
func bearer(e *edit, adjectives english.Words) english.Words {
	last := adjectives[len(adjectives)-1].Lower
	if last == "brunette" || last == "redheaded" || strings.HasSuffix(last, "-haired") {
		return english.Tokenise("her")
	}
	if english.HairWords.Has(last) || last == "blond" || last == "blonde" {
		if _, ok := e.caption.Person(e.caption.Parse()); ok {
			return english.Tokenise("her hair")
		}
	}
	if of, ok := e.caption.OnScale(e.caption.Parse(), last); ok && lengths.Has(last) {
		return slices.Concat(english.Tokenise("the"), of)
	}
	return english.Tokenise("it")
}

// compare answers a comparative: "curlier", "darker", "longer hair". Where the
// caption has the adjective it is strengthened; where it has one that excludes it,
// that is replaced; else it is added.
func compare(e *edit, base string, of english.Words, factor float64) bool {
	if e.whichSo(base, of) {
		return true
	}
	p := e.caption.Parse()
	if m, ok := e.caption.Moment(p); ok && base == "dark" && p.Words[m.End-1].Lower == "night" && (len(of) == 0 || of[0].Lower == "it") {
		e.weigh(m.End-1, factor)
		e.because("more night")
		return globally(e)
	}
	for i, t := range p.Words {
		if p.Tags[i] == english.Mark || e.en.Lemma(t.Lower) != e.en.Lemma(base) {
			continue
		}
		if len(of) > 0 {
			if what := e.caption.Resolve(of); what.Found && (i < what.NP.Start || i >= what.NP.End) {
				continue
			}
		}
		e.weigh(i, factor)
		e.caption.Attend(p.Around(i).Head)
		e.widen(Appearance)
		e.because(fmt.Sprintf("re-weight %q", base))
		return true
	}
	adjectives := english.Tokenise(base)
	if (base == "light" || base == "bright") && (len(of) == 0 || english.Pronouns.Has(of[0].Lower)) && e.aboutLight(of, base) {
		return e.ask(lightOf("dark"))
	}
	if len(of) == 0 && e.en.IsColour(base) {
		return describeSomething(e, adjectives)
	}
	if len(of) == 0 {
		of = bearer(e, adjectives)
		if what, ok := e.caption.OnScale(p, base); ok {
			of = what
		}
	}
	if english.Shades.Has(base) {
		if what := e.caption.Resolve(of); what.Found {
			if i := e.caption.ColourIn(p, what.NP); i >= 0 {
				e.caption.Splice(i, i, adjectives)
				e.widen(Appearance)
				e.because(fmt.Sprintf("%s %s", base, p.Words[i].Lower))
				return true
			}
		}
	}
	return setAdjectives(e, of, adjectives)
}

// whichSo asks whose is meant where several are so: "curlier", of two with curly
// hair.
func (e *edit) whichSo(base string, of english.Words) bool {
	if len(of) > 0 {
		return false
	}
	p := e.caption.Parse()
	q := Question{Kind: Clarify, Text: fmt.Sprintf("The prompt says %q more than once. Which one?", base)}
	for i, t := range p.Words {
		if p.Tags[i] == english.Mark || e.en.Lemma(t.Lower) != e.en.Lemma(base) {
			continue
		}
		n := p.Around(i)
		if n.Head == e.caption.Focus() {
			return false
		}
		q.Choices = append(q.Choices, "make "+e.caption.Name(p, n)+" "+e.said.Text())
	}
	return len(q.Choices) > 1 && len(e.said) < 4 && e.ask(q)
}

// again changes the last edit's strength: "a bit more", "too much". The last
// words that were put in or re-weighted are scaled.
func again(e *edit, factor float64) bool {
	words := lastWords(e)
	if len(words) == 0 {
		return e.ask(Question{Kind: Clarify, Text: "More or less of what?", Choices: strengthenable(e)})
	}
	for _, i := range words {
		e.weigh(i, factor)
	}
	e.widen(Appearance)
	e.because("the last edit, stronger or weaker")
	return true
}

// strengthenable suggests words of the caption to strengthen.
func strengthenable(e *edit) []string {
	p := e.caption.Parse()
	var choices []string
	for i, t := range p.Words {
		if (p.Tags[i] == english.Adjective || p.Tags[i] == english.Noun && e.en.Is(t.Lower, lexicon.Garment)) && len(choices) < 4 && !slices.Contains(choices, "more "+t.Lower) {
			choices = append(choices, "more "+t.Lower)
		}
	}
	return choices
}

// lastWords are the indices of the words that the turn before put in or
// re-weighted.
func lastWords(e *edit) []int {
	plan := e.head().Plan
	if plan == nil {
		return nil
	}
	return e.caption.WordsOf(plan.Ops)
}

// comparative finds "… her hair a bit longer" in "make <z>".
func comparative(e *edit, m english.Match) bool {
	return e.caption.Split(m["z"], func(x, y english.Words) bool {
		base, ok := e.en.Comparative(y)
		if !ok {
			return false
		}
		what := e.caption.Resolve(x)
		switch {
		case what.Whole:
			x = nil
		case !what.Found && what.Head == "":
			return false
		}
		return compare(e, base, x, strength(e.said))
	})
}

// pleasing are adjectives of which more says nothing to draw.
const pleasing english.List = "nice good pretty cool great fancy interesting fine lovely"

// bareComparative answers "curlier" and "longer hair".
func bareComparative(e *edit, m english.Match) bool {
	if y := m["y"]; !slices.ContainsFunc(y[:len(y)-1], func(t english.Token) bool { return !english.DegreeWords.Has(t.Lower) }) {
		last := y[len(y)-1].Lower
		if base, ending, ok := e.en.Degree(last); ok && ending == "er" && pleasing.Has(base) || pleasing.Has(strings.TrimSuffix(last, "er")) && strings.HasSuffix(last, "er") {
			return e.ask(Question{Kind: Clarify, Text: "How should it be? The picture is " + e.head().Prompt + ".", Choices: e.p.suggestions(e.talk)})
		}
	}
	if base, ok := e.en.Comparative(m["y"]); ok {
		return compare(e, base, nil, strength(e.said))
	}
	y := m["y"]
	if len(y) < 6 && e.caption.Split(y, func(x, z english.Words) bool { // "hair longer"
		base, ok := e.en.Comparative(z)
		r := e.caption.Resolve(x)
		return ok && r.Found && !english.Starters.Has(x[0].Lower) && compare(e, base, x, strength(e.said))
	}) {
		return true
	}
	// "longer hair", "a bigger smile"
	for len(y) > 1 && (english.DegreeWords.Has(y[0].Lower) || english.ClassOf(y[0].Lower) == english.Determiner || y[0].Lower == "with" || y[0].Lower == "even" || y[0].Lower == "add") {
		y = y[1:]
	}
	if len(y) < 2 {
		return false
	}
	base, ending, ok := e.en.Degree(y[0].Lower)
	if !ok || ending != "er" || len(y) > 4 {
		return false
	}
	if r := e.caption.Resolve(y[1:]); r.Found || r.Head != "" && e.caption.Attachable(r.Head) {
		return compare(e, base, y[1:], strength(e.said))
	}
	return false
}

// asPossible answers "as curly as possible" and "the curliest hair possible".
func asPossible(e *edit, m english.Match) bool {
	y := m["y"]
	base, _, ok := e.en.Degree(y[0].Lower)
	if !ok {
		base = y[0].Lower
	}
	if !e.en.IsAdjectival(english.Tokenise(base)) {
		return false
	}
	of := y[1:]
	if x, ok := m["x"]; ok && !e.caption.Resolve(x).Whole {
		of = x
	}
	return compare(e, base, of, greatly)
}

// adjectiveVerb answers verbs that are made of adjectives: "straighten her hair",
// "darken the sky", "curl her hair".
func adjectiveVerb(e *edit, m english.Match) bool {
	v := m["v"]
	if len(v) < 2 {
		return false
	}
	base := map[string]string{"lengthen": "long", "curl": "curly", "enlarge": "big", "shrink": "small", "brighten": "bright"}[v[0].Lower]
	if stem, ok := strings.CutSuffix(v[0].Lower, "en"); ok && base == "" {
		for _, s := range stemsOf(stem) {
			if e, ok := e.en.Lookup(s); ok && e.Adjective > 0 {
				base = s
				break
			}
		}
	}
	if base == "" || !e.caption.IsReference(v[1:]) {
		return false
	}
	if what := e.caption.Resolve(v[1:]); !what.Found && what.Head == "" || what.Whole {
		return false
	}
	return compare(e, base, v[1:], strength(e.said))
}

// stemsOf are the adjectives that may lie under "-en": "straight", "wide", "red".
func stemsOf(stem string) []string {
	all := []string{stem, stem + "e"}
	if n := len(stem); n > 2 && stem[n-1] == stem[n-2] {
		all = append(all, stem[:n-1])
	}
	return all
}

// less answers "a bit less curly" and "tone down the red".
func less(e *edit, m english.Match) bool {
	if r := e.caption.Resolve(m["x"]); r.Found && e.said.StartsWith("fewer") && several.Has(e.caption.Words()[r.NP.Start].Lower) {
		return e.ask(Question{Kind: Clarify, Text: "How many " + r.Noun + " should there be?"})
	}
	return scaleWord(e, m["x"], 1/strength(e.said))
}

// more answers "more smile".
func more(e *edit, m english.Match) bool { return scaleWord(e, m["x"], strength(e.said)) }

// lessOf answers "make her hair less curly".
func lessOf(e *edit, m english.Match) bool { return scaleOf(e, m, 1/strength(e.said)) }

// moreOf answers "make her hair more curly".
func moreOf(e *edit, m english.Match) bool { return scaleOf(e, m, strength(e.said)) }

// scaleIn re-weights an adjective of what is named.
func (e *edit) scaleIn(x, y english.Words, factor float64) bool {
	of := e.caption.Resolve(x)
	if !of.Found || len(of.Rivals) > 0 || len(y) != 1 {
		return false
	}
	p := e.caption.Parse()
	for i := of.NP.Start; i < of.NP.Head; i++ {
		if e.en.Related(p.Words[i].Lower, y[0].Lower) {
			e.weigh(i, factor)
			e.caption.Attend(of.NP.Head)
			e.widen(Appearance)
			e.because(fmt.Sprintf("re-weight %q", y[0].Lower))
			return true
		}
	}
	return false
}

// scaleOf answers "make her hair less curly".
func scaleOf(e *edit, m english.Match, factor float64) bool {
	if e.scaleIn(m["x"], m["y"], factor) {
		return true
	}
	if !e.en.IsAdjectival(m["y"]) {
		return scaleWord(e, m["y"], factor)
	}
	if what := e.caption.ResolveAdjective(m["y"]); what.Found {
		return scaleWord(e, m["y"], factor)
	}
	if factor < 1 {
		return scaleWord(e, m["y"], factor)
	}
	return setAdjectives(e, m["x"], m["y"])
}
