package dialogue

import (
	"fmt"
	"pentimento/dialogue/lexicon"
	"slices"
	"strings"
)

// setAdjectives gives what the phrase names the spoken adjectives: "make her
// hair red". Where the caption does not name it, it is added with them: "with a
// blue top".
func (d *draft) setAdjectives(spoken, adjectives []token) bool {
	adjectives = d.p.bareAdjectives(adjectives)
	if several := d.items(spoken); len(several) > 1 {
		done := false
		for _, one := range several {
			done = d.setAdjectives(one, adjectives) || done
		}
		return done
	}
	if onHair, ok := d.aboutHair(spoken, adjectives); ok {
		spoken, adjectives = tokenise("her hair"), onHair
	}
	what := d.resolve(spoken)
	switch {
	case len(adjectives) == 0:
		return false
	case what.scene:
		return d.setBackground(adjectives)
	case what.whole:
		return d.setMood(adjectives)
	case !what.found && what.head == "":
		return false
	case !what.found:
		return d.addDescribed(what, adjectives)
	case d.ambiguous(what):
		return true
	}
	return d.modify(what, adjectives)
}

// modify puts adjectives before a noun of the caption. Each takes the place of one on
// its own scale (red for blond, short for long); others go where English has
// them: size, then texture, then colour, then material.
func (d *draft) modify(what referent, adjectives []token) bool {
	if slices.ContainsFunc(adjectives, func(t token) bool { return vague.has(t.lower) }) {
		return d.ask(d.whatInstead(what))
	}
	for _, group := range d.p.colourGroups(adjectives) {
		n, ok := d.phraseOf(what)
		if !ok {
			return false
		}
		if d.strengthen(n, group) {
			continue
		}
		p := d.caption.parse()
		if from, to, ok := d.clashing(p, n, group); ok {
			if lower(phraseText(group)) != lower(phraseText(p.tokens[from:to])) {
				d.caption.splice(from, to, group)
				d.because(fmt.Sprintf("%s is %s now, not %s", p.tokens[n.head].lower, phraseText(group), phraseText(p.tokens[from:to])))
			}
			continue
		}
		at := d.adjectivePlace(p, n, group[0].lower)
		d.caption.splice(at, at, group)
		d.because(fmt.Sprintf("%s becomes %s", p.tokens[n.head].lower, phraseText(group)))
	}
	if n, ok := d.phraseOf(what); ok {
		d.caption.attend(n.head)
	}
	d.widen(Appearance)
	return true
}

// strengthen answers a comparative among adjectives ("longer and curlier"): what
// the noun is already gets more weight. It changes the group to the plain
// adjective otherwise.
func (d *draft) strengthen(n nounPhrase, group []token) bool {
	base, _, ok := d.p.lex.Degree(group[0].lower)
	if !ok || len(group) > 1 || d.p.plainAdjective(group[0].lower) {
		return false
	}
	p := d.caption.parse()
	for i := n.start; i < n.head; i++ {
		if d.p.lemma(p.tokens[i].lower) == d.p.lemma(base) {
			d.weigh(i, strength(d.said))
			d.because(fmt.Sprintf("re-weight %q", base))
			return true
		}
	}
	group[0].text, group[0].lower = base, base
	return false
}

// plainAdjective tells whether a word that looks like a comparative is an
// adjective of its own.
func (p *Planner) plainAdjective(w string) bool {
	return notCompared.has(w)
}

const notCompared wordList = "further outer inner upper other former latter elder later latest rather super"

// phraseOf finds the referent's noun phrase again after the caption changed.
func (d *draft) phraseOf(what referent) (nounPhrase, bool) {
	p := d.caption.parse()
	best, distance := nounPhrase{}, 1<<30
	for _, n := range p.nouns {
		if gap := max(n.head-what.np.head, what.np.head-n.head); p.tokens[n.head].lower == what.noun && gap < distance {
			best, distance = n, gap
		}
	}
	return best, distance < 1<<30
}

// colourGroups keeps "black and white" and "dark blue" together and everything
// else apart.
func (p *Planner) colourGroups(adjectives []token) [][]token {
	var groups [][]token
	for i, t := range adjectives {
		joined := i > 0 && (t.lower == "and" || adjectives[i-1].lower == "and" || p.lex.IsColour(t.lower) && shade.has(adjectives[i-1].lower))
		if joined {
			groups[len(groups)-1] = append(groups[len(groups)-1], t)
		} else {
			groups = append(groups, []token{t})
		}
	}
	return groups
}

const shade wordList = "dark light bright pale deep neon pastel bluish reddish greenish navy lime sky hot"

// clashing is where a noun phrase has words on the scale of the new ones.
func (d *draft) clashing(p parsed, n nounPhrase, group []token) (from, to int, ok bool) {
	last := group[len(group)-1].lower
	for i := skipDeterminer(p, n); i < n.head; i++ {
		if n.owner >= 0 && i <= n.owner+1 || !d.p.lex.SameScale(p.tokens[i].lower, last) && !d.p.oneKind(p.tokens[i].lower, last) {
			continue
		}
		from, to = i, i+1
		for to+1 < n.head && p.tokens[to].lower == "and" && d.p.lex.SameScale(p.tokens[to+1].lower, last) {
			to += 2
		}
		if from > n.start && shade.has(p.tokens[from-1].lower) {
			from--
		}
		return from, to, true
	}
	return 0, 0, false
}

// hairWord are adjectives that only hair has.
const hairWord wordList = "straight wavy curly frizzy spiky braided"

