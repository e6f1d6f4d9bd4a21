package dialogue

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/editor/dialogue/lexicon"
)

// What the rules of the grammar do. Each takes the words of the pattern's gaps
// to the edit they ask for, or declines.

func styleAfter(d *draft, m match) bool {
	s := m["s"]
	if closed[s[0].lower] == determiner && len(s) > 1 {
		s = s[1:]
	}
	s, _ = stripStyleWord(s)
	if last := s[len(s)-1].lower; !wordsForStyle[last] && !d.p.isMedium(last) {
		s = append(slices.Clone(s), tokenise("style")...)
	}
	return d.setStyle(s, false)
}

func outOf(d *draft, m match) bool {
	if r := d.resolve(m["x"]); !r.whole && !r.found {
		return false
	}
	return d.p.isStyle(m["s"]) && d.setStyle(m["s"], true)
}

func styleOf(d *draft, m match) bool {
	return d.setStyle(append(slices.Clone(m["s"]), tokenise("style")...), true)
}

func styleEffect(d *draft, m match) bool {
	s := slices.Clone(m["s"])
	for len(s) > 1 && closed[s[0].lower] == determiner {
		s = s[1:]
	}
	if slices.ContainsFunc(s, func(t token) bool { return t.lower == "with" || t.lower == "to" }) {
		return false
	}
	if d.p.isMedium(s[len(s)-1].lower) {
		return d.setStyle(s, true)
	}
	kind := m.text("kind")
	if kind == "effect" || kind == "filter" || kind == "theme" || kind == "look" || kind == "styling" {
		return d.setStyle(s, false)
	}
	return d.setStyle(append(s, m["kind"]...), false)
}

func pictureInto(d *draft, m match) bool {
	s := m["s"]
	if !d.p.isStyle(s) {
		return false
	}
	what := d.resolve(m["x"])
	last := s[len(s)-1].lower
	_, isStyle := stripStyleWord(s)
	if !what.whole && !what.found && !what.scene {
		return false
	}
	// "turn the mug into a drawing" may mean the mug; a style that no single
	// thing can have means the picture.
	if what.found && !isStyle && !d.p.isMedium(last) {
		return false
	}
	if what.found && d.p.lex.Is(what.head, lexicon.Picture) && !d.p.isMedium(last) {
		return false
	}
	return d.setStyle(s, true)
}

// lookLike answers "make it look like a woodblock print" and "… like it's made of
// lego".
func lookLike(d *draft, m match) bool {
	what := d.resolve(m["x"])
	y := m["y"]
	switch {
	case !what.whole:
		return what.found && d.become(m["x"], y)
	case d.p.isMoment(y):
		return d.setTime(y)
	case possible(d.p.lex, y[0].lower).past || closed[y[0].lower] == preposition:
		return d.addDescription(y)
	case d.p.lex.CanBe(y[len(y)-1].lower, lexicon.Picture) || d.p.isStyle(y):
		return d.setStyle(y, true)
	}
	return d.transform(y)
}

func styleOnly(d *draft, m match) bool {
	return d.p.isStyle(m["s"]) && d.setStyle(m["s"], true)
}

func moveTo(d *draft, m match) bool {
	what := d.resolve(m["x"])
	if !what.whole && !what.found {
		return false
	}
	y := parse(d.p.lex, m["y"])
	if m.text("y") != strings.TrimPrefix(m.text("y"), "front of ") {
		return d.setScene(slices.Concat(m["relation"], m["y"]))
	}
	name, ok := mainPhrase(y)
	if !ok || !d.p.lex.Is(y.tokens[name.head].lower, lexicon.Place) {
		return false
	}
	if _, there := d.pickNamed(m["y"]); there {
		return false
	}
	return d.setScene(slices.Concat(m["relation"], m["y"]))
}

// keepIt answers what asks for no change: "keep the rest", "the same woman".
func keepIt(d *draft, m match) bool {
	d.because("the rest stays as it is")
	return true
}

func sameWith(d *draft, m match) bool {
	return d.isReference(m["x"]) && keepSame(d, m) && d.clause(slices.Concat(m["relation"], m["y"]), false)
}

func keepSame(d *draft, m match) bool {
	if x := parse(d.p.lex, m["x"]); len(x.nouns) != 1 || x.nouns[0].end < len(x.tokens) {
		return false
	}
	if r := d.resolve(m["x"]); !r.found && !r.whole {
		return false
	}
	return keepIt(d, m)
}

