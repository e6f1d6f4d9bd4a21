package dialogue

import (
	"fmt"
	"pentimento/dialogue/lexicon"
	"slices"
	"strings"
)

// add puts a thing, or a list of things, into the caption; place is what was said
// about where ("on the table"), lead the connective that was spoken ("wearing").
func (d *draft) add(thing, place []token, lead string) bool {
	thing = trimMarks(thing)
	if len(thing) == 0 {
		return false
	}
	done := false
	var left []string
	for _, item := range d.items(thing) {
		if d.addOne(item, place, lead) {
			done = true
		} else {
			left = append(left, fmt.Sprintf("%q was not understood", phraseText(item)))
		}
	}
	if done {
		d.undone = append(d.undone, left...)
	}
	return done
}

// items cuts "a hat, glasses and a beard" into its things.
func (d *draft) items(list []token) [][]token {
	var out [][]token
	start := 0
	cut := func(i int) {
		if item := trimMarks(list[start:i]); len(item) > 0 {
			out = append(out, item)
		}
		start = i + 1
	}
	p := parse(d.p.lex, list)
	for i, t := range list {
		if t.lower != "," && t.lower != "and" && t.lower != "&" {
			continue
		}
		inside := slices.ContainsFunc(p.nouns, func(n nounPhrase) bool { return n.start < i && i < n.head })
		if !inside {
			cut(i)
		}
	}
	cut(len(list))
	return out
}

func (d *draft) addOne(item, place []token, lead string) bool {
	thing := parse(d.p.lex, item)
	name, ok := mainPhrase(thing)
	if first := thing.tags[0]; !ok || name.start > 0 && (first == past || first == gerund) {
		return d.p.isAdjectival(item) && d.describeSomething(item) || d.addDescription(item)
	}
	head := thing.tokens[measured(thing, name)].lower
	switch {
	case place == nil && d.p.lex.IsColour(head) && classOf(item[0].lower) != determiner && d.p.isAdjectival(item):
		return d.replaceLast(item) || d.describeSomething(item)
	case place == nil && d.reviseOwn(thing, name):
		return true
	case place == nil && d.alreadyThere(thing, name):
		d.because(fmt.Sprintf("%s is there already", phraseText(item)))
		return true
	case place == nil && d.p.isStyle(item):
		return d.setStyle(item, false)
	case place == nil && d.p.isMoment(item):
		return d.setTime(item)
	}
	if head == "sky" && place == nil && name.head > name.start {
		return d.setTime(slices.Concat(tokenise("under"), d.withArticle(thing, name)))
	}
	item = d.withArticle(thing, name)
	d.because("add " + phraseText(item))
	if len(place) > 0 {
		return d.addAt(item, place, lead)
	}
	if lead == "" {
		lead = d.leadFor(head)
	}
	if d.attachable(head) {
		d.widen(Appearance)
		return d.attach(nil, item, lead)
	}
	d.widen(Shape)
	return d.attachScene(item, lead)
}

// reviseOwn describes anew what a person has only once: "with red hair" where her
// hair is blond.
func (d *draft) reviseOwn(thing parsed, name nounPhrase) bool {
	head := thing.tokens[name.head]
	if name.head == name.start && name.end == len(thing.tokens) || !d.attachable(head.lower) || thing.tokens[name.start].lower == "another" {
		return false
	}
	r := d.resolve([]token{head})
	if !r.found || d.p.lemma(r.noun) != d.p.lemma(head.lower) || d.alreadyThere(thing, name) {
		return false
	}
	return d.respecify(r, thing, name)
}

// measured is the index of the noun that a thing is about: the glasses of "a pair of
// glasses".
func measured(thing parsed, name nounPhrase) int {
	if measure.has(thing.tokens[name.head].lower) && name.end < len(thing.tokens) && thing.tokens[name.end].lower == "of" {
		if n, ok := phraseAt(thing, name.end+1); ok {
			return n.head
		}
	}
	return name.head
}

const measure wordList = "pair kind sort type set piece bunch lot couple"

// leadFor is the connective for a thing that was added without one: clothes join
// what the caption's person is wearing already.
func (d *draft) leadFor(head string) string {
	if d.p.lex.Is(head, lexicon.Garment) && slices.ContainsFunc(d.caption.tokens(), func(t token) bool { return t.lower == "wearing" }) {
		return "wearing"
	}
	return "with"
}

// attachable tells whether a thing goes with a person: what one wears or has.
func (d *draft) attachable(head string) bool {
	if _, ok := d.person(d.caption.parse()); !ok {
		return false
	}
	lex := d.p.lex
	return lex.Is(head, lexicon.Garment) || lex.CanBe(head, lexicon.BodyPart) || lex.CanBe(head, lexicon.Garment) || lex.CanBe(head, lexicon.Expression) || head == "freckles" || head == "makeup" || head == "tattoo"
}

