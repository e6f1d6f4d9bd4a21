package dialogue

import (
	"pentimento/dialogue/lexicon"
	"slices"
	"strings"
)

// transform changes the picture as a whole: "turn it into a watercolour", "make
// it night", "make it a cat".
func (d *draft) transform(to []token) bool {
	switch {
	case len(to) == 1 && placeAdverb.has(to[0].lower):
		return d.setScene(to)
	case d.p.isStyle(to):
		return d.setStyle(to, true)
	case d.p.isMoment(to):
		return d.setTime(to)
	case d.p.isAdjectival(to):
		return d.setMood(to)
	}
	thing := parse(d.p.lex, to)
	name, ok := mainPhrase(thing)
	if !ok {
		return d.addDescription(to)
	}
	head := thing.tokens[name.head].lower
	if d.p.lex.IsColour(head) && len(to) == 1 {
		return d.setMood(to)
	}
	p := d.caption.parse()
	what, ok := d.subject(p)
	if !ok {
		return false
	}
	for _, n := range p.nouns { // "make it a black sheep" where there is a sheep
		if d.likeness(head, p.tokens[n.head].lower) > 9 && name.head > name.start {
			return d.respecify(found(referent{phrase: to}, p, n), thing, name)
		}
	}
	// A thing takes the place of a thing of its own sort, and a place that of a
	// place.
	for _, kind := range []lexicon.Kind{lexicon.Animal, lexicon.Person, lexicon.Place, lexicon.Vehicle} {
		if !d.p.lex.Is(head, kind) {
			continue
		}
		for _, n := range p.nouns {
			if d.p.lex.Is(p.tokens[n.head].lower, kind) {
				d.putInPlace(found(referent{}, p, n), thing, name)
				d.widen(Shape)
				d.because("it becomes " + phraseText(to))
				return true
			}
		}
		if kind == lexicon.Place {
			return d.setScene(to)
		}
	}
	d.putInPlace(found(referent{}, p, what), thing, name)
	d.widen(Shape)
	d.because("it becomes " + phraseText(to))
	return true
}

// subject is what the caption is about: its first noun phrase, inside "a
// picture of …".
func (d *draft) subject(p parsed) (nounPhrase, bool) {
	for i, n := range p.nouns {
		about := n.end < len(p.tokens) && p.tokens[n.end].lower == "of" && d.p.lex.Is(p.tokens[n.head].lower, lexicon.Picture)
		if !about || i+1 == len(p.nouns) {
			return wholePhrase(p, n), true
		}
	}
	return nounPhrase{}, false
}

// setMood gives adjectives to the picture as a whole: weather and season where
// they are such ("make it snowy"), else to what was edited last or to the
// subject.
func (d *draft) setMood(adjectives []token) bool {
	adjectives = d.p.bareAdjectives(adjectives)
	if len(adjectives) == 0 {
		return false
	}
	last := adjectives[len(adjectives)-1].lower
	switch {
	case placeAdverb.has(last):
		return d.setScene(adjectives)
	case d.p.isStyle(adjectives):
		return d.setStyle(adjectives, true)
	case weatherWord.has(last):
		return d.setTime(adjectives)
	}
	if bearer := d.bearer(adjectives); len(bearer) > 1 {
		return d.setAdjectives(bearer, adjectives)
	}
	p := d.caption.parse()
	if i := d.caption.focusIndex(); i >= 0 {
		for _, n := range p.nouns {
			if n.head == i {
				return d.modify(found(referent{}, p, n), adjectives)
			}
		}
	}
	if lower(phraseText(adjectives)) == "black and white" || lookWord.has(last) {
		return d.setStyle(adjectives, false)
	}
	n, ok := d.subject(p)
	if !ok {
		return false
	}
	return d.modify(found(referent{}, p, n), adjectives)
}

// placeAdverb are places that take no preposition.
const placeAdverb wordList = "underwater indoors outdoors inside outside upstairs downstairs underground offshore"

// lookWord are adjectives that say how a picture looks and not what is in it.
const lookWord wordList = "colorful colourful vibrant moody dramatic dreamy magical spooky romantic monochrome ethereal whimsical gritty grainy saturated desaturated sharp detailed atmospheric"

// setScene changes where the picture is set. A place phrase of the caption gets
// the new place, its preposition chosen for it; without one the place is
// added at the end.
func (d *draft) setScene(to []token) bool {
	to = trimMarks(to)
	if len(to) == 0 {
		return false
	}
	if d.p.isAdjectival(to) && !placeAdverb.has(to[len(to)-1].lower) {
		return d.setBackground(to)
	}
	if d.p.isMoment(to) && !d.p.lex.Is(to[len(to)-1].lower, lexicon.Place) {
		return d.setTime(to)
	}
	d.wholeScene = true
	d.widen(Shape)
	d.because("the scene becomes " + phraseText(to))
	given, ground := splitPlace(to)
	p := d.caption.parse()
	thing := parse(d.p.lex, ground)
	name, ok := mainPhrase(thing)
	if !ok || placeAdverb.has(to[len(to)-1].lower) {
		if len(to) == 1 { // "indoors"
			from, end := d.placePhrase(p)
			d.caption.splice(from, end, to)
			return true
		}
		return false
	}
	if given == "" {
		ground = d.withArticle(thing, name)
	}
	from, end := d.placePhrase(p)
	relation := given
	if relation == "" {
		relation = d.placePreposition(p, from, end, thing.tokens[name.head].lower, thing.tokens)
	}
	d.caption.splice(from, end, slices.Concat(tokenise(relation), ground))
	d.caption.attend(from + len(tokenise(relation)) + len(ground) - 1)
	return true
}