// changeWhat answers "change her hair": to what?
func changeWhat(d *draft, m match) bool {
	x := parse(d.p.lex, m["x"])
	if n, ok := mainPhrase(x); !ok || n.end < len(x.tokens) || n.start > 0 {
		return false
	}
	what := d.resolve(m["x"])
	if !what.found && !what.scene {
		return false
	}
	return d.ask(d.whatInstead(what))
}

func (d *draft) pickNamed(phrase []token) (referent, bool) {
	r := d.resolve(phrase)
	return r, r.found
}

func inBackground(d *draft, m match) bool {
	thing := parse(d.p.lex, m["x"])
	name, ok := mainPhrase(thing)
	if !ok {
		return false
	}
	if r := d.resolve(m["x"]); r.found && d.p.lemma(r.noun) == d.p.lemma(thing.tokens[name.head].lower) {
		return false
	}
	d.wholeScene = true
	d.widen(Shape)
	item := slices.Concat(d.withArticle(thing, name), tokenise("in the background"))
	d.because("add " + phraseText(item))
	return d.attachScene(item, "with")
}

func momentOf(d *draft, m match) bool {
	t := m["t"]
	switch kind := m.text("kind"); {
	case d.p.isAdjectival(t) && (kind == "sky" || kind == "day") && !timeWord[t[len(t)-1].lower]:
		return d.setSky(kind, d.p.bareAdjectives(t))
	case d.p.isMoment(t), d.p.isAdjectival(t):
		return d.setTime(t)
	}
	return false
}

func momentOnly(d *draft, m match) bool { return d.p.isMoment(m["t"]) && d.setTime(m["t"]) }

func swapXY(d *draft, m match) bool {
	y, rest := d.cutTail(m["y"])
	if !d.swap(m["x"], y) {
		return false
	}
	if rest != nil && d.question == nil {
		d.clause(rest, true)
	}
	return true
}

// cutTail separates what follows a comma, which is another edit: "to a river,
// aerial view".
func (d *draft) cutTail(y []token) (head, rest []token) {
	i := slices.IndexFunc(y, func(t token) bool { return t.lower == "," })
	if i <= 0 || i+1 >= len(y) || d.p.isAdjectival(y) {
		return y, nil
	}
	return y[:i], y[i+1:]
}

func colourOf(d *draft, m match) bool {
	return d.setAdjectives(m["x"], m["y"]) || d.swap(m["x"], m["y"])
}

// swapFrom replaces words of the caption that were spoken: "from blond to red".
func (d *draft) swapFrom(x, from, to []token) bool {
	if d.p.isMoment(to) {
		return d.setTime(to)
	}
	if d.p.isAdjectival(to) {
		return d.setAdjectives(x, to)
	}
	return d.swap(from, to)
}

func insteadOf(d *draft, m match) bool {
	y := m["y"]
	for _, lead := range phrases("make it", "make her", "make him", "give it", "give her", "give him", "have", "let it be", "add", "put", "use", "i want", "let her have", "with", "make") {
		if startsWith(y, lead) && len(y) > len(lead) {
			y = y[len(lead):]
		}
	}
	x := d.resolve(m["x"])
	if !x.found && !x.scene {
		if x = d.resolveWord(d.caption.parse(), referent{phrase: m["x"]}); !x.found {
			if subject, verb, ok := d.subjectAndVerb(y); ok {
				return d.act(subject, verb)
			}
			return d.swap(m["x"], y)
		}
	}
	// "the cat lies on a wooden floor instead of a carpet": only the end is new.
	if subject, verb, ok := d.subjectAndVerb(y); ok {
		_ = subject
		p := parse(d.p.lex, verb)
		if len(p.nouns) > 0 {
			y = verb[p.nouns[len(p.nouns)-1].start:]
		}
	}
	if x.found && len(x.rivals) > 0 && d.captionTag(x) == adjective && d.p.isAdjectival(y) {
		return d.ask(d.whichOf(x, y))
	}
	if thing := parse(d.p.lex, y); x.found && d.captionTag(x) == adjective && len(thing.nouns) == 1 && d.p.lemma(thing.tokens[thing.nouns[0].head].lower) == d.p.lemma(x.head) {
		return d.respecify(x, thing, thing.nouns[0]) // "red hair instead of blond"
	}
	if x.found && d.captionTag(x) == adjective && d.p.isAdjectival(y) {
		d.caption.splice(x.from, x.to, d.p.bareAdjectives(y))
		d.because("swap " + phraseText(m["x"]) + " for " + phraseText(y))
		d.attend(x.np.head)
		d.widen(Appearance)
		return true
	}
	return d.swap(m["x"], y)
}

