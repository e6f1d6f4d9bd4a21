package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/editor/dialogue/lexicon"
)

// swap puts the thing that to describes in the place of what the spoken phrase
// names. Adjectives that were not spoken stay, unless the new thing has
// one on their scale: "the bus" → "a truck" in "a yellow double deck bus" makes "a
// yellow truck".
func (d *draft) swap(spoken, to []token) bool {
	to = trimMarks(to)
	what := d.resolve(spoken)
	switch {
	case len(to) == 0:
		return false
	case what.scene:
		return d.setScene(to)
	case what.whole:
		return d.transform(to)
	case !what.found && what.owned && d.p.isAdjectival(to):
		return d.setAdjectives(spoken, to)
	case !what.found:
		return d.swapUnnamed(what, to)
	case d.ambiguous(what):
		return true
	case d.p.isMoment(to) && (d.p.isMoment(spoken) || d.p.lex.Is(what.head, lexicon.Time)):
		return d.setTime(to)
	case oneOfThem(to): // "turn the handbag into a glass one"
		bare := d.p.bareAdjectives(to[:len(to)-1])
		return len(bare) > 0 && d.modify(what, bare)
	case d.p.isAdjectival(to):
		return d.setAdjectives(spoken, to)
	}
	thing := parse(d.p.lex, to)
	name, ok := mainPhrase(thing)
	if !ok {
		return false
	}
	if d.p.lex.IsColour(thing.tokens[name.head].lower) && !d.p.lex.IsColour(what.head) {
		return d.setAdjectives(spoken, to)
	}
	if d.p.lemma(thing.tokens[name.head].lower) == d.p.lemma(what.noun) && what.from == what.np.head {
		return d.respecify(what, thing, name)
	}
	if d.p.lex.Is(what.noun, lexicon.Place) {
		d.wholeScene = true
		if p := d.caption.parse(); what.np.end < len(p.tokens) && p.tokens[what.np.end].lower == "of" {
			_, end := d.extent(p, what.np) // a desert is not "of tall grass"
			d.caption.splice(what.np.end, end, nil)
		}
	}
	d.putInPlace(what, thing, name)
	d.widen(Shape)
	d.because(fmt.Sprintf("swap %q for %q", what.head, phraseText(to)))
	return true
}

func oneOfThem(to []token) bool {
	w := to[len(to)-1].lower
	return w == "one" || w == "ones"
}

// putInPlace replaces the answering words by the new noun phrase, drops the
// adjectives that the new one excludes and makes the article agree.
func (d *draft) putInPlace(what referent, thing parsed, name nounPhrase) {
	p := d.caption.parse()
	n := what.np
	start := name.start
	for start < name.head && (thing.tags[start] == determiner || thing.tags[start] == number || thing.tags[start] == possessive && thing.tokens[start].lower != "'s") {
		start++
	}
	from := min(what.from, n.core)
	if what.to <= n.head { // a compound's first part answered
		from = what.from
	}
	// From right to left, so that the indices of what is left to do stay right.
	d.caption.splice(from, what.to, thing.tokens[start:])
	end := from + name.head - start
	first := n.start
	if n.owner >= 0 && n.owner < from {
		first = n.owner + 2
	}
	for i := from - 1; i >= first; i-- {
		if (p.tags[i] == adjective || p.tags[i] == gerund) && d.excluded(p.tokens[i].lower, thing, name) {
			d.caption.splice(i, i+1, nil)
			end--
		}
	}
	if first == n.start {
		length := determiners(p, n)
		article := d.articleFor(p, n, thing.tokens[name.start:start], thing.tokens[name.head].lower)
		d.caption.splice(n.start, n.start+length, article)
		end += len(article) - length
	}
	d.attend(end)
}

// determiners is how many articles, numbers and possessives a noun phrase
// starts with.
func determiners(p parsed, n nounPhrase) int {
	i := n.start
	for i < n.head && (p.tags[i] == determiner || p.tags[i] == number || p.tags[i] == possessive && p.tokens[i].lower != "'s") {
		i++
	}
	return i - n.start
}

