package caption

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// A Referent is what a spoken phrase names in a caption.
type Referent struct {
	// Phrase is what was spoken, Head the noun in it.
	Phrase english.Words
	Head   string
	// Whole is set for the picture itself ("it", "the image"), Scene for its
	// background.
	Whole, Scene bool
	// Found tells that the caption names it: in the noun phrase NP, with the noun
	// Noun, where the words [From, To) answer to what was spoken.
	Found    bool
	NP       english.NounPhrase
	From, To int
	Noun     string
	// Owned tells that it belongs to the noun phrase Owner: "the man's top".
	Owned bool
	Owner english.NounPhrase
	// Owners are others to whom it may belong just as well.
	Owners []english.NounPhrase
	// Rivals are other noun phrases that answer just as well.
	Rivals []english.NounPhrase
}

const wordsForPicture english.List = "image picture photo photograph pic scene everything whole painting drawing portrait all rendering shot frame"

// SceneNouns are words for the background.
const SceneNouns english.List = "background backdrop location setting surroundings scenery place environment backgroud bg"

// At is the referent that the noun phrase n of the caption p answers.
func (r Referent) At(p english.Parsed, n english.NounPhrase) Referent {
	r.Found, r.NP, r.From, r.To, r.Head = true, n, n.Core, n.Head+1, p.Words[n.Head].Lower
	r.Noun = r.Head
	return r
}

// Resolve finds what a phrase names. Reference is the hard part of edits in
// conversation: only a fifth of real requests name the words that they want
// replaced. In order of trust:
//
//  1. pronouns name what was edited last, or what the picture is of;
//  2. "her hair", "the man's top": the owner is resolved first, then the part is
//     sought after the owner;
//  3. a noun of the caption with the same lemma, then a synonym, then a noun
//     one of which is a kind of the other ("the man" for "a person", "the
//     animal" for "a dog"); adjectives that were spoken break ties, then nearness
//     to the last edit, then order.
//
// What the caption does not name (it may be in the picture all the same) comes
// back with Found unset and the owner, if any.
func (c *Caption) Resolve(phrase english.Words) Referent {
	p := c.Parse()
	phrase = phrase.TrimMarks()
	r := Referent{Phrase: phrase}
	if len(phrase) == 0 {
		return r
	}
	if len(phrase) == 1 && english.Pronouns.Has(phrase[0].Lower) {
		return c.resolvePronoun(p, r)
	}
	if len(phrase) == 1 && phrase[0].Lower == "everything" {
		r.Whole = true
		return r
	}
	if worn := c.clothesOf(p, phrase); len(worn) == 1 {
		return r.At(p, worn[0])
	}
	if one, ok := c.resolveOne(p, r); ok {
		return one
	}
	if len(phrase) == 2 && phrase[0].Lower == "the" && inRow.Has(phrase[1].Lower) {
		if c.pickByOrder(p, c.Beings(p, true), phrase, &r); r.Found {
			return r.At(p, r.NP)
		}
	}
	if last := phrase[len(phrase)-1].Lower; last == "one" && len(phrase) > 1 || phrase.StartsWith("one", "of") {
		return r // one of those that the caption does not name apart
	}
	spoken := c.en.Parse(phrase)
	name, ok := spoken.Main()
	if !ok {
		return c.resolveWord(p, r)
	}
	r.Head = spoken.Words[name.Head].Lower
	switch {
	case SceneNouns.Has(r.Head) && name.Core == name.Head:
		r.Scene = true
	case wordsForPicture.Has(r.Head) && name.Core == name.Head && !p.Names(r.Head):
		r.Whole = true
		return r
	}
	c.resolveOwner(p, spoken, name, &r)
	c.pick(p, spoken, name, &r)
	if score := c.en.Likeness(r.Head, headOf(p, r)); name.Head == spoken.SkipDeterminer(name) && score < 9 {
		if w := c.resolveWord(p, Referent{Phrase: spoken.Words[name.Head:name.End]}); w.Found && p.Words[w.From].Lower == r.Head {
			w.Phrase = phrase
			return w // the word itself stands there, as an adjective: "the blond"
		}
	}
	return r
}