// whichOf asks which noun an adjective is meant for.
func (d *draft) whichOf(x referent, y []token) Question {
	p := d.caption.parse()
	q := Question{Kind: Clarify, Text: fmt.Sprintf("What should be %s?", phraseText(y))}
	for _, n := range slices.Insert(slices.Clone(x.rivals), 0, x.np) {
		choice := fmt.Sprintf("make the %s %s", p.tokens[n.head].lower, phraseText(y))
		if !slices.Contains(q.Choices, choice) {
			q.Choices = append(q.Choices, choice)
		}
	}
	return q
}

func (d *draft) captionTag(x referent) tag {
	p := d.caption.parse()
	if x.to-1 < len(p.tags) {
		return p.tags[x.to-1]
	}
	return other
}

// subjectAndVerb splits "the cat wear a bow tie" after the subject, which the
// caption must name.
func (d *draft) subjectAndVerb(y []token) (subject, rest []token, ok bool) {
	for _, lead := range phrases("let", "have", "make", "get") {
		if startsWith(y, lead) {
			y = y[1:]
		}
	}
	n, ok := d.leadingPhrase(y)
	if !ok || n >= len(y) || !d.p.startsVerb(y[n:]) {
		return nil, nil, false
	}
	if r := d.resolve(y[:n]); !r.found && !r.whole {
		return nil, nil, false
	}
	return y[:n], y[n:], true
}

// leadingPhrase is how many words the noun phrase or pronoun at the front takes.
func (d *draft) leadingPhrase(y []token) (int, bool) {
	if len(y) == 0 {
		return 0, false
	}
	p := parse(d.p.lex, y)
	if pronouns[y[0].lower] && (p.tags[0] == pronoun || len(y) == 1) {
		return 1, true
	}
	n, ok := mainPhrase(p)
	if !ok || n.start != 0 {
		return 0, false
	}
	if cut := d.verbInside(p, n); cut > 0 {
		return cut, true
	}
	return n.end, true
}

// verbInside finds the verb that was taken for the last part of a compound noun:
// "the zebra look at …". The caption settles it: it has a zebra and no zebra
// look.
func (d *draft) verbInside(p parsed, n nounPhrase) int {
	if d.namesExactly(p.tokens[:n.end]) {
		return 0
	}
	for i := n.core + 1; i <= n.head; i++ {
		if possible(d.p.lex, p.tokens[i].lower).verb >= 0 && d.namesExactly(p.tokens[:i]) {
			return i
		}
	}
	return 0
}

// namesExactly tells whether the caption has the phrase's noun itself.
func (d *draft) namesExactly(phrase []token) bool {
	r := d.resolve(phrase)
	return r.found && r.to == r.np.head+1 && d.likeness(r.head, r.noun) > 9
}

func (p *Planner) startsVerb(y []token) bool {
	if len(y) == 0 || y[0].mark {
		return false
	}
	if y[0].lower == "be" || y[0].lower == "have" || y[0].lower == "wear" || y[0].lower == "wearing" || y[0].lower == "holding" || y[0].lower == "doing" {
		return true
	}
	if closedWord(y[0].lower) {
		return false
	}
	can := possible(p.lex, y[0].lower)
	return can.verb >= 0 && (can.gerund || can.verb >= can.noun || len(y) > 1 && can.adjective < can.verb)
}

func notX(d *draft, m match) bool {
	if len(m["x"]) > 4 {
		return false
	}
	return insteadOf(d, m)
}

func swapNamed(d *draft, m match) bool {
	if len(m["x"]) > 5 || starters[m["x"][0].lower] || !d.isReference(m["x"]) && len(m["x"]) > 1 || !d.resolve(m["x"]).found || d.p.startsVerb(m["y"]) && !d.p.isAdjectival(m["y"]) {
		return false
	}
	return d.swap(m["x"], m["y"])
}

func sceneTo(d *draft, m match) bool { return d.setScene(m["y"]) }