// withArticle gives a thing the article that a caption would have.
func (d *draft) withArticle(thing parsed, name nounPhrase) []token {
	tokens := thing.tokens
	switch first := tokens[name.start].lower; {
	case name.start > 0:
		return tokens
	case first == "the" && onlyOne.has(tokens[name.head].lower):
		return tokens
	case first == "the" || first == "some" || first == "more" || first == "another":
		tokens = tokens[1:]
		name.head--
		if len(tokens) == 0 {
			return thing.tokens
		}
	case thing.tags[name.start] == determiner || thing.tags[name.start] == number || thing.tags[name.start] == possessive:
		return tokens
	}
	head := tokens[max(0, name.head)].lower
	if d.p.massNoun(head) || startsUpper(tokens[max(0, name.head)].text) {
		return tokens
	}
	return slices.Concat(tokenise(article(tokens[0].lower)), tokens)
}

// onlyOne are things of which the world has one.
const onlyOne wordList = "moon sun sky sea ocean"

// alreadyThere tells whether the caption names the thing with all its adjectives.
func (d *draft) alreadyThere(thing parsed, name nounPhrase) bool {
	p := d.caption.parse()
	if first := thing.tokens[name.start].lower; first == "another" || first == "more" {
		return false
	}
	for _, n := range p.nouns {
		if d.p.lemma(p.tokens[n.head].lower) != d.p.lemma(thing.tokens[name.head].lower) {
			continue
		}
		all := true
		for i := name.start; i < name.head; i++ {
			same := func(t token) bool { return d.p.lemma(t.lower) == d.p.lemma(thing.tokens[i].lower) }
			all = all && (thing.tags[i] == determiner || slices.ContainsFunc(p.tokens[n.start:n.head], same))
		}
		if all && name.end == len(thing.tokens) {
			return true
		}
	}
	return false
}

// attach adds to what the caption says of its person (or of owner): to the list
// after "with" or "wearing", else as a new one.
func (d *draft) attach(owner *nounPhrase, item []token, lead string) bool {
	p := d.caption.parse()
	n, ok := d.person(p)
	if owner != nil {
		n, ok = *owner, true
	}
	if !ok {
		return d.attachScene(item, lead)
	}
	at := d.after(p, n)
	lists := d.lists(p, at)
	if owner == nil && len(lists) == 0 && lead == "with" {
		lists = d.farLists(p, at)
	}
	if l, ok := d.fitting(p, lists, item, lead); ok {
		d.extend(p, l, item)
		return true
	}
	if lead == "wearing" && len(lists) > 0 {
		at = lists[len(lists)-1].end
	}
	d.caption.splice(at, at, slices.Concat(tokenise(lead), item))
	d.caption.attend(at + len(item))
	return true
}

// attachScene adds to the scene: to its list, else at the end, before what
// ends a caption (time, style, a full stop).
func (d *draft) attachScene(item []token, lead string) bool {
	p := d.caption.parse()
	end := d.tail(p)
	for i := range p.tokens[:end] {
		if p.tokens[i].lower != lead {
			continue
		}
		if ls := d.lists(p, i); len(ls) > 0 && ls[len(ls)-1].end == end {
			d.extend(p, ls[len(ls)-1], item)
			return true
		}
	}
	d.caption.splice(end, end, slices.Concat(tokenise(lead), item))
	d.caption.attend(end + len(item))
	return true
}

