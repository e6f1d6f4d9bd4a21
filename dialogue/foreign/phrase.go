package foreign

import (
	"slices"
	"strings"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// An item is a word of a phrase, or several that mean one thing, in English.
type item struct {
	entry
	// forms are the words themselves.
	forms english.Words
}

// items reads words one after the other, the longest form first. unknown is the
// first word that the language does not have.
func (l *Language) items(words english.Words) (out []item, unknown string) {
	for i := 0; i < len(words); {
		n, e := l.longestAt(words[i:], out)
		if n == 0 {
			return out, words[i].Text
		}
		out = append(out, item{e, words[i : i+n]})
		i += n
	}
	return out, ""
}

// longestAt finds the longest form that words begin with.
func (l *Language) longestAt(words english.Words, before []item) (int, entry) {
	if words[0].Mark {
		return 1, entry{english: words[0].Text, class: joint}
	}
	for n := min(l.longest, len(words)); n > 0; n-- {
		form := spaced(words[:n])
		if e, ok := l.genitives[form]; ok {
			if len(before) > 0 && names(before[len(before)-1].class) {
				if e.english == "of" {
					e.class = preposition
				}
				return n, e
			}
			if _, ok := l.words[form]; !ok { // "de la neige", some snow
				return n, entry{english: "", class: genitive}
			}
		}
		if e, ok := l.words[form]; ok {
			return n, e
		}
	}
	if n, ok := number(words[0].Lower); ok {
		return 1, entry{english: n, class: quantity}
	}
	return 0, entry{}
}

// names tells whether a word of a class may end a noun phrase.
func names(c class) bool { return c == noun || c == adjective || c == tail }

// spaced joins words with spaces.
func spaced(words english.Words) string {
	var b strings.Builder
	for i, t := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.Lower)
	}
	return b.String()
}

// number is a word of digits.
func number(word string) (string, bool) {
	return word, word != "" && strings.Trim(word, "0123456789") == ""
}

// A part of a phrase is a noun with what belongs to it, or a word between nouns.
type part struct {
	determiner string
	// before are the adjectives, head the noun, after what follows it.
	before []string
	head   string
	after  []string
	class  class
}

// phrase puts words into English: each noun with its adjectives before it.
// unknown is the first word that was not understood.
func (l *Language) phrase(words english.Words) (text, unknown string) {
	items, unknown := l.items(words)
	if unknown != "" {
		return "", unknown
	}
	parts := l.parts(items)
	if !sound(parts) {
		return "", words[0].Text
	}
	return l.write(parts), ""
}

// sound tells whether each preposition and each article has something after it. "The
// red" gets its noun.
func sound(parts []part) bool {
	for i := range parts {
		next := noun
		switch {
		case i+1 < len(parts):
			next = parts[i+1].class
		case parts[i].class == preposition, parts[i].class == article, parts[i].class == definite && strings.HasPrefix(parts[i].head, "the"):
			return false
		}
		switch parts[i].class {
		case preposition:
			if next != noun && next != pronoun && next != quantity && next != definite {
				return false
			}
		case article, definite:
			if next != adjective && i+1 < len(parts) {
				return false
			}
			if parts[i].head == "the" && i+2 == len(parts) {
				parts[i+1].head += " one"
			}
		}
	}
	return true
}

// parts gathers items into noun phrases.
func (l *Language) parts(items []item) []part {
	var out []part
	for i := 0; i < len(items); {
		p, n := l.nounPhrase(items[i:])
		if n == 0 {
			p, n = l.word(items, i)
		}
		out = append(out, p)
		i += n
	}
	return out
}

// word is an item that no noun takes with it.
func (l *Language) word(items []item, i int) (part, int) {
	x := items[i]
	p := part{head: x.english, class: x.class}
	switch {
	case x.comparative && x.class == adjective:
		p.head = comparativeOf(x.english)
	case x.class == degree && x.english == "a bit" && i+1 < len(items) && items[i+1].class == noun: // "etwas Schnee"
		p.head = ""
	case x.class == tail && i == 0: // "roux", alone
		p.head = colourOf(x.english)
	}
	if x.class == degree && x.english == "more" && i+1 < len(items) && items[i+1].class == adjective {
		p.head = comparativeOf(items[i+1].english)
		return p, 2
	}
	return p, 1
}