func less(d *draft, m match) bool   { return d.scaleWord(m["x"], 1/strength(d.said)) }
func more(d *draft, m match) bool   { return d.scaleWord(m["x"], strength(d.said)) }
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

func removeX(d *draft, m match) bool { return d.remove(m["x"]) }

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

func makeSplit(d *draft, m match) bool {
	return d.splits(m["z"], func(x, y []token) bool { return makeXY(d, match{"x": x, "y": y}) })
}

func addY(d *draft, m match) bool { return d.add(m["y"], nil, "") }

// splits tries the ways to cut words into what is named and what it should be
// ("her hair | red"), first after the noun phrase that they begin with.
func (d *draft) splits(z []token, try func(x, y []token) bool) bool {
	if n := len(z) - 2; n > 0 && direction[z[n+1].lower] { // "the zebra | face left"
		if can := possible(d.p.lex, z[n].lower); can.verb >= 0 && d.isReference(z[:n]) && try(z[:n], z[n:]) {
			return true
		}
	}
	first, ok := d.leadingPhrase(z)
	if ok && first < len(z) && try(z[:first], z[first:]) {
		return true
	}
	for n := 1; n < len(z); n++ {
		if n != first && d.isReference(z[:n]) && !d.cutsPhrase(z, n) && try(z[:n], z[n:]) {
			return true
		}
	}
	return false
}

var direction = set("left right up down away forward backward forwards backwards straight sideways around")

// cutsPhrase tells whether a cut would leave a possessive or an adjective
// without its noun: "her | hair red".
func (d *draft) cutsPhrase(z []token, n int) bool {
	last := z[n-1].lower
	if t, ok := closed[last]; ok && t != pronoun && !(pronouns[last] && len(z) == n+1) || last == "her" && len(z) > n+1 {
		can := possible(d.p.lex, z[n].lower)
		return can.noun >= can.verb
	}
	return guess(d.p.lex, z[n-1]) == adjective && guess(d.p.lex, z[n]) == noun
}

