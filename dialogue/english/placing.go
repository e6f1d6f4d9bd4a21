package english

import (
	"slices"
	"strings"
)

// Things get into a picture by verbs of giving, of placing and of coming into view.

// equipped writes verbs of giving that say "with" as "give": "hook her up with freckles".
func (en *Reader) equipped(words Words) Words {
	if len(words) < 4 || !equipping.Has(words[0].Lower) {
		return words
	}
	with := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "with" })
	if with < 2 || with+1 == len(words) {
		return words
	}
	who := words[1:with]
	if last := who[len(who)-1].Lower; len(who) > 1 && (last == "up" || last == "out") {
		who = who[:len(who)-1]
	}
	if len(who) > 1 && ClassOf(who[0].Lower) != Determiner && ClassOf(who[0].Lower) != Possessive || len(who) == 1 && !Pronouns.Has(who[0].Lower) {
		return words
	}
	return slices.Concat(Tokenise("give"), who, words[with+1:])
}

const equipping List = "hook set fit fix kit deck rig provide furnish equip supply endow bless adorn outfit treat present"

// pushed writes verbs that push something to how it should be as "make": "crank the hair
// up to super long".
func pushed(words Words) Words {
	to := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "to" })
	if to < 3 || to+1 == len(words) || !pushing.Has(words[0].Lower) || words[to-1].Lower != "up" && words[to-1].Lower != "down" {
		return words
	}
	return slices.Concat(Tokenise("make"), words[1:to-1], words[to+1:])
}

const pushing List = "crank turn bring push dial pump raise take bump ramp"

// placed writes verbs of placing as "put", and a suggestion to place as an order: "I'd
// build a house there" is "put a house there".
func (en *Reader) placed(words Words) Words {
	for _, lead := range phrases("i'd", "i would", "i might", "we might", "you might", "one could") {
		if words.StartsWith(lead...) && len(words) > len(lead)+1 && (Starters.Has(words[len(lead)].Lower) || placing.Has(words[len(lead)].Lower)) {
			words = words[len(lead):]
		}
	}
	if len(words) > 2 && placing.Has(words[0].Lower) && en.indefinite(words[1:]) {
		return slices.Concat(Tokenise("put"), words[1:])
	}
	return words
}

const placing List = "build plant park erect raise construct stick lay hang sprinkle scatter squeeze sneak station locate"

// indefinite tells whether words begin with something that was not spoken of before.
func (en *Reader) indefinite(words Words) bool {
	first := words[0].Lower
	if first == "a" || first == "an" || first == "some" || first == "another" || ClassOf(first) == Number {
		return true
	}
	n, ok := en.Parse(words).Main()
	return ok && n.Start == 0 && !Closed(first) && en.IsPlural(words[n.Head].Lower)
}

// thereIs writes "far away there is a tower" as "put a tower in the distance", and leaves
// out "somewhere else" before a place.
func (en *Reader) thereIs(words Words) Words {
	if i := slices.IndexFunc(words, func(t Token) bool { return t.Mark }); i > 0 && i+2 < len(words) && elsewhere(words[:i]) && ClassOf(words[i+1].Lower) == Preposition {
		return slices.Concat(Tokenise("put it"), words[i+1:])
	}
	if said, ok := en.isThere(words); ok {
		return said
	}
	at := slices.IndexFunc(words, func(t Token) bool { return t.Lower == "there" })
	if at < 1 || at > 6 || at+2 >= len(words) || ClassOf(words[at+1].Lower) != Auxiliary {
		return words
	}
	where, what := words[:at].TrimMarks(), words[at+1:]
	for len(what) > 1 && (ClassOf(what[0].Lower) == Auxiliary || hedge.Has(what[0].Lower)) {
		what = what[1:]
	}
	switch {
	case strings.HasPrefix(where.Lower(), "far "), where.Lower() == "in the far":
		where = Tokenise("in the distance")
	case ClassOf(where[0].Lower) != Preposition:
		return words
	}
	if !en.indefinite(what) {
		return words
	}
	return slices.Concat(Tokenise("put"), what, where)
}