// oneKind tells whether two words exclude each other though WordNet puts them on
// no common scale: shapes of hair, moods, seasons, weather, materials.
func (p *Planner) oneKind(a, b string) bool {
	for _, kind := range [...]wordList{
		hairWord,
		"happy sad smiling angry crying laughing frowning serious surprised scared bored",
		"snowy winter autumn autumnal fall summer spring wintry",
		"sunny cloudy rainy starry stormy foggy clear overcast misty cloudless snowy gloomy",
		"wooden plastic metal metallic golden glass stone leather steel marble concrete brick",
	} {
		if kind.has(a) && kind.has(b) {
			return true
		}
	}
	return false
}

// adjectivePlace is where an adjective goes in a noun phrase.
func (d *draft) adjectivePlace(p parsed, n nounPhrase, w string) int {
	rank := d.p.adjectiveRank(w)
	i := n.core
	for i > n.start && p.tags[i-1] == adjective && d.p.adjectiveRank(p.tokens[i-1].lower) > rank {
		i--
	}
	return i
}

func (p *Planner) adjectiveRank(w string) int {
	switch {
	case p.lex.SameScale(w, "big"), p.lex.SameScale(w, "long"):
		return 0
	case p.lex.SameScale(w, "old"):
		return 1
	case p.lex.IsColour(w):
		return 3
	case p.lex.Is(w, lexicon.Material), strings.HasSuffix(w, "en"):
		return 4
	}
	return 2
}

// addDescribed adds what the caption does not name, with its adjectives.
func (d *draft) addDescribed(what referent, adjectives []token) bool {
	thing := slices.Concat(adjectives, tokenise(what.head))
	if d.p.lex.IsPlural(what.head) || d.p.massNoun(what.head) {
		thing[0].glued = false
	} else {
		thing = slices.Concat(tokenise(article(adjectives[0].lower)), thing)
	}
	if what.head == "sky" {
		return d.setTime(tokenise("under a " + phraseText(adjectives) + " sky"))
	}
	d.because(fmt.Sprintf("the prompt named no %s; it does now", what.head))
	d.widen(Appearance)
	var owner *nounPhrase
	if what.owned {
		owner = &what.owner
	}
	return d.attach(owner, thing, "with")
}

func colourOf(d *draft, m match) bool {
	return d.setAdjectives(m["x"], m["y"]) || d.swap(m["x"], m["y"])
}

// colourSplit answers "paint the house red".
func colourSplit(d *draft, m match) bool {
	return d.splits(m["z"], func(x, y []token) bool {
		if !d.p.isAdjectival(y) || !d.p.lex.IsColour(y[len(y)-1].lower) {
			return false
		}
		what := d.resolve(x)
		return (what.found || what.scene || what.head != "" && !what.whole) && d.setAdjectives(x, y)
	})
}

// openClose says the state that "open the door" leads to.
func openClose(d *draft, m match) bool {
	state := "closed"
	if d.said[0].lower == "open" {
		state = "open"
	}
	return d.setAdjectives(m["x"], tokenise(state))
}

// aboutHair finds what is said of a person and meant of the hair: "make her
// blond", "make him curly", "red-haired".
func (d *draft) aboutHair(spoken, adjectives []token) ([]token, bool) {
	who := d.resolve(spoken)
	if !who.found || !d.p.lex.Is(who.noun, lexicon.Person) || len(adjectives) == 0 {
		return nil, false
	}
	out := slices.Clone(adjectives)
	for i, t := range out {
		colour, ok := map[string]string{"brunette": "brown", "redheaded": "red", "blond": "blond", "blonde": "blonde"}[t.lower]
		if stem, found := strings.CutSuffix(t.lower, "-haired"); found {
			colour, ok = stem, true
		}
		if !ok && !hairWord.has(t.lower) {
			return nil, false
		}
		if ok {
			out[i].text, out[i].lower = colour, colour
		}
	}
	return out, true
}

// bareAdjectives drops degree words and connectives from a list of adjectives.
func (p *Planner) bareAdjectives(list []token) []token {
	var out []token
	for i, t := range list {
		if c, ok := closedTag(t.lower); ok && (c == preposition || c == pronoun || c == auxiliary) && t.lower != "in" && t.lower != "be" && t.lower != "like" {
			return nil
		}
		switch t.lower {
		case "a", "an", "the", "be", "color", "colour", "in":
			continue
		case "colored", "coloured":
			if i > 0 && p.lex.IsColour(list[i-1].lower) {
				continue
			}
		case "and", "&":
			// "black and white" is one colour scheme; other lists need no "and".
			if i > 0 && i+1 < len(list) && p.lex.IsColour(list[i-1].lower) && p.lex.IsColour(list[i+1].lower) {
				out = append(out, t)
			}
			continue
		}
		if !t.mark && !degreeWord.has(t.lower) {
			out = append(out, t)
		}
	}
	return out
}

// isAdjectival tells whether a phrase is one adjective or more, with degree
// words and "and".
func (p *Planner) isAdjectival(tokens []token) bool {
	seen := false
	for i, t := range tokens {
		switch {
		case t.mark && t.lower == ",", t.lower == "and", t.lower == "&", degreeWord.has(t.lower), t.lower == "all":
			continue
		case t.mark, closedWord(t.lower):
			return false
		}
		can := possible(p.lex, t.lower)
		last := i == len(tokens)-1
		switch {
		case p.lex.IsColour(t.lower), can.adjective >= 0 && (can.adjective >= can.noun || !last && can.adjective > 0), (can.past || can.gerund) && can.noun <= 0, can.adjective >= 0 && can.noun < 3:
			seen = true
		case !last && shade.has(t.lower), can.adverb > 0:
		default:
			return false
		}
	}
	return seen
}

const degreeWord wordList = "all very really much more most quite rather slightly somewhat extremely so too a bit little completely totally fully lot"