func bareComparative(d *draft, m match) bool {
	if base, ok := d.comparativeIn(m["y"]); ok {
		return d.compare(base, nil, strength(d.said))
	}
	// "longer hair", "a bigger smile"
	y := m["y"]
	for len(y) > 1 && (degreeWord[y[0].lower] || closed[y[0].lower] == determiner || y[0].lower == "with" || y[0].lower == "even" || y[0].lower == "add") {
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
	for len(y) > 1 && (degreeWord[y[0].lower] || y[0].lower == "even" || y[0].lower == "way" || y[0].lower == "far" || y[0].lower == "look" || y[0].lower == "be" || y[0].lower == "still") {
		y = y[1:]
	}
	if len(y) != 1 {
		return "", false
	}
	base, _, ok := d.p.lex.Degree(y[0].lower)
	return base, ok
}

func giveXY(d *draft, m match) bool {
	give := func(x, y []token) bool {
		what := d.resolve(x)
		if !what.found && !what.whole || !d.startsThing(y) {
			return false
		}
		return d.give(x, y, "with")
	}
	z := m["z"]
	if len(z) > 1 && pronouns[z[0].lower] && give(z[:1], z[1:]) {
		return true // "give her red hair": not "her red hair"
	}
	return d.splits(z, give)
}

func removeY(d *draft, m match) bool { return d.remove(m["y"]) }

// notAdjective takes an adjective out: "not curly".
func notAdjective(d *draft, m match) bool {
	y := d.p.bareAdjectives(m["y"])
	if len(y) != 1 {
		return false
	}
	return d.resolveAdjective(y).found && d.remove(y)
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

func backgroundOnly(d *draft, m match) bool {
	return len(m["y"]) < 5 && d.p.isAdjectival(m["y"]) && d.setBackground(m["y"])
}

// startsThing tells whether words begin as a noun phrase that is not just the
// rest of another.
func (d *draft) startsThing(y []token) bool {
	t := guess(d.p.lex, y[0])
	if t == preposition || t == conjunction || t == mark {
		return false
	}
	return len(parse(d.p.lex, y).nouns) > 0
}

func addTo(d *draft, m match) bool {
	if d.p.isStyle(m["y"]) || d.p.isMoment(m["y"]) {
		return d.add(m["y"], nil, "")
	}
	if placeWord[m["y"][len(m["y"])-1].lower] {
		return false
	}
	what := d.resolve(m["x"])
	switch {
	case what.whole || what.scene:
		return d.add(m["y"], nil, "")
	case what.found:
		if d.p.isAdjectival(m["y"]) {
			return d.setAdjectives(m["x"], m["y"])
		}
		return d.give(m["x"], m["y"], "with")
	}
	return d.add(m["y"], slices.Concat(tokenise("on"), m["x"]), "")
}

func addPlace(d *draft, m match) bool {
	y := m["y"]
	if r := d.resolve(y); r.found && len(y) > 0 && (y[0].lower == "the" || pronouns[y[0].lower]) {
		return false
	}
	thing := parse(d.p.lex, y)
	if name, ok := mainPhrase(thing); !ok || name.end < len(y)-6 {
		return false
	}
	if _, _, ok := d.subjectAndVerb(y); ok {
		return false // "have the zebra look at the camera"
	}
	x := d.resolve(m["x"])
	if x.whole {
		return d.add(y, nil, "")
	}
	if !x.found && d.p.isMoment(y) || d.p.isStyle(y) {
		return d.add(y, nil, "")
	}
	if !d.startsThing(y) {
		return false
	}
	return d.add(y, slices.Concat(m["relation"], m["x"]), "")
}

func beXY(d *draft, m match) bool {
	y := m["y"]
	x := m["x"]
	if len(y) == 0 || !d.isReference(x) {
		return false
	}
	return d.become(x, y)
}

// animate tells whether a noun can do things.
func (d *draft) animate(noun string) bool {
	return d.p.lex.Is(noun, lexicon.Person) || d.p.lex.Is(noun, lexicon.Animal)
}

// isReference tells whether words can name something: a pronoun or one noun
// phrase.
func (d *draft) isReference(x []token) bool {
	if len(x) == 1 && pronouns[x[0].lower] {
		return true
	}
	p := parse(d.p.lex, x)
	n, ok := mainPhrase(p)
	if !ok || n.start > 3 {
		return false
	}
	for i := n.end; i < len(x); i++ {
		if p.tags[i] == verb || p.tags[i] == auxiliary || p.tags[i] == mark {
			return false
		}
	}
	return true
}

// become makes x what y says: an adjective, a noun, a doing, a place.
func (d *draft) become(x, y []token) bool {
	for len(y) > 1 && (y[0].lower == "be" || y[0].lower == "look" || y[0].lower == "like" || y[0].lower == "to" || y[0].lower == "become" || y[0].lower == "all") {
		y = y[1:]
	}
	what := d.resolve(x)
	switch {
	case len(y) == 1 && possible(d.p.lex, y[0].lower).gerund && what.found && d.animate(what.noun) && !d.p.isAdjectival(y):
		return d.act(x, y)
	case what.scene:
		return d.setScene(y)
	case what.whole && d.p.isMoment(y):
		return d.setTime(y)
	case d.p.isAdjectival(y):
		if what.whole {
			return d.setMood(y)
		}
		return d.setAdjectives(x, y)
	}
	p := parse(d.p.lex, y)
	switch first := p.tags[0]; {
	case first == preposition && len(y) > 1:
		if y[0].lower == "with" {
			return d.give(x, y[1:], "with")
		}
		if d.p.isMoment(y) {
			return d.setTime(y)
		}
		if what.whole {
			return d.setScene(y)
		}
		return d.placePhraseAfter(what, y)
	case first == gerund || y[0].lower == "doing":
		return d.act(x, y)
	case first == past || pastForm(y[0].lower, d.p.lex) || strings.HasSuffix(y[0].lower, "ut"):
		return d.placePhraseAfter(what, y)
	case first == verb && d.p.startsVerb(y):
		return d.act(x, y)
	case y[0].lower == "surrounded", y[0].lower == "made", y[0].lower == "covered", y[0].lower == "full":
		return d.placePhraseAfter(what, y)
	case len(p.nouns) > 0:
		if possible(d.p.lex, y[0].lower).past && len(y) > 2 && closed[y[1].lower] == preposition {
			return d.placePhraseAfter(what, y)
		}
		return d.swap(x, y)
	}
	return false
}

// placePhraseAfter writes words after what they describe: "made of glass", "on a
// table".
func (d *draft) placePhraseAfter(what referent, y []token) bool {
	p := d.caption.parse()
	d.widen(Shape)
	d.because("say " + phraseText(y))
	if !what.found {
		if what.head != "" && !what.whole {
			return d.addDoing(what.phrase, y)
		}
		end := d.tail(p)
		d.caption.splice(end, end, y)
		return true
	}
	at := d.after(p, what.np)
	d.attend(what.np.head)
	d.caption.splice(at, at, y)
	return true
}

// makeXY answers "make the bus red", "let the cat lick its nose", "make the donut
// a cupcake": x is what the front of the words names, y the rest.
func makeXY(d *draft, m match) bool {
	y := m["y"]
	x := m["x"]
	if !d.isReference(x) {
		return false
	}
	first := y[0].lower
	if first == "of" || first == "'s" || first == "and" || first == "," {
		return false
	}
	what := d.resolve(x)
	if first == "into" || first == "to" {
		return d.swap(x, y[1:])
	}
	if d.p.startsVerb(y) && !d.p.isAdjectival(y) {
		if !what.found && !what.whole && len(x) > 4 {
			return false
		}
		looks := first == "look" && (len(y) > 1 && closed[y[1].lower] == preposition && y[1].lower != "like" || len(y) > 1 && direction[y[1].lower])
		if !looks && (first == "be" || first == "look" || first == "become") {
			return d.become(x, y[1:])
		}
		return d.act(x, y)
	}
	switch {
	case d.p.isAdjectival(y):
		if what.whole {
			return d.setMood(y)
		}
		return (what.found || what.head != "" || what.scene) && d.setAdjectives(x, y)
	case closed[first] == determiner && first != "all":
		return d.become(x, y)
	case what.found || what.whole || what.scene:
		return d.become(x, y)
	}
	return false
}

func actXY(d *draft, m match) bool {
	if !d.isReference(m["x"]) {
		return false
	}
	if startsWith(m["y"], []string{"be"}) && len(m["y"]) > 1 {
		return d.become(m["x"], m["y"][1:])
	}
	return d.p.startsVerb(m["y"]) && d.act(m["x"], m["y"])
}

// openClose says the state that "open the door" leads to.
func openClose(d *draft, m match) bool {
	state := "closed"
	if d.said[0].lower == "open" {
		state = "open"
	}
	return d.setAdjectives(m["x"], tokenise(state))
}

func wearingXY(d *draft, m match) bool {
	return d.ownerKnown(m["x"]) && d.give(m["x"], m["y"], "wearing")
}

func havingXY(d *draft, m match) bool { return d.ownerKnown(m["x"]) && d.give(m["x"], m["y"], "with") }

func (d *draft) ownerKnown(x []token) bool {
	if !d.isReference(x) {
		return false
	}
	r := d.resolve(x)
	return r.found || r.whole
}

func statement(d *draft, m match) bool {
	if !d.isReference(m["x"]) {
		return false
	}
	r := d.resolve(m["x"])
	if !r.found && !r.whole {
		return false
	}
	return d.become(m["x"], m["y"])
}

// fragment answers words without a verb: "red", "a hat", "blue eyes", "aerial
// view".
func fragment(d *draft, m match) bool {
	x := m["x"]
	if len(x) > 12 {
		return false
	}
	p := parse(d.p.lex, x)
	switch {
	case oneOfThem(x) && len(x) > 1 && d.p.isAdjectival(d.p.bareAdjectives(x[:len(x)-1])):
		words := d.p.bareAdjectives(x[:len(x)-1])
		return d.replaceLast(words) || d.focusIndex() >= 0 && d.setAdjectives(tokenise("it"), words)
	case d.p.isStyle(x):
		return d.setStyle(x, d.correction)
	case d.correction && d.swapLastVerb(x):
		return true
	case d.p.isMoment(x):
		return d.setTime(x)
	case d.p.isAdjectival(x):
		return d.replaceLast(x) || d.describeSomething(x)
	case p.tags[0] == preposition && len(x) > 1:
		if name, ok := mainPhrase(p); ok && d.p.lex.Is(p.tokens[name.head].lower, lexicon.Place) && x[0].lower != "with" {
			return d.setScene(x)
		}
		end := d.tail(d.caption.parse())
		d.caption.splice(end, end, x)
		d.widen(Global)
		d.because("say " + phraseText(x))
		return true
	}
	if things := d.items(x); len(things) > 1 {
		return d.fragments(things)
	}
	name, ok := mainPhrase(p)
	if ok && name.start == 0 && name.end < len(x) && p.tags[name.end] == gerund { // "the cat sleeping"
		if r := d.resolve(x[:name.end]); r.found && d.likeness(p.tokens[name.head].lower, r.noun) > 9 {
			return d.act(x[:name.end], x[name.end:])
		}
	}
	if ok && name.start == 0 && name.end < len(x) && (p.tags[name.end] == preposition || placeWord[x[name.end].lower]) {
		switch relation := x[name.end].lower; {
		case relation == "with":
			if r := d.resolve(x[:name.end]); r.found && d.likeness(p.tokens[name.head].lower, r.noun) > 9 {
				return d.give(x[:name.end], x[name.end+1:], "with")
			}
			return d.p.knowsAll(p, x) && d.add(x, nil, "")
		case relation == "of":
			return d.p.knowsAll(p, x) && d.add(x, nil, "")
		}
		return d.p.knowsAll(p, x) && d.addOne(x[:name.end], x[name.end:], "")
	}
	if !ok || name.start > 0 || name.end < len(x) {
		// "her hair red"
		if ok && name.start == 0 && d.p.isAdjectival(x[name.end:]) {
			return d.setAdjectives(x[:name.end], x[name.end:])
		}
		return false
	}
	if r := d.resolve(x); r.found && d.p.lemma(r.noun) == d.p.lemma(p.tokens[name.head].lower) && name.head > name.start {
		return d.respecify(r, p, name)
	}
	if !d.p.knowsAll(p, x) {
		return false
	}
	if d.replaceLast(x) || d.correction && d.swapLast(x) {
		return true
	}
	return d.add(x, nil, "")
}

// describeSomething finds the noun for adjectives that were said alone. A colour is
// for what was edited last, or for the one thing that has a colour; else the
// bot asks.
func (d *draft) describeSomething(x []token) bool {
	words := d.p.bareAdjectives(x)
	if d.focusIndex() < 0 && lower(phraseText(words)) == "black and white" {
		return d.setStyle(words, false)
	}
	of := d.bearer(words)
	if len(of) > 1 || d.focusIndex() >= 0 || len(words) == 0 || !d.p.lex.IsColour(words[len(words)-1].lower) {
		return len(words) > 0 && d.setAdjectives(of, words)
	}
	p := d.caption.parse()
	var coloured, things []nounPhrase
	for _, n := range p.nouns {
		if d.colourOf(p, n) >= 0 {
			coloured = append(coloured, n)
		}
		if !d.p.lex.Is(p.tokens[n.head].lower, lexicon.Person) && n.owner < 0 {
			things = append(things, n)
		}
	}
	if len(coloured) == 1 {
		return d.modify(found(referent{}, p, coloured[0]), words)
	}
	if len(coloured) > 1 {
		things = coloured
	}
	if len(things) < 2 {
		return d.setAdjectives(of, words)
	}
	return d.ask(d.whichOf(referent{np: things[0], rivals: things[1:]}, words))
}

// fragments understands a list without a verb: "red hair and glasses".
func (d *draft) fragments(things [][]token) bool {
	for _, thing := range things {
		if !fragment(d, match{"x": thing}) {
			return false
		}
	}
	return true
}

// knowsAll tells whether every word is English: a fragment of unknown words
// is not understood rather than drawn.
func (p *Planner) knowsAll(q parsed, x []token) bool {
	for _, t := range x {
		if t.mark || closedWord(t.lower) {
			continue
		}
		if _, ok := p.lex.Lookup(p.lemma(t.lower)); !ok {
			if _, ok := p.lex.Lookup(t.lower); !ok && !strings.Contains(t.lower, "-") {
				return false
			}
		}
	}
	return true
}

// replaceLast puts words in the place of those that the turn before put in, if
// they are of the same sort: "no, brown".
func (d *draft) replaceLast(x []token) bool {
	last := d.lastWords()
	if len(last) == 0 {
		return false
	}
	p := d.caption.parse()
	words := d.p.bareAdjectives(x)
	if len(words) == 0 {
		return false
	}
	fresh := words[len(words)-1].lower
	for _, i := range last {
		if d.p.lex.SameScale(p.tokens[i].lower, fresh) || d.p.oneKind(p.tokens[i].lower, fresh) {
			d.caption.splice(i, i+1, words)
			d.because("in place of " + p.tokens[i].lower)
			d.widen(Appearance)
			return true
		}
	}
	return false
}
