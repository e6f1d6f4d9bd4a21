package dialogue

import (
	"fmt"
	"pentimento/dialogue/lexicon"
	"slices"
	"strings"
)

// Factors by which a word's attention is scaled; "less" divides.
const (
	slightly = 1.25
	normal   = 1.5
	greatly  = 2.0
)

// Weights stay where the pictures hold together.
const minWeight, maxWeight = -2.0, 4.0

// strength reads how much is asked for: "a bit", "much", "way".
func strength(said []token) float64 {
	for i, t := range said {
		if t.lower == "much" && i > 0 && (said[i-1].lower == "too" || said[i-1].lower == "so" || said[i-1].lower == "that" || said[i-1].lower == "as") {
			continue
		}
		switch t.lower {
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
func (d *draft) scaleWord(spoken []token, factor float64) bool {
	spoken = trimMarks(spoken)
	if len(spoken) == 0 {
		return false
	}
	what := d.resolve(spoken)
	if w := d.resolveLoosely(spoken); w.found {
		what = w
	}
	if what.found && factor > 1 && what.to == what.np.head+1 && !d.p.related(what.head, what.noun) {
		what.found = false // "more people" where there are women
	}
	if what.found && factor > 1 && d.p.lex.IsPlural(spoken[len(spoken)-1].lower) && !d.p.lex.IsPlural(what.noun) && !d.p.lex.Is(what.noun, lexicon.BodyPart) && d.captionTag(what) == noun {
		return d.swap(tokenise(what.noun), spoken[len(spoken)-1:]) // "more houses" where there is one
	}
	switch {
	case what.found:
		for i := what.from; i < what.to; i++ {
			d.weigh(i, factor)
		}
		d.caption.attend(what.np.head)
		d.widen(Appearance)
		d.because(fmt.Sprintf("re-weight %q", phraseText(spoken)))
		return true
	case factor < 1:
		if opposite := d.opposite(spoken); opposite != nil {
			return d.scaleWord(opposite, 1/factor)
		}
		return d.ask(Question{Kind: NothingToDo, Text: fmt.Sprintf("The prompt does not say %q, so there is nothing to weaken.", phraseText(spoken)), Choices: d.removable()})
	case d.p.isAdjectival(spoken):
		return d.setAdjectives(d.bearer(spoken), spoken)
	}
	return d.add(spoken, nil, "")
}

// weigh scales the attention of the word at index i.
func (d *draft) weigh(i int, factor float64) {
	w := d.caption.words[i]
	if closedWord(w.lower) || w.mark {
		return
	}
	w.factor = round(min(maxWeight, max(minWeight, w.factor*factor)))
}

// resolveAdjective finds an adjective of the caption itself ("less curly").
func (d *draft) resolveAdjective(spoken []token) referent {
	if len(spoken) != 1 {
		return referent{}
	}
	return d.resolveWord(d.caption.parse(), referent{phrase: spoken})
}

// opposite is an adjective that the caption has on the spoken one's scale: for
// "less long", "short".
func (d *draft) opposite(spoken []token) []token {
	for _, t := range d.caption.tokens() {
		if len(spoken) == 1 && !t.mark && !closedWord(t.lower) && t.lower != spoken[0].lower && d.p.lex.SameScale(t.lower, spoken[0].lower) {
			return []token{t}
		}
	}
	return nil
}

// bearer is the noun that an adjective without one is about: what was edited
// last, hair for what only hair is, else the subject.
func (d *draft) bearer(adjectives []token) []token {
	last := adjectives[len(adjectives)-1].lower
	if last == "brunette" || last == "redheaded" || strings.HasSuffix(last, "-haired") {
		return tokenise("her")
	}
	if hairWord.has(last) || last == "blond" || last == "blonde" {
		if _, ok := d.person(d.caption.parse()); ok {
			return tokenise("her hair")
		}
	}
	return tokenise("it")
}

// compare answers a comparative: "curlier", "darker", "longer hair". Where the
// caption has the adjective it is strengthened; where it has one that excludes it,
// that is replaced; else it is added.
func (d *draft) compare(base string, of []token, factor float64) bool {
	p := d.caption.parse()
	if m, ok := d.moment(p); ok && base == "dark" && p.tokens[m.end-1].lower == "night" && (len(of) == 0 || of[0].lower == "it") {
		d.weigh(m.end-1, factor)
		d.because("more night")
		return d.globally()
	}
	for i, t := range p.tokens {
		if p.tags[i] == mark || d.p.lemma(t.lower) != d.p.lemma(base) {
			continue
		}
		if len(of) > 0 {
			if what := d.resolve(of); what.found && (i < what.np.start || i >= what.np.end) {
				continue
			}
		}
		d.weigh(i, factor)
		d.caption.attend(phraseAround(p, i).head)
		d.widen(Appearance)
		d.because(fmt.Sprintf("re-weight %q", base))
		return true
	}
	adjectives := tokenise(base)
	if len(of) == 0 && d.p.lex.IsColour(base) {
		return d.describeSomething(adjectives)
	}
	if len(of) == 0 {
		of = d.bearer(adjectives)
		if what, ok := d.onScale(p, base); ok {
			of = what
		}
	}
	if shade.has(base) {
		if what := d.resolve(of); what.found {
			if i := d.colourIn(p, what.np); i >= 0 {
				d.caption.splice(i, i, adjectives)
				d.widen(Appearance)
				d.because(fmt.Sprintf("%s %s", base, p.tokens[i].lower))
				return true
			}
		}
	}
	return d.setAdjectives(of, adjectives)
}

// onScale is the noun whose adjective lies on a scale: for "longer", the hair of
// "short hair".
func (d *draft) onScale(p parsed, base string) ([]token, bool) {
	if d.p.lex.IsColour(base) {
		return nil, false
	}
	for _, n := range p.nouns {
		for i := n.start; i < n.head; i++ {
			if p.tags[i] == adjective && d.p.lex.SameScale(p.tokens[i].lower, base) {
				return []token{p.tokens[n.head]}, true
			}
		}
	}
	return nil, false
}

func (d *draft) colourIn(p parsed, n nounPhrase) int {
	for i := n.start; i < n.head; i++ {
		if d.p.lex.IsColour(p.tokens[i].lower) {
			if i > n.start && shade.has(p.tokens[i-1].lower) {
				return -1
			}
			return i
		}
	}
	return -1
}

// again changes the last edit's strength: "a bit more", "too much". The last
// words that were put in or re-weighted are scaled.
func (d *draft) again(factor float64) bool {
	words := d.lastWords()
	if len(words) == 0 {
		return d.ask(Question{Kind: Clarify, Text: "More or less of what?", Choices: d.strengthenable()})
	}
	for _, i := range words {
		d.weigh(i, factor)
	}
	d.widen(Appearance)
	d.because("the last edit, stronger or weaker")
	return true
}

// strengthenable suggests words of the caption to strengthen.
func (d *draft) strengthenable() []string {
	p := d.caption.parse()
	var choices []string
	for i, t := range p.tokens {
		if (p.tags[i] == adjective || p.tags[i] == noun && d.p.lex.Is(t.lower, lexicon.Garment)) && len(choices) < 4 && !slices.Contains(choices, "more "+t.lower) {
			choices = append(choices, "more "+t.lower)
		}
	}
	return choices
}

// lastWords are the indices of the words that the turn before put in or
// re-weighted.
func (d *draft) lastWords() []int {
	plan := d.talk.Turns[len(d.talk.Turns)-1].Plan
	if plan == nil {
		return nil
	}
	return d.caption.wordsOf(plan.Ops)
}

// comparative finds "… her hair a bit longer" in "make <z>".
func comparative(d *draft, m match) bool {
	return d.splits(m["z"], func(x, y []token) bool {
		base, ok := d.comparativeIn(y)
		if !ok {
			return false
		}
		what := d.resolve(x)
		switch {
		case what.whole:
			x = nil
		case !what.found && what.head == "":
			return false
		}
		return d.compare(base, x, strength(d.said))
	})
}

func bareComparative(d *draft, m match) bool {
	if base, ok := d.comparativeIn(m["y"]); ok {
		return d.compare(base, nil, strength(d.said))
	}
	// "longer hair", "a bigger smile"
	y := m["y"]
	for len(y) > 1 && (degreeWord.has(y[0].lower) || classOf(y[0].lower) == determiner || y[0].lower == "with" || y[0].lower == "even" || y[0].lower == "add") {
		y = y[1:]
	}
	if len(y) < 2 {
		return false
	}
	base, ending, ok := d.p.lex.Degree(y[0].lower)
	if !ok || ending != "er" || len(y) > 4 {
		return false
	}
	if r := d.resolve(y[1:]); r.found || r.head != "" && d.attachable(r.head) {
		return d.compare(base, y[1:], strength(d.said))
	}
	return false
}

// comparativeIn is the adjective under a comparative with its degree words:
// "a bit longer", "even darker".
func (d *draft) comparativeIn(y []token) (string, bool) {
	for len(y) > 1 && (degreeWord.has(y[0].lower) || y[0].lower == "even" || y[0].lower == "way" || y[0].lower == "far" || y[0].lower == "look" || y[0].lower == "be" || y[0].lower == "still") {
		y = y[1:]
	}
	if len(y) != 1 {
		return "", false
	}
	base, _, ok := d.p.lex.Degree(y[0].lower)
	return base, ok
}

// asPossible answers "as curly as possible" and "the curliest hair possible".
func asPossible(d *draft, m match) bool {
	y := m["y"]
	base, _, ok := d.p.lex.Degree(y[0].lower)
	if !ok {
		base = y[0].lower
	}
	if !d.p.isAdjectival(tokenise(base)) {
		return false
	}
	of := y[1:]
	if x, ok := m["x"]; ok && !d.resolve(x).whole {
		of = x
	}
	return d.compare(base, of, greatly)
}

// adjectiveVerb answers verbs that are made of adjectives: "straighten her hair",
// "darken the sky", "curl her hair".
func adjectiveVerb(d *draft, m match) bool {
	v := m["v"]
	if len(v) < 2 {
		return false
	}
	base := map[string]string{"lengthen": "long", "curl": "curly", "enlarge": "big", "shrink": "small", "brighten": "bright"}[v[0].lower]
	if stem, ok := strings.CutSuffix(v[0].lower, "en"); ok && base == "" {
		for _, s := range stemsOf(stem) {
			if e, ok := d.p.lex.Lookup(s); ok && e.Adjective > 0 {
				base = s
				break
			}
		}
	}
	if base == "" || !d.isReference(v[1:]) {
		return false
	}
	if what := d.resolve(v[1:]); !what.found && what.head == "" || what.whole {
		return false
	}
	return d.compare(base, v[1:], strength(d.said))
}

// stemsOf are the adjectives that may lie under "-en": "straight", "wide", "red".
func stemsOf(stem string) []string {
	all := []string{stem, stem + "e"}
	if n := len(stem); n > 2 && stem[n-1] == stem[n-2] {
		all = append(all, stem[:n-1])
	}
	return all
}

func less(d *draft, m match) bool { return d.scaleWord(m["x"], 1/strength(d.said)) }

func more(d *draft, m match) bool { return d.scaleWord(m["x"], strength(d.said)) }

func lessOf(d *draft, m match) bool { return d.scaleOf(m, 1/strength(d.said)) }

func moreOf(d *draft, m match) bool { return d.scaleOf(m, strength(d.said)) }

// scaleOf answers "make her hair less curly".
func (d *draft) scaleOf(m match, factor float64) bool {
	if !d.p.isAdjectival(m["y"]) {
		return d.scaleWord(m["y"], factor)
	}
	if what := d.resolveAdjective(m["y"]); what.found {
		return d.scaleWord(m["y"], factor)
	}
	if factor < 1 {
		return d.scaleWord(m["y"], factor)
	}
	return d.setAdjectives(m["x"], m["y"])
}