// inRow are words that name one of two by its place.
const inRow english.List = "other left right"

// ResolveOf finds what a phrase names of what an owner has.
func (c *Caption) ResolveOf(phrase english.Words, owner Referent) Referent {
	p := c.Parse()
	spoken := c.en.Parse(phrase)
	name, ok := spoken.Main()
	r := Referent{Phrase: phrase, Owned: true, Owner: owner.NP}
	if !ok {
		return r
	}
	r.Head = spoken.Words[name.Head].Lower
	c.pick(p, spoken, name, &r)
	if of, owned := c.OwnerAt(p, r.NP.Head); r.Found && owned && of.Head != owner.NP.Head && r.NP.Head != owner.NP.Head && len(c.Beings(p, true)) > 1 {
		r.Found = false // it is what somebody else has
	}
	return r
}

func headOf(p english.Parsed, r Referent) string {
	if !r.Found {
		return ""
	}
	return p.Words[r.To-1].Lower
}

func (c *Caption) resolvePronoun(p english.Parsed, r Referent) Referent {
	w := r.Phrase[0].Lower
	if (w == "them" || w == "they") && c.Focus() >= 0 && c.en.IsPlural(c.words[c.Focus()].Lower) {
		w = "these"
	}
	if beings := c.Beings(p, false); (w == "them" || w == "they") && len(beings) == 1 && c.en.Is(p.Words[beings[0].Head].Lower, lexicon.Person) {
		return r.At(p, beings[0])
	}
	if english.Persons.Has(w) {
		if all := c.meant(p, w); len(all) > 0 {
			r = r.At(p, all[0])
			r.Rivals = all[1:]
			return r
		}
	}
	if i := c.Focus(); i >= 0 {
		for _, n := range p.Nouns {
			if n.Head == i {
				return r.At(p, n)
			}
		}
	}
	r.Whole = true
	return r
}

// resolveOwner finds who "her", "the man's" or "of the man" is.
func (c *Caption) resolveOwner(p english.Parsed, spoken english.Parsed, name english.NounPhrase, r *Referent) {
	var owner english.Words
	switch {
	case name.Owner >= 0:
		owner = spoken.Words[name.Start : name.Owner+1]
	case spoken.Tags[name.Start] == english.Possessive:
		if all := c.meant(p, spoken.Words[name.Start].Lower); len(all) > 0 {
			r.Owned, r.Owner, r.Owners = true, all[0], all[1:]
		}
		return
	case name.End < len(spoken.Words) && spoken.Words[name.End].Lower == "of":
		owner = spoken.Words[name.End+1:]
	}
	if len(owner) == 0 {
		return
	}
	if o := c.Resolve(owner); o.Found {
		r.Owned, r.Owner = true, o.NP
	}
}

// pick chooses the caption's noun phrase that answers best to the spoken one.
func (c *Caption) pick(p english.Parsed, spoken english.Parsed, name english.NounPhrase, r *Referent) {
	best := 0.0
	focus := c.Focus()
	var all []english.NounPhrase
	for _, n := range p.Nouns {
		if r.Owned && c.another(p, n, r) {
			continue
		}
		for i := n.Core; i <= n.Head; i++ {
			score := c.en.Likeness(r.Head, c.en.Compound(p, n.Core, i))
			if score == 0 || i < n.Head && (score < 10 || !c.en.CompoundPart(spoken, name, p, n, i)) {
				continue
			}
			from, bonus := c.modifiers(spoken, name, p, n)
			score += bonus
			if i < n.Head {
				score -= 5
			}
			if r.Owned && r.Owner.Head < i && (n.Owner == r.Owner.Head || n.Start > r.Owner.Head) {
				score += 1.5
				if owner, ok := c.OwnerAt(p, n.Head); ok && owner.Head == r.Owner.Head {
					score += 0.5
				}
			}
			if n.Head == focus {
				score += 0.5
			}
			if i == n.Head && score >= 8 {
				all = append(all, n)
			}
			switch {
			case score > best+0.01:
				best = score
				r.Found, r.NP, r.From, r.To, r.Rivals = true, n, min(from, i), i+1, nil
			case score > best-0.01 && n.Head != r.NP.Head:
				r.Rivals = append(r.Rivals, n)
			}
		}
	}
	c.pickByOrder(p, all, spoken.Words, r)
	if r.Found {
		r.Noun = p.Words[r.NP.Head].Lower
	}
}

