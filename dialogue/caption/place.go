package caption

import (
	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// SetPlace says where the picture is set, in the words of the caption that said
// it, else before its tail. It returns where the new words begin.
func (c *Caption) SetPlace(place english.Words) int {
	from, to := c.placePhrase(c.Parse())
	c.Splice(from, to, place)
	return from
}

// PlaceHas tells whether a referent is what the caption's place phrase names.
func (c *Caption) PlaceHas(what Referent) bool {
	from, to := c.placePhrase(c.Parse())
	return from <= what.NP.Head && what.NP.Head < to
}

// placePhrase is where the caption says where it is set: the last "in", "on",
// "at" phrase of its main part that names a place or something to stand on;
// empty, before the tail, if it says nothing.
func (c *Caption) placePhrase(p english.Parsed) (from, to int) {
	best, rank := -1, 0
	for i, n := range p.Nouns {
		start := n.Start
		if start == 0 || p.Tags[start-1] != english.Preposition {
			continue
		}
		relation := p.Words[start-1].Lower
		if r := c.placeRank(p, n, relation); r >= rank && r > 3 {
			best, rank = i, r
		}
	}
	if best < 0 {
		end := c.Tail(p)
		return end, end
	}
	n := p.Nouns[best]
	from = n.Start - 1
	for from > 0 && (p.Tags[from-1] == english.Preposition || english.PlaceWords.Has(p.Words[from-1].Lower)) {
		from--
	}
	_, to = c.extent(p, n)
	if to+2 < len(p.Words)+1 && p.Words[to:min(to+3, len(p.Words))].Text() == "in the background" {
		to += 3
	}
	return from, to
}

func (c *Caption) placeRank(p english.Parsed, n english.NounPhrase, relation string) int {
	head := p.Words[n.Head].Lower
	lex := c.en
	if english.PlaceWords.Has(head) && n.End < len(p.Words) && p.Words[n.End].Lower == "of" {
		return 0 // "on top of"
	}
	if lex.Is(head, lexicon.Garment) || lex.Is(head, lexicon.BodyPart) || lex.Is(head, lexicon.Time) || lex.Is(head, lexicon.Person) || lex.Is(head, lexicon.Animal) {
		return 0
	}
	if n.End+2 < len(p.Words) && p.Words[n.End].Lower == "in" && p.Words[n.End+2].Lower == "background" {
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
		if n.Start > 1 && p.Words[n.Start-2].Lower == "front" {
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
	case relation == "on" && c.Tail(p) == n.End:
		score++
	}
	return score
}

// PrepositionFor chooses the preposition for a new place: the caption's own
// where it may stand before any place, else the one that the place takes.
func (c *Caption) PrepositionFor(head string, ground english.Words) string {
	p := c.Parse()
	from, to := c.placePhrase(p)
	if from < to {
		switch own := p.Words[from:min(from+1, to)].Lower(); own {
		case "at", "over", "down", "up", "along", "across", "through":
			return own
		case "in":
			if p.Words[from:min(from+3, to)].Lower() == "in front of" {
				return "in front of"
			}
		}
	}
	lex := c.en
	switch {
	case behind.Has(head):
		return "in front of"
	case onIt.Has(head):
		return "on"
	case lex.CanBe(head, lexicon.Place) || lex.Is(head, lexicon.Building) || english.StartsUpper(ground[len(ground)-1].Text):
		return "in"
	case lex.Is(head, lexicon.Plant), lex.Is(head, lexicon.Artifact):
		return "in front of"
	}
	return "in"
}

// behind are backgrounds that one stands before and not in; onIt those that one
// stands on.
const behind english.List = "skyline horizon wall curtain fireplace waterfall fireworks bookshelf window"

const onIt english.List = "beach moon mars street road stage mountain mountains hill hills island planet surface rooftop roof shore bridge table grass ground rock cliff boat ship train platform rink court lawn jupiter venus runway racetrack track trail path floor mudslide carpet rug"

// mendPlace changes the preposition at i where the new place takes another: "on a
// desert", "in a bedroom".
func (c *Caption) mendPlace(i int, head string) {
	if i < 0 {
		return
	}
	w := c.words[i].Lower
	switch {
	case w == "on" && c.en.Is(head, lexicon.Building) && !onIt.Has(head):
		c.Splice(i, i+1, english.Tokenise("in"))
	case w == "in" && onIt.Has(head):
		c.Splice(i, i+1, english.Tokenise("on"))
	}
}

// ReplacePlace is [Caption.Replace] for a place: what was of the old one goes ("of
// tall grass"), and the preposition becomes that of the new one.
func (c *Caption) ReplacePlace(what Referent, thing english.Parsed, name english.NounPhrase) {
	if p := c.Parse(); what.NP.End < len(p.Words) && p.Words[what.NP.End].Lower == "of" {
		_, end := c.extent(p, what.NP)
		c.Splice(what.NP.End, end, nil)
	}
	c.Replace(what, thing, name)
	c.mendPlace(what.NP.Start-1, thing.Words[name.Head].Lower)
}

// IsFirst tells whether a referent is what the caption begins with.
func (r Referent) IsFirst() bool { return r.NP.Start == 0 }

// Resettle says where the only being of a caption is: after it where the caption says
// so there, else in the place of the picture.
func (c *Caption) Resettle(what Referent, place english.Words) {
	p := c.Parse()
	_, at := c.chunk(p, what.NP)
	if at < len(p.Words) && p.Tags[at] == english.Preposition && p.Words[at].Lower != "with" && p.Words[at].Lower != "of" {
		c.Relocate(what, place)
		return
	}
	c.SetPlace(place)
	c.Attend(what.NP.Head)
}

// StandsSomewhere tells whether the caption says right after a referent, and what it
// has, where it is: "in the grass".
func (c *Caption) StandsSomewhere(what Referent) bool {
	p := c.Parse()
	_, at := c.chunk(p, what.NP)
	if at >= len(p.Words) || !english.List("in on at").Has(p.Words[at].Lower) {
		return false
	}
	n, ok := p.At(at + 1)
	return ok && !c.worn(p, n) && !c.en.IsMoment(p.Words[n.Start:n.End]) && !c.en.CanBe(p.Words[n.Head].Lower, lexicon.BodyPart)
}

// worn tells whether a noun phrase names clothes, which are no place to be in.
func (c *Caption) worn(p english.Parsed, n english.NounPhrase) bool {
	return c.en.Is(p.Words[n.Head].Lower, lexicon.Garment) || p.Words[n.Head].Lower == "overalls"
}

// Relocate says where a referent is, in the place of what the caption said of that.
func (c *Caption) Relocate(what Referent, place english.Words) {
	p := c.Parse()
	_, at := c.chunk(p, what.NP)
	end := at
	if at < len(p.Words) && p.Tags[at] == english.Preposition && p.Words[at].Lower != "with" && p.Words[at].Lower != "of" {
		next := at
		for next < len(p.Tags) && (p.Tags[next] == english.Preposition || english.PlaceWords.Has(p.Words[next].Lower)) {
			next++
		}
		if n, ok := p.At(next); ok && c.worn(p, n) {
			at, end = n.End, n.End // "the one in overalls on a ladder"
		} else if ok && !c.en.IsMoment(p.Words[n.Start:n.End]) {
			end = n.End
		}
	}
	c.Splice(at, end, place)
	c.Attend(what.NP.Head)
}
