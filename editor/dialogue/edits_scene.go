package dialogue

import (
	"slices"
	"strings"

	"pentimento/editor/dialogue/lexicon"
)

// transform changes the picture as a whole: "turn it into a watercolour", "make
// it night", "make it a cat".
func (d *draft) transform(to []token) bool {
	switch {
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
				d.wholeScene = kind == lexicon.Place
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
	case d.p.isStyle(adjectives):
		return d.setStyle(adjectives, true)
	case weatherWord[last]:
		return d.setTime(adjectives)
	}
	if bearer := d.bearer(adjectives); len(bearer) > 1 {
		return d.setAdjectives(bearer, adjectives)
	}
	p := d.caption.parse()
	if i := d.focusIndex(); i >= 0 {
		for _, n := range p.nouns {
			if n.head == i {
				return d.modify(found(referent{}, p, n), adjectives)
			}
		}
	}
	if lower(phraseText(adjectives)) == "black and white" || lookWord[last] {
		return d.setStyle(adjectives, false)
	}
	n, ok := d.subject(p)
	if !ok {
		return false
	}
	return d.modify(found(referent{}, p, n), adjectives)
}

// lookWord are adjectives that say how a picture looks and not what is in it.
var lookWord = set("colorful colourful vibrant moody dramatic dreamy magical spooky romantic monochrome ethereal whimsical gritty grainy saturated desaturated sharp detailed atmospheric")