// placePhrase is where the caption says where it is set: the last "in", "on",
// "at" phrase of its main part that names a place or something to stand on;
// empty, before the tail, if it says nothing.
func (d *draft) placePhrase(p parsed) (from, to int) {
	best, rank := -1, 0
	for i, n := range p.nouns {
		start := n.start
		if start == 0 || p.tags[start-1] != preposition {
			continue
		}
		relation := p.tokens[start-1].lower
		if r := d.placeRank(p, n, relation); r >= rank && r > 3 {
			best, rank = i, r
		}
	}
	if best < 0 {
		end := d.tail(p)
		return end, end
	}
	n := p.nouns[best]
	from = n.start - 1
	for from > 0 && (p.tags[from-1] == preposition || placeWord.has(p.tokens[from-1].lower)) {
		from--
	}
	_, to = d.extent(p, n)
	if to+2 < len(p.tokens)+1 && phraseText(p.tokens[to:min(to+3, len(p.tokens))]) == "in the background" {
		to += 3
	}
	return from, to
}

func (d *draft) placeRank(p parsed, n nounPhrase, relation string) int {
	head := p.tokens[n.head].lower
	lex := d.p.lex
	if placeWord.has(head) && n.end < len(p.tokens) && p.tokens[n.end].lower == "of" {
		return 0 // "on top of"
	}
	if lex.Is(head, lexicon.Garment) || lex.Is(head, lexicon.BodyPart) || lex.Is(head, lexicon.Time) || lex.Is(head, lexicon.Person) {
		return 0
	}
	if n.end+2 < len(p.tokens) && p.tokens[n.end].lower == "in" && p.tokens[n.end+2].lower == "background" {
		return 9
	}
	score := 0
	switch relation {
	case "in", "at", "on":
		score = 3
	case "through", "across", "along", "over", "into", "inside", "against", "down", "under", "near", "by", "of":
		score = 1
	default:
		return 0
	}
	if relation == "of" {
		if n.start > 1 && p.tokens[n.start-2].lower == "front" {
			return 6
		}
		return 0
	}
	switch {
	case head == "background":
		return 10
	case lex.Is(head, lexicon.Place), lex.Is(head, lexicon.Building):
		score += 4
	case lex.CanBe(head, lexicon.Place):
		score += 2
	case lex.Is(head, lexicon.Vehicle):
		return 0
	case len(lex.Senses(head)) == 0:
		score++
	case relation == "on" && d.tail(p) == n.end:
		score++
	}
	return score
}

// placePreposition chooses the preposition for a new place: the caption's own
// where it may stand before any place, else the one that the place takes.
func (d *draft) placePreposition(p parsed, from, to int, head string, ground []token) string {
	if from < to {
		switch own := lower(phraseText(p.tokens[from:min(from+1, to)])); own {
		case "at", "over", "down", "up", "along", "across", "through":
			return own
		case "in":
			if lower(phraseText(p.tokens[from:min(from+3, to)])) == "in front of" {
				return "in front of"
			}
		}
	}
	lex := d.p.lex
	switch {
	case behind.has(head):
		return "in front of"
	case onIt.has(head):
		return "on"
	case lex.CanBe(head, lexicon.Place) || lex.Is(head, lexicon.Building) || startsUpper(ground[len(ground)-1].text):
		return "in"
	case lex.Is(head, lexicon.Plant), lex.Is(head, lexicon.Artifact):
		return "in front of"
	}
	return "in"
}

// behind are backgrounds that one stands before and not in; onIt those that one
// stands on.
const behind wordList = "skyline horizon wall curtain fireplace waterfall fireworks bookshelf window"

const onIt wordList = "beach moon mars street road stage mountain mountains hill hills island planet surface rooftop roof shore bridge table grass ground rock cliff boat ship train platform rink court lawn jupiter venus runway racetrack track trail path floor mudslide carpet rug"

// setBackground gives the background adjectives: "on a blue background".
func (d *draft) setBackground(adjectives []token) bool {
	adjectives = d.p.bareAdjectives(adjectives)
	if len(adjectives) == 0 {
		return false
	}
	p := d.caption.parse()
	for _, n := range p.nouns {
		if wordsForScene.has(p.tokens[n.head].lower) {
			return d.modify(found(referent{}, p, n), adjectives)
		}
	}
	if weatherWord.has(adjectives[len(adjectives)-1].lower) {
		return d.setTime(adjectives)
	}
	end := d.tail(p)
	ground := slices.Concat(tokenise("on "+article(adjectives[0].lower)), adjectives, tokenise("background"))
	d.caption.splice(end, end, ground)
	d.caption.attend(end + len(ground) - 1)
	d.widen(Appearance)
	d.because("the background becomes " + phraseText(adjectives))
	return true
}

func sceneTo(d *draft, m match) bool { return d.setScene(m["y"]) }

func backgroundOnly(d *draft, m match) bool {
	return len(m["y"]) < 5 && d.p.isAdjectival(m["y"]) && d.setBackground(m["y"])
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