// nounPhrase reads a noun phrase that items begin with; n is 0 where they begin with
// none.
func (l *Language) nounPhrase(items []item) (p part, n int) {
	p.class = noun
	switch items[0].class {
	case article, definite, quantity, genitive:
		p.determiner, n = items[0].english, 1
	}
	if p.determiner == "the" && len(items) > 1 && items[1].class == quantity { // "the two"
		p.determiner, n = "the "+items[1].english, 2
	}
	for n < len(items) {
		before, took := l.adjectives(items[n:])
		if took == 0 {
			break
		}
		p.before = append(p.before, before...)
		n += took
	}
	var tails []item // "eine rothaarige Frau"
	for n < len(items) && items[n].class == tail {
		tails = append(tails, items[n])
		n++
	}
	if n == len(items) || items[n].class != noun {
		return part{}, 0
	}
	p.head = items[n].english
	n++
	for _, x := range tails {
		p.addTail(x.english)
	}
	for n < len(items) && items[n].class == tail {
		p.addTail(items[n].english)
		n++
	}
	if l.nounFirst {
		for n < len(items) {
			if items[n].class == tail {
				p.addTail(items[n].english)
				n++
				continue
			}
			after, took := l.adjectivesAfter(items[n:], p.head)
			if took == 0 {
				break
			}
			p.before = append(p.before, after...)
			n += took
		}
	}
	p.before = l.unjoined(p.before)
	return p, n
}

// unjoined drops what joins adjectives before a noun, but for colours: "long curly
// hair", and "a black and white cat".
func (l *Language) unjoined(adjectives []string) []string {
	var out []string
	for i, a := range adjectives {
		joins := a == "and" || a == ","
		if joins && i > 0 && i+1 < len(adjectives) && !(l.en.IsColour(adjectives[i-1]) && l.en.IsColour(adjectives[i+1])) {
			continue
		}
		out = append(out, a)
	}
	return out
}

// addTail adds what stands after the noun in English: "with red hair"; of hair
// itself it is the colour.
func (p *part) addTail(text string) {
	if (p.head == "hair" || p.head == "curls") && strings.HasSuffix(text, " hair") {
		p.before = append(p.before, colourOf(text))
		return
	}
	p.after = append(p.after, text)
}

// colourOf is the colour in "with red hair".
func colourOf(text string) string {
	return strings.TrimSuffix(strings.TrimPrefix(text, "with "), " hair")
}

// adjectives reads an adjective before its noun, with its degree and the joint
// before the next: "very long and".
func (l *Language) adjectives(items []item) (out []string, n int) {
	i := 0
	if items[0].class == degree && len(items) > 1 {
		i = 1
	}
	x := items[i]
	if x.class != adjective {
		return nil, 0
	}
	out, n = l.graded(items[:i], x.english), i+1
	if n+1 < len(items) && items[n].class == joint && items[n+1].class == adjective && leadsToNoun(items[n+1:]) {
		return append(out, items[n].english), n + 1
	}
	return out, n
}

// leadsToNoun tells whether adjectives are followed by a noun.
func leadsToNoun(items []item) bool {
	for _, x := range items {
		if x.class == noun {
			return true
		}
		if x.class != adjective && x.class != joint && x.class != degree {
			return false
		}
	}
	return false
}

// adjectivesAfter reads an adjective after its noun, with the joint before it:
// "et bouclés", "plus longs".
func (l *Language) adjectivesAfter(items []item, head string) (out []string, n int) {
	i := 0
	if items[0].class == joint && items[0].english != "or" {
		i = 1
	}
	joined := items[:i]
	if i < len(items) && items[i].class == degree {
		i++
	}
	if i < len(items) && head == "hair" && i > 0 && items[i].class == tail { // "courts et roux"
		return []string{colourOf(items[i].english)}, i + 1
	}
	if i == len(items) || items[i].class != adjective {
		return nil, 0
	}
	if i+1 < len(items) && items[i+1].class == noun { // "une maison et petit chat": it belongs there
		return nil, 0
	}
	for _, x := range joined {
		out = append(out, x.english)
	}
	return append(out, l.graded(items[len(joined):i], items[i].english)...), i + 1
}

// graded is an adjective with its degree.
func (l *Language) graded(degrees []item, adjective string) []string {
	switch {
	case len(degrees) == 0:
		return []string{adjective}
	case degrees[0].english == "more":
		return []string{comparativeOf(adjective)}
	}
	return []string{degrees[0].english, adjective}
}

// features are what people and animals have and wear: "with blue eyes", for
// "aux yeux bleus".
const features english.List = "hair beard eyes eye glasses sunglasses hat cap freckles earrings earring smile sweater shirt collar face mouth nose mustache scarf tie dress jacket coat crown hood skirt trousers ears"

// surfaces are what one is on in English, and in elsewhere: "en un sofá".
const surfaces english.List = "sofa couch bed carpet rug grass beach chair table wall lake sea river road sand"

// seasons are what a landscape is in: "un paysage d'hiver".
const seasons english.List = "spring summer autumn winter"

