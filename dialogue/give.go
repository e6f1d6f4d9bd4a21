package dialogue

import (
	"fmt"

	"pentimento/dialogue/caption"
	"pentimento/dialogue/english"
)

// give adds things to an owner: "give her a hat", "let the cat have blue eyes".
func give(e *edit, spoken, things english.Words, lead string) bool {
	if done, several := each(e, spoken, func(one english.Words) bool { return give(e, one, e.oneEach(things), lead) }); several {
		return done
	}
	things = e.describedAfter(things)
	what := e.caption.Resolve(spoken)
	if what.Whole && e.nobodyIs(spoken) {
		return true
	}
	if what.Whole || !what.Found {
		return add(e, things, nil, lead)
	}
	if ambiguous(e, what) {
		return true
	}
	if e.handOver(what, things) {
		return true
	}
	if to, instead, ok := cutInstead(things); ok {
		return swap(e, instead, to)
	}
	for _, item := range e.en.Items(things) {
		item = withoutOwner(item)
		thing := e.en.Parse(item)
		name, ok := thing.Main()
		if !ok {
			if !setAdjectives(e, spoken, item) {
				e.undone = append(e.undone, fmt.Sprintf("%q was not understood", item.Text()))
			}
			continue
		}
		if name.Start == 1 && name.End == len(item) { // "longer hair"
			part := e.caption.ResolveOf(item[1:], what)
			if base, ok := e.en.Comparative(item[:1]); ok && part.Found && compare(e, base, english.Tokenise(e.caption.Name(e.caption.Parse(), part.NP)), strength(e.said)) {
				continue
			}
		}
		if revise(e, what, thing, name) || e.hasAlready(what, thing, name) {
			continue
		}
		if lead == "with" {
			lead = e.caption.LeadFor(thing.Words[english.Measured(thing, name)].Lower)
		}
		item = e.en.WithArticle(thing, name)
		p := e.caption.Parse()
		owner := e.caption.NounAgain(p, what)
		e.widen(Appearance)
		e.because("give " + spoken.Text() + " " + item.Text())
		e.caption.Attach(&owner, item, lead)
	}
	return true
}

// hasAlready tells whether an owner has a thing that is spoken of without more words.
func (e *edit) hasAlready(owner caption.Referent, thing english.Parsed, name english.NounPhrase) bool {
	head := thing.Words[name.Head]
	if name.End < len(thing.Words) || name.Head > thing.SkipDeterminer(name) || thing.Words[name.Start].Lower == "another" {
		return false
	}
	part := e.caption.ResolveOf(english.Words{head}, owner)
	if of, ok := e.caption.OwnerAt(e.caption.Parse(), part.NP.Head); !part.Found || ok && of.Head != owner.NP.Head {
		return false
	}
	return part.Found && e.en.Lemma(part.Noun) == e.en.Lemma(head.Lower) && part.NP.Head != owner.NP.Head && e.caption.Attachable(head.Lower)
}

// withoutOwner drops "on them" after what somebody gets, and "on": "have snow on
// them", "has a hat on".
func withoutOwner(item english.Words) english.Words {
	if n := len(item) - 1; n > 0 && item[n].Lower == "on" {
		return item[:n]
	}
	if n := len(item) - 2; n > 0 && english.Pronouns.Has(item[n+1].Lower) && (item[n].Lower == "on" || item[n].Lower == "in") {
		return item[:n]
	}
	return item
}

// revise changes something that the owner has already: "let her have blond
// hair" where her hair is red.
func revise(e *edit, owner caption.Referent, thing english.Parsed, name english.NounPhrase) bool {
	head := thing.Words[name.Head]
	part := e.caption.ResolveOf(english.Words{head}, owner)
	if !part.Found || e.en.Lemma(part.Noun) != e.en.Lemma(head.Lower) || part.NP.Head == owner.NP.Head {
		return false
	}
	return respecify(e, part, thing, name)
}

// cutInstead splits "a bow tie instead of a tie".
func cutInstead(things english.Words) (to, instead english.Words, ok bool) {
	for i := 1; i+2 < len(things); i++ {
		if things[i].Lower == "instead" && things[i+1].Lower == "of" || things[i].Lower == "rather" && things[i+1].Lower == "than" {
			return things[:i], things[i+2:], true
		}
	}
	return nil, nil, false
}

// wears answers "she wears a hat".
func wears(e *edit, m english.Match) bool {
	return ownerKnown(e, m["x"]) && give(e, m["x"], m["y"], "wearing")
}

// has answers "she has freckles".
func has(e *edit, m english.Match) bool {
	y := m["y"]
	if n, ok := e.en.Parse(y).Main(); ok && n.Start == 0 && n.End < len(y) && e.definite(y) && e.en.IsAdjectival(y[n.End:]) {
		return setAdjectives(e, y[:n.End], y[n.End:]) // "he has his hair long"
	}
	return ownerKnown(e, m["x"]) && give(e, m["x"], y, "with")
}

// ownerKnown tells whether words name somebody of the caption, or the picture.
func ownerKnown(e *edit, x english.Words) bool {
	if !e.caption.IsReference(x) {
		return false
	}
	r := e.caption.Resolve(x)
	return r.Found || r.Whole || len(e.severally(x)) > 1
}