// excluded tells whether an adjective of the caption cannot stand beside the new
// noun phrase's own.
func (d *draft) excluded(w string, thing parsed, name nounPhrase) bool {
	return slices.ContainsFunc(thing.tokens[name.start:name.head], func(t token) bool {
		return t.lower == w || d.p.lex.SameScale(w, t.lower)
	})
}

// articleFor chooses the determiner of a swapped noun phrase: the caption's own
// where it agrees with the new noun in number.
func (d *draft) articleFor(p parsed, n nounPhrase, spoken []token, head string) []token {
	plural := d.p.lex.IsPlural(head)
	old := p.tokens[n.start : n.start+determiners(p, n)]
	if n.start > 0 && p.tags[n.start-1] == mark && p.tokens[n.start-1].lower != "," && len(old) == 0 {
		return nil // a quotation mark: the article is before it
	}
	indefinite := len(old) > 0 && (old[0].lower == "a" || old[0].lower == "an")
	switch {
	case len(spoken) > 0 && spoken[0].lower != "a" && spoken[0].lower != "an" && spoken[0].lower != "the" && spoken[0].lower != "some":
		return spoken // "his", "two"
	case indefinite && (plural || len(spoken) == 0 && d.p.massNoun(head)):
		return nil
	case len(old) > 0 && !indefinite && old[0].lower != "the" && !plural && len(spoken) > 0:
		return spoken // "two dogs" → "a cat"
	case len(old) > 0:
		return old
	case len(spoken) > 0 && spoken[0].lower != "the":
		return spoken
	}
	return nil
}

// massNoun tells whether a noun takes no "a": water, snow, hair. WordNet does not
// say; materials, weather and food that is no single thing are taken for it.
func (p *Planner) massNoun(w string) bool {
	if p.lex.IsPlural(w) {
		return true
	}
	switch w {
	case "hair", "water", "grass", "light", "lighting", "traffic", "clothing", "jewelry", "jewellery", "makeup", "lipstick", "furniture", "cutlery", "popcorn", "ice", "art", "music", "fur", "sunlight", "moonlight", "lightning", "fire", "food", "smoke", "glasses", "daylight", "ivy", "foliage":
		return true
	}
	return p.lex.Is(w, lexicon.Material) || p.lex.Is(w, lexicon.Weather)
}

// respecify merges a description of the same noun into the caption: "make it a
// chocolate cake" where there is a cake.
func (d *draft) respecify(what referent, thing parsed, name nounPhrase) bool {
	var modifiers []token
	for i := name.start; i < name.head; i++ {
		if thing.tags[i] == number {
			d.putInPlace(what, thing, name)
			d.widen(Shape)
			return true
		}
		if thing.tags[i] != determiner && thing.tags[i] != possessive {
			modifiers = append(modifiers, thing.tokens[i])
		}
	}
	rest := thing.tokens[name.end:]
	if len(modifiers) > 0 && !d.modify(what, modifiers) {
		return false
	}
	if n, ok := d.phraseOf(what); ok && len(rest) > 0 { // "a wave made of light"
		d.caption.splice(n.end, n.end, rest)
		d.because(fmt.Sprintf("%s %s", what.head, phraseText(rest)))
		d.widen(Appearance)
	}
	return len(modifiers)+len(rest) > 0
}

// swapUnnamed handles a swap of something that the prompt does not name. It may
// be in the picture, so the new thing is added, and the plan says what was done.
func (d *draft) swapUnnamed(what referent, to []token) bool {
	d.because(fmt.Sprintf("the prompt names no %q", phraseText(what.phrase)))
	d.undone = append(d.undone, fmt.Sprintf("taking away %q: the prompt does not name it", phraseText(what.phrase)))
	d.widen(Shape)
	return d.add(to, nil, "")
}

// ambiguous asks which of several is meant, where their descriptions differ.
func (d *draft) ambiguous(what referent) bool {
	if len(what.rivals) == 0 || d.focusIndex() == what.np.head {
		return false
	}
	p := d.caption.parse()
	describe := func(n nounPhrase) string {
		return lower(phraseText(p.tokens[skipDeterminer(p, n):n.end]))
	}
	first := describe(what.np)
	var choices []string
	for _, n := range slices.Insert(slices.Clone(what.rivals), 0, what.np) {
		if text := describe(n); !slices.Contains(choices, text) && strings.Contains(text, " ") {
			choices = append(choices, text)
		}
	}
	if len(choices) < 2 || first == "" {
		return false
	}
	d.question = &Question{Kind: Clarify, Text: fmt.Sprintf("Which %s?", what.head), Choices: choices}
	return true
}

