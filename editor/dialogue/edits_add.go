package dialogue

import (
	"fmt"
	"slices"

	"pentimento/editor/dialogue/lexicon"
)

// add puts a thing, or a list of things, into the caption; place is what was said
// about where ("on the table"), lead the connective that was spoken ("wearing").
func (d *draft) add(thing, place []token, lead string) bool {
	thing = trimMarks(thing)
	if len(thing) == 0 {
		return false
	}
	done := false
	for _, item := range d.items(thing) {
		if d.addOne(item, place, lead) {
			done = true
		}
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
	if !ok {
		return d.p.isAdjectival(item) && d.describeSomething(item) || d.addDescription(item)
	}
	head := thing.tokens[measured(thing, name)].lower
	switch {
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
	if measure[thing.tokens[name.head].lower] && name.end < len(thing.tokens) && thing.tokens[name.end].lower == "of" {
		if n, ok := phraseAt(thing, name.end+1); ok {
			return n.head
		}
	}
	return name.head
}

var measure = set("pair kind sort type set piece bunch lot couple")

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
	case first == "the" && onlyOne[tokens[name.head].lower]:
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
var onlyOne = set("moon sun sky sea ocean")

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
	d.attend(at + len(item))
	return true
}

// farLists are lists further on that say what a person has: "a woman, smiling,
// with blond hair".
func (d *draft) farLists(p parsed, at int) []list {
	for ; at < len(p.tokens); at++ {
		for _, l := range d.lists(p, at) {
			if n, ok := phraseAt(p, l.start+1); ok && d.attachable(p.tokens[n.head].lower) {
				return []list{l}
			}
		}
	}
	return nil
}

// fitting is the list that a thing joins: the one with its connective, else one
// that it can stand in. Only clothes can follow "wearing".
func (d *draft) fitting(p parsed, lists []list, item []token, lead string) (list, bool) {
	for _, l := range lists {
		if p.tokens[l.start].lower == lead {
			return l, true
		}
	}
	for _, l := range lists {
		if lead == "with" && d.p.lex.CanBe(item[len(item)-1].lower, lexicon.Garment) {
			return l, true
		}
	}
	return list{}, false
}

// wholePhrase is the phrase that n is inside of, as the woman in "a woman's
// face".
func wholePhrase(p parsed, n nounPhrase) nounPhrase {
	for _, w := range p.nouns {
		if w.owner == n.head {
			return wholePhrase(p, w)
		}
	}
	return n
}

// A list is what follows a "with" or "wearing" at start: things up to end.
type list struct {
	start, end int
	// and is the index of the last "and" or comma between two things, or -1.
	and int
}

// lists are the lists from position at on, one after the other.
func (d *draft) lists(p parsed, at int) []list {
	var all []list
	for at < len(p.tokens) && (p.tokens[at].lower == "with" || p.tokens[at].lower == "wearing") {
		l := d.readList(p, at)
		if l.end == at+1 {
			break
		}
		all = append(all, l)
		at = l.end
	}
	return all
}

// readList reads things, with commas and "and" between them.
func (d *draft) readList(p parsed, lead int) list {
	l := list{start: lead, end: lead + 1, and: -1}
	for {
		at, joint := l.end, -1
		if at > lead+1 {
			for at < len(p.tokens) && (p.tokens[at].lower == "," || p.tokens[at].lower == "and") {
				joint, at = at, at+1
			}
			if joint < 0 {
				return l
			}
		}
		n, ok := phraseAt(p, at)
		if !ok {
			return l
		}
		l.end = n.end
		if joint >= 0 {
			l.and = joint
		}
	}
}

func phraseAt(p parsed, at int) (nounPhrase, bool) {
	best, ok := nounPhrase{}, false
	for _, n := range p.nouns {
		if n.start == at && (!ok || n.end > best.end) {
			best, ok = n, true
		}
	}
	return best, ok
}

// extend adds a thing to a list: "A" becomes "A and B", "A and B" becomes "A, B
// and C".
func (d *draft) extend(p parsed, l list, item []token) {
	at := l.end
	if l.and >= 0 && p.tokens[l.and].lower == "and" {
		if l.and > 0 && p.tokens[l.and-1].lower == "," { // A, B, and C
			d.caption.splice(l.and, l.and+1, nil)
		} else {
			d.caption.splice(l.and, l.and+1, tokenise(","))
			at++
		}
		at--
		if p.tokens[l.and-1].lower != "," {
			at = l.end
		}
	}
	d.caption.splice(at, at, slices.Concat(tokenise("and"), item))
	d.attend(at + len(item))
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
	d.attend(end + len(item))
	return true
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
	symmetric := beside[relation]
	switch {
	case n.start > 0 && p.tags[n.start-1] == preposition && !symmetric:
		// "a sandwich on a plate": the new thing joins what is there already.
		it := " it"
		if d.p.lex.IsPlural(p.tokens[n.head].lower) {
			it = " them"
		}
		d.caption.splice(n.end, n.end, slices.Concat(tokenise("with"), item, tokenise(relation+it)))
		d.attend(n.end + len(item))
	case symmetric && n.start > 0:
		d.caption.splice(n.end, n.end, slices.Concat(tokenise(relation), item))
		d.attend(n.end + len(item))
	default:
		d.caption.splice(n.start, n.start, slices.Concat(item, tokenise(relation)))
		d.attend(n.start + len(item) - 1)
	}
	return true
}

// splitPlace cuts "on top of the camel" into the preposition and the noun
// phrase.
func splitPlace(place []token) (relation string, ground []token) {
	n := 0
	for n < len(place) && (closed[place[n].lower] == preposition || placeWord[place[n].lower] || n > 0 && place[n].lower == "the" && n+1 < len(place) && placeWord[place[n+1].lower]) {
		n++
	}
	return lower(phraseText(place[:n])), place[n:]
}

var beside = map[string]bool{"next to": true, "beside": true, "near": true, "by": true, "close to": true, "alongside": true}

var placeWord = set("next close front top middle center centre side left right")