// another tells whether a noun phrase is what another being has than the one that
// was spoken of.
func (c *Caption) another(p english.Parsed, n english.NounPhrase, r *Referent) bool {
	if !c.ownable(p.Words[n.Head].Lower) {
		return false
	}
	owner, ok := c.OwnerAt(p, n.Head)
	return ok && owner.Head != r.Owner.Head && owner.Head != r.Owner.Owner && len(r.Owners) == 0 // hers is her face's, too
}

// pickByOrder answers "the second car", "the left one" and "the other cat" among
// all that answer to the noun.
func (c *Caption) pickByOrder(p english.Parsed, all []english.NounPhrase, spoken english.Words, r *Referent) {
	if len(all) < 2 {
		return
	}
	for _, t := range spoken {
		nth, ok := 0, true
		switch t.Lower {
		case "first", "left", "leftmost":
			nth = 0
		case "second":
			nth = 1
		case "third":
			nth = 2
		case "fourth":
			nth = 3
		case "last", "right", "rightmost":
			nth = len(all) - 1
		case "other":
			nth = c.otherOf(p, all)
		default:
			ok = false
		}
		if ok && nth < len(all) {
			r.Found, r.NP, r.Rivals = true, all[nth], nil
			r.From, r.To = r.NP.Core, r.NP.Head+1
			return
		}
	}
}

// otherOf is the index of the one that was not spoken of last.
func (c *Caption) otherOf(p english.Parsed, all []english.NounPhrase) int {
	last := c.lastSpokenOf(p, all)
	if len(last) == 1 && last[0].Head == all[len(all)-1].Head {
		return 0
	}
	return len(all) - 1
}

// resolveOne finds what "the left one", "the other one" and "the one with the hat"
// name: one of the caption's beings.
func (c *Caption) resolveOne(p english.Parsed, r Referent) (Referent, bool) {
	i := slices.IndexFunc(r.Phrase, func(t english.Token) bool { return t.Lower == "one" })
	if i < 0 || i == 0 && len(r.Phrase) == 1 || i > 3 || i+1 < len(r.Phrase) && r.Phrase[i+1].Lower == "'s" {
		return r, false
	}
	beings := c.Beings(p, true)
	if after := r.Phrase[i+1:]; len(after) > 1 && (after[0].Lower == "with" || after[0].Lower == "in" || after[0].Lower == "wearing") {
		if has := c.Resolve(after[1:]); has.Found {
			if owner, ok := c.OwnerAt(p, has.NP.Head); ok {
				return r.At(p, owner), true
			}
		}
	}
	if after := r.Phrase[i+1:]; len(after) > 1 && after[0].Lower == "without" {
		var lack []english.NounPhrase
		for _, n := range beings {
			if has := c.ResolveOf(after[1:], r.At(p, n)); !has.Found || !c.owns(p, n, has) {
				lack = append(lack, n)
			}
		}
		if len(lack) == 1 {
			return r.At(p, lack[0]), true
		}
	}
	c.pickByOrder(p, beings, r.Phrase, &r)
	if r.Found {
		r.Head, r.Noun = p.Words[r.NP.Head].Lower, p.Words[r.NP.Head].Lower
		return r, true
	}
	for _, t := range r.Phrase[:i] { // "the black one"
		for _, n := range p.Nouns {
			for j := n.Start; j < n.Head; j++ {
				if p.Words[j].Lower == t.Lower && !english.Closed(t.Lower) {
					return r.At(p, n), true
				}
			}
		}
	}
	return r, false
}