// addAt adds a thing at a place. If the caption names the place's noun, the
// thing goes beside it without naming it twice: "add a doll on the bench" makes
// "a doll on the bench under a tree"; else the place is said as spoken.
func (d *draft) addAt(item, place []token, lead string) bool {
	if lead == "" {
		lead = d.leadFor(item[len(item)-1].lower)
	}
	relation, ground := splitPlace(place)
	d.widen(Shape)
	if len(ground) == 0 {
		return d.attachScene(slices.Concat(item, place), lead)
	}
	where := d.resolve(ground)
	if where.found && (d.p.lex.Is(where.head, lexicon.Person) || d.p.lex.Is(where.head, lexicon.Animal)) && (relation == "on" || relation == "onto" || relation == "to") {
		d.preset = Appearance
		return d.attach(&where.np, item, lead)
	}
	if !where.found {
		return d.attachScene(slices.Concat(item, place), lead)
	}
	p := d.caption.parse()
	n := wholePhrase(p, where.np)
	symmetric := besides(relation)
	switch {
	case n.start > 0 && p.tags[n.start-1] == preposition && !symmetric:
		// "a sandwich on a plate": the new thing joins what is there already.
		it := " it"
		if d.p.lex.IsPlural(p.tokens[n.head].lower) {
			it = " them"
		}
		d.caption.splice(n.end, n.end, slices.Concat(tokenise("with"), item, tokenise(relation+it)))
		d.caption.attend(n.end + len(item))
	case symmetric && n.start > 0:
		d.caption.splice(n.end, n.end, slices.Concat(tokenise(relation), item))
		d.caption.attend(n.end + len(item))
	case n.start == 0 && symmetric && d.finite(p, n.end):
		d.caption.splice(n.end, n.end, slices.Concat(tokenise(relation), item))
		d.caption.attend(n.end + len(item))
	case n.start == 0 && d.finite(p, n.end):
		return d.attachScene(slices.Concat(item, tokenise(relation+" it")), lead)
	case n.start == 0 && d.p.lex.Is(where.noun, lexicon.Person):
		return d.attachScene(slices.Concat(item, place), lead) // people stay what the caption is about
	default:
		d.caption.splice(n.start, n.start, slices.Concat(item, tokenise(relation)))
		d.caption.attend(n.start + len(item) - 1)
	}
	return true
}

// finite tells whether a verb that agrees with its subject stands at i, so that the
// subject must stay where it is.
func (d *draft) finite(p parsed, i int) bool {
	return i < len(p.tags) && (p.tags[i] == verb || p.tags[i] == auxiliary)
}

// splitPlace cuts "on top of the camel" into the preposition and the noun
// phrase.
func splitPlace(place []token) (relation string, ground []token) {
	n := 0
	for n < len(place) && (classOf(place[n].lower) == preposition || placeWord.has(place[n].lower) || n > 0 && place[n].lower == "the" && n+1 < len(place) && placeWord.has(place[n+1].lower)) {
		n++
	}
	return lower(phraseText(place[:n])), place[n:]
}

// besides tells whether a preposition says that two things are side by side.
func besides(relation string) bool {
	switch relation {
	case "next to", "beside", "near", "by", "close to", "alongside":
		return true
	}
	return false
}

const placeWord wordList = "next close front top middle center centre side left right"

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

func addTo(d *draft, m match) bool {
	if d.p.isStyle(m["y"]) || d.p.isMoment(m["y"]) {
		return d.add(m["y"], nil, "")
	}
	if placeWord.has(m["y"][len(m["y"])-1].lower) {
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
	if r := d.resolve(y); r.found && len(y) > 0 && (y[0].lower == "the" || pronouns.has(y[0].lower)) {
		return false
	}
	thing := parse(d.p.lex, y)
	if name, ok := mainPhrase(thing); !ok || name.end < len(y)-6 {
		return false
	}
	if _, _, ok := d.subjectAndVerb(y); ok {
		return false // "have the zebra look at the camera"
	}
	if can := possible(d.p.lex, y[len(y)-1].lower); len(y) > 2 && can.verb > max(can.noun, 0) && !can.gerund && !can.past {
		return false // "have a gorilla sit at the table"
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

func addY(d *draft, m match) bool { return d.add(m["y"], nil, "") }

func giveXY(d *draft, m match) bool {
	give := func(x, y []token) bool {
		what := d.resolve(x)
		if !what.found && !what.whole || !d.startsThing(y) {
			return false
		}
		return d.give(x, y, "with")
	}
	z := m["z"]
	if len(z) > 1 && pronouns.has(z[0].lower) && give(z[:1], z[1:]) {
		return true // "give her red hair": not "her red hair"
	}
	return d.splits(z, give)
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

// describe adds words that are no thing: "add surrounded by fans".
func (d *draft) addDescription(item []token) bool {
	p := parse(d.p.lex, item)
	if len(item) == 0 {
		return false
	}
	switch p.tags[0] {
	case preposition, past, gerund:
		end := d.tail(d.caption.parse())
		lead := []token{}
		if p.tags[0] != preposition {
			lead = tokenise(",")
		}
		d.caption.splice(end, end, append(lead, item...))
		d.because("add " + strings.TrimSpace(phraseText(item)))
		d.widen(Shape)
		return true
	}
	return false
}

// tail is where the last part of a caption begins that additions go before.
func (d *draft) tail(p parsed) int {
	end := len(p.tokens)
	for end > 0 && p.tags[end-1] == mark {
		end--
	}
	if m, ok := d.moment(p); ok && m.end == end && m.start > 0 {
		return m.start
	}
	if i := slices.IndexFunc(p.tokens[:end], func(t token) bool { return t.lower == "," }); i > 0 && d.p.isStyle(p.tokens[i+1:end]) {
		return i
	}
	return end
}