// write joins the parts, and resolves what a preposition means before its noun.
func (l *Language) write(parts []part) string {
	for i := 0; i+1 < len(parts); i++ {
		next := &parts[i+1]
		switch {
		case i > 0 && parts[i].is("of") && l.owns(parts[i-1], *next):
			parts = l.possessive(parts, i)
			i--
		case l.genitive(next.determiner) && l.owns(parts[i], *next):
			next.determiner = strings.TrimPrefix(next.determiner, "of ")
			parts = slices.Insert(parts, i+1, part{head: "of", class: preposition})
			i--
		}
	}
	l.resolve(parts)
	var out []string
	for _, p := range parts {
		if text := l.partText(p); text != "" {
			out = append(out, text)
		}
	}
	return l.spacing.Replace(strings.Join(out, " "))
}

// is tells whether a part is a preposition.
func (p part) is(word string) bool { return p.class == preposition && p.head == word }

// isOf tells whether a preposition says that somebody has what follows.
func (p part) isOf(what part) bool {
	return what.class == noun && features.Has(lastWord(what.head)) && (p.is("of") || p.is("at") || p.is("at the"))
}

// resolve says what prepositions mean before their nouns: "à" is with before what
// somebody has. What is with somebody gets its article, and is said in one list.
func (l *Language) resolve(parts []part) {
	listed := false // whether the last nouns stand after "with"
	for i := range parts {
		p := &parts[i]
		if i+1 < len(parts) && p.isOf(parts[i+1]) && (i > 0 || !p.is("of")) {
			p.head = "with"
			if d := parts[i+1].determiner; d == "the" {
				parts[i+1].determiner = ""
			}
		}
		if p.is("of") && i+1 < len(parts) && seasons.Has(parts[i+1].head) {
			p.head = "in"
		}
		if p.class == preposition && i+1 < len(parts) && parts[i+1].head == "background" && p.head != "in" {
			p.head, parts[i+1].determiner = "on", "a"
		}
		if how, ok := strings.CutPrefix(p.head, "in/on"); ok && i+1 < len(parts) {
			p.head = "in" + how
			if surfaces.Has(lastWord(parts[i+1].head)) {
				p.head = "on" + how
			}
		}
		switch {
		case p.is("with"):
			if listed && i > 0 && parts[i-1].class == noun {
				p.head, p.class = "and", joint
				if i+2 < len(parts) && (parts[i+2].class == joint || parts[i+2].is("with") || i+3 < len(parts) && parts[i+2].isOf(parts[i+3])) {
					p.head = ","
				}
			}
			listed = true
		case p.class == noun && len(p.after) > 0 && strings.HasPrefix(p.after[len(p.after)-1], "with "):
			listed = true
		case p.class == noun && listed && p.determiner == "":
			p.determiner = "a"
			if p.head == "moon" || p.head == "sun" {
				p.determiner = "the"
			}
		case p.class != noun && p.class != joint:
			listed = false
		}
	}
}

// genitive tells whether a determiner says whose something is.
func (l *Language) genitive(determiner string) bool { return strings.HasPrefix(determiner, "of ") }

// owns tells whether the second noun is somebody who has the first.
func (l *Language) owns(what, who part) bool {
	owner := lastWord(who.head)
	return what.class == noun && who.class == noun && features.Has(lastWord(what.head)) &&
		!features.Has(owner) && (l.en.Is(owner, lexicon.Person) || l.en.Is(owner, lexicon.Animal))
}

// possessive writes "the face of a woman" as "a woman's face"; at is the
// preposition.
func (l *Language) possessive(parts []part, at int) []part {
	what, who := parts[at-1], parts[at+1]
	determiner := who.determiner
	if determiner == "" {
		determiner = what.determiner
	}
	if determiner == "" {
		determiner = "a"
	}
	whole := part{class: noun, determiner: determiner, before: append(append([]string{}, who.before...), who.head+"'s"), head: what.head, after: append(what.after, who.after...)}
	whole.before = append(whole.before, what.before...)
	return append(append(parts[:at-1:at-1], whole), parts[at+2:]...)
}

// partText writes a part with its article.
func (l *Language) partText(p part) string {
	words := append(append(append([]string{}, p.before...), p.head), p.after...)
	text := strings.ReplaceAll(strings.Join(words, " "), " ,", ",")
	owned := strings.Contains(strings.Join(p.before, " "), "'s")
	determiner, of := p.determiner, ""
	if l.genitive(determiner) {
		of, determiner = "of ", strings.TrimPrefix(determiner, "of ")
	}
	switch {
	case determiner == "" || determiner == "some":
		return of + text
	case determiner != "a":
		return of + determiner + " " + text
	case l.countless(lastWord(p.head)) && !owned:
		return of + text
	case text != "" && strings.ContainsRune("aeiou", rune(text[0])):
		return of + "an " + text
	}
	return of + "a " + text
}

func lastWord(text string) string {
	for _, after := range []string{" with ", " in "} {
		text, _, _ = strings.Cut(text, after)
	}
	return text[strings.LastIndexByte(text, ' ')+1:]
}