func skipDeterminer(p parsed, n nounPhrase) int {
	i := n.start
	for i < n.head && p.tags[i] == determiner {
		i++
	}
	return i
}

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

// vague adjectives ask for a change without saying to what.
var vague = set("different other another")

// whatInstead asks what something should become.
func (d *draft) whatInstead(what referent) Question {
	head := what.head
	if head == "" {
		head = "picture"
	}
	q := Question{Kind: Clarify, Text: fmt.Sprintf("What should the %s be instead?", head)}
	var had []token
	if what.found {
		had = d.caption.parse().tokens[what.np.start:what.np.end]
	}
	for _, colour := range []string{"red", "blue", "green", "black"} {
		if !slices.ContainsFunc(had, func(t token) bool { return t.lower == colour }) && len(q.Choices) < 3 && !what.scene {
			q.Choices = append(q.Choices, fmt.Sprintf("make the %s %s", head, colour))
		}
	}
	return q
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
		if !ok && !d.p.oneKind(t.lower, "curly") {
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
		switch t.lower {
		case "a", "an", "the", "be", "all", "very", "really", "so", "more", "completely", "totally", "color", "colour", "in":
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
		if !t.mark {
			out = append(out, t)
		}
	}
	return out
}

// modify puts adjectives before a noun of the caption. Each takes the place of one on
// its own scale (red for blond, short for long); others go where English has
// them: size, then texture, then colour, then material.
func (d *draft) modify(what referent, adjectives []token) bool {
	if slices.ContainsFunc(adjectives, func(t token) bool { return vague[t.lower] }) {
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
		d.attend(n.head)
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
	return notCompared[w]
}

var notCompared = set("outer inner upper other former latter elder later latest rather super")

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
		joined := i > 0 && (t.lower == "and" || adjectives[i-1].lower == "and" || p.lex.IsColour(t.lower) && shade[adjectives[i-1].lower])
		if joined {
			groups[len(groups)-1] = append(groups[len(groups)-1], t)
		} else {
			groups = append(groups, []token{t})
		}
	}
	return groups
}

var shade = set("dark light bright pale deep neon pastel bluish reddish greenish navy lime sky hot")

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
		if from > n.start && shade[p.tokens[from-1].lower] {
			from--
		}
		return from, to, true
	}
	return 0, 0, false
}

// oneKind tells whether two words are moods or textures of hair, which exclude
// each other though WordNet puts them on no common scale.
func (p *Planner) oneKind(a, b string) bool {
	for _, kind := range []map[string]bool{
		set("straight wavy curly frizzy spiky braided"),
		set("happy sad smiling angry crying laughing frowning serious surprised scared bored"),
		set("snowy winter autumn autumnal fall summer spring wintry"),
		set("sunny cloudy rainy starry stormy foggy clear overcast misty cloudless snowy gloomy"),
		set("wooden plastic metal metallic golden glass stone leather steel marble concrete brick"),
	} {
		if kind[a] && kind[b] {
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

// isAdjectival tells whether a phrase is one adjective or more, with degree
// words and "and".
func (p *Planner) isAdjectival(tokens []token) bool {
	seen := false
	for i, t := range tokens {
		switch {
		case t.mark && t.lower == ",", t.lower == "and", t.lower == "&", degreeWord[t.lower], t.lower == "all":
			continue
		case t.mark, closedWord(t.lower):
			return false
		}
		can := possible(p.lex, t.lower)
		last := i == len(tokens)-1
		switch {
		case p.lex.IsColour(t.lower), can.adjective >= 0 && (can.adjective >= can.noun || !last && can.adjective > 0), (can.past || can.gerund) && can.noun <= 0, can.adjective >= 0 && can.noun < 3:
			seen = true
		case !last && shade[t.lower], can.adverb > 0:
		default:
			return false
		}
	}
	return seen
}

var degreeWord = set("very really much more most quite rather slightly somewhat extremely so too a bit little completely totally fully lot")