// owns tells whether what was found belongs to a being of the caption.
func (c *Caption) owns(p english.Parsed, n english.NounPhrase, has Referent) bool {
	owner, ok := c.OwnerAt(p, has.NP.Head)
	return ok && owner.Head == n.Head
}

// modifiers compares what was said of the noun with what the caption says of
// it: where the answering words start, and the bonus for them.
func (c *Caption) modifiers(spoken english.Parsed, name english.NounPhrase, p english.Parsed, n english.NounPhrase) (from int, bonus float64) {
	from = n.Core
	for i := name.Start; i < name.Head; i++ {
		if spoken.Tags[i] != english.Adjective && spoken.Tags[i] != english.Noun && spoken.Tags[i] != english.Number && spoken.Tags[i] != english.Gerund {
			continue
		}
		want := c.en.Lemma(spoken.Words[i].Lower)
		for j := n.Start; j < n.Head; j++ {
			if c.en.Lemma(p.Words[j].Lower) == want {
				bonus += 2
				if p.Tags[j] != english.Number {
					from = min(from, j)
				}
			}
		}
	}
	// "the man on the left": words that follow count where they follow there too.
	for _, t := range spoken.Words[name.End:] {
		for j := n.End; j < min(len(p.Words), n.End+6); j++ {
			if !t.Mark && !english.Closed(t.Lower) && p.Words[j].Lower == t.Lower {
				bonus++
			}
		}
	}
	return from, bonus
}

// ResolveWord finds a word of the caption itself, whatever its part of speech: the
// last of the phrase.
func (c *Caption) ResolveWord(phrase english.Words) Referent {
	return c.resolveWord(c.Parse(), Referent{Phrase: phrase})
}

// resolveWord finds a phrase without a noun: a word of the caption itself ("the
// red").
func (c *Caption) resolveWord(p english.Parsed, r Referent) Referent {
	want := r.Phrase[len(r.Phrase)-1].Lower
	for i, t := range p.Words {
		if !t.Mark && !english.Closed(t.Lower) && c.en.Related(t.Lower, want) {
			n := p.Around(i)
			if r.Found {
				r.Rivals = append(r.Rivals, n)
				continue
			}
			r.Found, r.From, r.To, r.NP, r.Head = true, i, i+1, n, p.Words[n.Head].Lower
			r.Noun = r.Head
		}
	}
	return r
}

// ResolveAdjective finds an adjective that was spoken alone in the caption:
// "curly".
func (c *Caption) ResolveAdjective(spoken english.Words) Referent {
	if len(spoken) != 1 {
		return Referent{}
	}
	return c.ResolveWord(spoken)
}

// ResolveLoosely finds a word of the caption that is another form of the one that
// was spoken: "snowy" for "the snow".
func (c *Caption) ResolveLoosely(spoken english.Words) Referent {
	for len(spoken) > 1 && english.Closed(spoken[0].Lower) {
		spoken = spoken[1:]
	}
	if len(spoken) != 1 {
		return Referent{}
	}
	return c.ResolveWord(spoken)
}

// PhraseOf finds the referent's noun phrase after an edit that may have moved it:
// the nearest with its noun.
func (c *Caption) PhraseOf(what Referent) (english.NounPhrase, bool) {
	p := c.Parse()
	best, distance := english.NounPhrase{}, 1<<30
	for _, n := range p.Nouns {
		if gap := max(n.Head-what.NP.Head, what.NP.Head-n.Head); p.Words[n.Head].Lower == what.Noun && gap < distance {
			best, distance = n, gap
		}
	}
	return best, distance < 1<<30
}

// NounAgain finds the referent's noun phrase after an edit that left its head
// where it was.
func (c *Caption) NounAgain(p english.Parsed, what Referent) english.NounPhrase {
	for _, n := range p.Nouns {
		if n.Head == what.NP.Head {
			return n
		}
	}
	return what.NP
}

// TagOf is the part of speech of the last word that answers to what was spoken.
func (c *Caption) TagOf(x Referent) english.Tag {
	p := c.Parse()
	if x.To-1 < len(p.Tags) {
		return p.Tags[x.To-1]
	}
	return english.Other
}