// setScene changes where the picture is set. A place phrase of the caption gets
// the new place, its preposition chosen for it; without one the place is
// added at the end.
func (d *draft) setScene(to []token) bool {
	to = trimMarks(to)
	if len(to) == 0 {
		return false
	}
	if d.p.isAdjectival(to) {
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
	if !ok {
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
	d.attend(from + len(tokenise(relation)) + len(ground) - 1)
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
	from, to = n.start-1, n.end
	for from > 0 && (p.tags[from-1] == preposition || placeWord[p.tokens[from-1].lower]) {
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
	if placeWord[head] && n.end < len(p.tokens) && p.tokens[n.end].lower == "of" {
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
		case "at":
			return own
		case "in":
			if lower(phraseText(p.tokens[from:min(from+3, to)])) == "in front of" {
				return "in front of"
			}
		}
	}
	lex := d.p.lex
	switch {
	case onIt[head]:
		return "on"
	case lex.CanBe(head, lexicon.Place) || lex.Is(head, lexicon.Building) || startsUpper(ground[len(ground)-1].text):
		return "in"
	case lex.Is(head, lexicon.Plant), lex.Is(head, lexicon.Artifact):
		return "in front of"
	}
	return "in"
}

var onIt = set("beach moon mars street road stage mountain mountains hill hills island planet surface rooftop roof shore bridge table grass ground rock cliff boat ship train platform rink court lawn jupiter venus runway racetrack track trail path floor mudslide carpet rug")

// setBackground gives the background adjectives: "on a blue background".
func (d *draft) setBackground(adjectives []token) bool {
	adjectives = d.p.bareAdjectives(adjectives)
	if len(adjectives) == 0 {
		return false
	}
	p := d.caption.parse()
	for _, n := range p.nouns {
		if wordsForScene[p.tokens[n.head].lower] {
			return d.modify(found(referent{}, p, n), adjectives)
		}
	}
	if weatherWord[adjectives[len(adjectives)-1].lower] {
		return d.setTime(adjectives)
	}
	end := d.tail(p)
	ground := slices.Concat(tokenise("on "+article(adjectives[0].lower)), adjectives, tokenise("background"))
	d.caption.splice(end, end, ground)
	d.attend(end + len(ground) - 1)
	d.widen(Appearance)
	d.because("the background becomes " + phraseText(adjectives))
	return true
}

// setStyle says how the picture is made. A medium goes before the caption ("an
// oil painting of …"), other styles after it (", vintage style").
func (d *draft) setStyle(style []token, prefix bool) bool {
	style = trimMarks(style)
	style, named := stripStyleWord(style)
	if len(style) == 0 {
		return false
	}
	d.widen(Global)
	d.because("the style becomes " + phraseText(style))
	p := d.caption.parse()
	if n := len(p.nouns); n > 0 && prefix {
		first := p.nouns[0]
		if first.start == 0 && first.end < len(p.tokens) && p.tokens[first.end].lower == "of" && d.p.lex.CanBe(p.tokens[first.head].lower, lexicon.Picture) && d.p.isMedium(style[len(style)-1].lower) {
			thing := parse(d.p.lex, style)
			if name, ok := mainPhrase(thing); ok {
				d.caption.splice(first.start, first.end, d.withArticle(thing, name))
				return true
			}
		}
	}
	if prefix && d.p.isMedium(style[len(style)-1].lower) {
		thing := parse(d.p.lex, style)
		if name, ok := mainPhrase(thing); ok {
			d.caption.seen = nil
			if w := d.caption.words; len(w) > 0 && closedWord(w[0].lower) {
				w[0].text = w[0].lower
			}
			lead := d.withArticle(thing, name)
			if w := d.caption.words; len(w) > 0 && startsUpper(w[0].text) {
				lead = slices.Clone(lead)
				lead[0].text = upperFirst(lead[0].text)
			}
			d.caption.splice(0, 0, slices.Concat(lead, tokenise("of")))
			return true
		}
	}
	end := len(p.tokens)
	for end > 0 && p.tags[end-1] == mark {
		end--
	}
	words := slices.Concat(tokenise(","), style)
	if named {
		words = append(words, tokenise("style")...)
	}
	d.caption.splice(end, end, words)
	return true
}

// stripStyleWord drops the article and a word for style; named tells that a
// word for style is needed to make sense of what is left.
func stripStyleWord(style []token) (rest []token, named bool) {
	for len(style) > 1 && (style[0].lower == "a" || style[0].lower == "an" || style[0].lower == "the" || style[0].lower == "some") {
		style = style[1:]
	}
	last := style[len(style)-1].lower
	if len(style) > 1 && wordsForStyle[last] {
		return style[:len(style)-1], last == "style"
	}
	return style, false
}

var wordsForStyle = set("style effect filter styling look aesthetic theme version")

// isStyle tells whether a phrase is about how the picture is made.
func (p *Planner) isStyle(phrase []token) bool {
	if len(phrase) == 0 {
		return false
	}
	for _, t := range phrase {
		if t.lower == "of" || t.lower == "on" && len(phrase) > 3 {
			break
		}
	}
	last := phrase[len(phrase)-1].lower
	if wordsForStyle[last] || last == "tone" || last == "lighting" || last == "palette" || last == "grayscale" || last == "greyscale" || last == "sepia" {
		return true
	}
	text := lower(phraseText(phrase))
	if strings.HasPrefix(text, "in the style of") || strings.HasSuffix(text, "view") && len(phrase) < 4 {
		return true
	}
	for _, t := range phrase {
		if t.lower == "with" || t.lower == "holding" {
			return false
		}
	}
	return p.isMedium(last) || styleWord[last]
}

var styleWord = set("vintage retro cyberpunk steampunk photorealistic realistic abstract minimalist surreal cinematic noir cartoonish cartoony painterly pixelated silhouette monochrome claymation origami pointillism impressionism impressionist expressionism cubism cubist anime manga neon 3d 2d baroque gothic futuristic hdr 8-bit high-contrast grayscale sepia bokeh lowpoly")

// isMedium tells whether a noun names a kind of picture.
func (p *Planner) isMedium(w string) bool {
	switch w {
	case "cartoon", "anime", "comic", "manga", "silhouette", "animation", "window", "tapestry", "pixel", "illustration", "render", "rendering", "crayon", "ink", "pastel", "graffiti", "mosaic", "watercolour", "drawing", "book", "claymation":
		return w != "window" && w != "pixel" && w != "book" && w != "ink" && w != "pastel"
	}
	return p.lex.Is(w, lexicon.Picture)
}