// isThere writes "in the background is a bench", "a tree stands on the left" and "there is
// room for a lake" as what is put there.
func (en *Reader) isThere(words Words) (Words, bool) {
	for _, lead := range phrases("there is room for", "there is space for", "there would be room for", "there would be space for") {
		if words.StartsWith(lead...) && len(words) > len(lead) {
			return slices.Concat(Tokenise("add"), words[len(lead):]), true
		}
	}
	verb := slices.IndexFunc(words, func(t Token) bool {
		lemma, ok := en.VerbLemma(t.Lower)
		return ok && presence.Has(lemma) && t.Lower != "being"
	})
	if verb < 2 || verb+2 > len(words) {
		return nil, false
	}
	before, after := words[:verb], words[verb+1:]
	if standing := en.VerbBase(words[verb].Lower); standing != "be" && standing != "belong" && en.Animate(words[verb-1].Lower) {
		return nil, false // "a pigeon sits on its head" says what it does
	}
	if len(before) > 1 && modals.Has(before[len(before)-1].Lower) {
		before = before[:len(before)-1]
	}
	if en.Possible(after[0].Lower).Gerund && len(after) > 1 && presence.Has(en.VerbBase(after[0].Lower)) {
		after = after[1:] // "is standing on the left"
	}
	switch first := ClassOf(after[0].Lower); {
	case ClassOf(before[0].Lower) == Preposition && en.indefinite(after) && en.isPlace(before):
		return slices.Concat(Tokenise("put"), after, before), true
	case !en.indefinite(before):
	case len(after) == 1 && (after[0].Lower == "there" || after[0].Lower == "here"), first == Preposition && after[0].Lower != "with" && after[0].Lower != "like" && en.isPlace(after):
		if n, ok := en.Parse(before).Main(); ok && n.Start == 0 && n.End == len(before) {
			return slices.Concat(Tokenise("put"), before, after), true
		}
	}
	return nil, false
}

// isPlace tells whether words are a preposition and where it leads.
func (en *Reader) isPlace(words Words) bool {
	_, ground := SplitPlace(words)
	if len(ground) == 0 {
		return false
	}
	if PlaceWords.Has(ground[len(ground)-1].Lower) || List("left right top bottom").Has(ground[len(ground)-1].Lower) {
		return true
	}
	n, ok := en.Parse(ground).Main()
	return len(ground) == 1 && Pronouns.Has(ground[0].Lower) || ok && n.Start == 0 && n.End == len(ground)
}

// presence are verbs, in their base form, that say no more than that something is there.
const presence List = "be stand lie hang belong go sit float drift grow rest"

// elsewhere tells whether words say only that a place is another.
func elsewhere(words Words) bool {
	switch words.Lower() {
	case "somewhere else", "someplace else", "elsewhere", "another place", "a different place", "different place", "new place", "a new place", "other place":
		return true
	}
	return false
}

// appeared writes what comes into view as what is added: "let some birds appear", "have a
// rainbow come up".
func (en *Reader) appeared(words Words) Words {
	for i := 2; i < len(words); i++ {
		lemma, ok := en.VerbLemma(words[i].Lower)
		if !ok || !appearing.Has(lemma) {
			continue
		}
		subject := words[:i]
		if subject[0].Lower == "let" || subject[0].Lower == "have" || subject[0].Lower == "make" {
			subject = subject[1:]
		}
		for len(subject) > 1 && modals.Has(subject[len(subject)-1].Lower) {
			subject = subject[:len(subject)-1]
		}
		rest := words[i+1:]
		for len(rest) > 0 && particles.Has(rest[0].Lower) && (len(rest) == 1 || ClassOf(rest[1].Lower) == Preposition) {
			rest = rest[1:]
		}
		if n, ok := en.Parse(subject).Main(); !ok || n.Start > 0 || n.End < len(subject) || !en.indefinite(subject) || len(rest) > 0 && ClassOf(rest[0].Lower) != Preposition || len(rest) == 0 && lemma == "show" && i+1 == len(words) {
			return words
		}
		return slices.Concat(Tokenise("add"), subject, rest)
	}
	return words
}

const (
	appearing List = "appear come emerge arise show turn pop"
	particles List = "up in out along by"
)
