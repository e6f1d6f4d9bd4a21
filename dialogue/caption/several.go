package caption

import (
	"slices"

	"pentimento/dialogue/english"
	"pentimento/dialogue/lexicon"
)

// Beings are the noun phrases of the persons of a caption, or of its animals where
// it has no persons; of both where all is set.
func (c *Caption) Beings(p english.Parsed, all bool) []english.NounPhrase {
	var persons, animals []english.NounPhrase
	for _, n := range p.Nouns {
		switch head := p.Words[n.Head].Lower; {
		case c.en.Is(head, lexicon.Person):
			persons = append(persons, n)
		case c.en.Is(head, lexicon.Animal):
			animals = append(animals, n)
		}
	}
	if len(persons) == 0 || all {
		return inOrder(slices.Concat(persons, animals))
	}
	return persons
}

func inOrder(phrases []english.NounPhrase) []english.NounPhrase {
	slices.SortFunc(phrases, func(a, b english.NounPhrase) int { return a.Head - b.Head })
	return phrases
}

// meant are the beings that a pronoun may mean: those of its gender, else those
// whose words tell none, else all. The one that was spoken of last is meant alone.
func (c *Caption) meant(p english.Parsed, pronoun string) []english.NounPhrase {
	beings := c.Beings(p, false)
	want := english.GenderOf(pronoun)
	if want == english.AnyGender || len(beings) < 2 {
		return c.lastSpokenOf(p, beings)
	}
	fitting := c.ofGender(p, beings, want)
	if len(fitting) == 0 {
		fitting = c.ofGender(p, beings, english.AnyGender)
	}
	if len(fitting) == 0 {
		fitting = beings
	}
	return c.lastSpokenOf(p, fitting)
}

func (c *Caption) ofGender(p english.Parsed, beings []english.NounPhrase, g english.Gender) []english.NounPhrase {
	var out []english.NounPhrase
	for _, n := range beings {
		if english.GenderOf(p.Words[n.Head].Lower) == g {
			out = append(out, n)
		}
	}
	return out
}

// lastSpokenOf are the beings, or the one of them that was edited last, or that has
// what was.
func (c *Caption) lastSpokenOf(p english.Parsed, beings []english.NounPhrase) []english.NounPhrase {
	at := c.Focus()
	if at < 0 || len(beings) < 2 {
		return beings
	}
	owner, owned := c.OwnerAt(p, at)
	for _, n := range beings {
		if n.Head == at || owned && owner.Head == n.Head {
			return []english.NounPhrase{n}
		}
	}
	return beings
}

// OwnerAt is the being that has what the word at an index names: the nearest before
// it.
func (c *Caption) OwnerAt(p english.Parsed, i int) (english.NounPhrase, bool) {
	if n := p.Around(i); n.Owner >= 0 {
		for _, owner := range p.Nouns {
			if owner.Head == n.Owner { // not the phrase around it, which is what is owned
				return owner, true
			}
		}
	}
	var owner english.NounPhrase
	found := false
	for _, n := range c.Beings(p, true) {
		if n.Head < i {
			owner, found = n, true
		}
	}
	return owner, found
}

// ownable tells whether a noun is what one being has and not another.
func (c *Caption) ownable(head string) bool {
	lex := c.en
	return lex.Is(head, lexicon.Garment) || lex.Is(head, lexicon.BodyPart) || lex.Is(head, lexicon.Expression) || head == "collar" || c.Attachable(head)
}

// Several are the noun phrases that a phrase names together: "both", "each of
// them", "the cats" where the caption has two. nil where it names one thing, or
// nothing.
func (c *Caption) Several(phrase english.Words) []english.NounPhrase {
	p := c.Parse()
	phrase = phrase.TrimMarks()
	if len(phrase) == 0 {
		return nil
	}
	if worn := c.clothesOf(p, phrase); len(worn) > 1 {
		return worn
	}
	var named []english.NounPhrase
	switch group, of := c.en.GroupPhrase(phrase); {
	case group && len(of) == 0:
		named = c.together(p, phrase)
	case len(of) > 0:
		named = c.allOf(p, of)
	}
	if len(named) < 2 {
		return nil
	}
	return named
}

// clothesOf are the clothes that "all she wears", "what he has on" and "her clothes" name.
func (c *Caption) clothesOf(p english.Parsed, phrase english.Words) []english.NounPhrase {
	var who english.Words
	last := len(phrase) - 1
	switch {
	case last > 0 && clothing.Has(phrase[last].Lower):
		who = phrase[:last]
		for len(who) > 1 && who[0].Lower == "all" {
			who = who[1:]
		}
	case last > 1 && wearing.Has(phrase[last].Lower) && english.List("all everything whatever what").Has(phrase[0].Lower):
		who = phrase[1:last]
		if n := len(who) - 1; n > 0 && (who[n].Lower == "is" || who[n].Lower == "has" || who[n].Lower == "are" || who[n].Lower == "have") {
			who = who[:n]
		}
	default:
		return nil
	}
	owners := c.meant(p, who[0].Lower)
	if len(who) > 1 {
		owners = []english.NounPhrase{c.Resolve(who).NP}
	} else if !english.Persons.Has(who[0].Lower) && english.ClassOf(who[0].Lower) != english.Possessive {
		return nil
	}
	var worn []english.NounPhrase
	for _, n := range p.Nouns {
		owner, ok := c.OwnerAt(p, n.Head)
		if ok && len(owners) == 1 && owner.Head == owners[0].Head && c.en.Is(p.Words[n.Head].Lower, lexicon.Garment) && n.Head != owner.Head {
			worn = append(worn, n)
		}
	}
	return worn
}

const (
	clothing english.List = "clothes clothing outfit garments"
	wearing  english.List = "wears wearing on"
)

// together are the beings of a caption, those of all kinds, or else the only two
// things that it names.
func (c *Caption) together(p english.Parsed, phrase english.Words) []english.NounPhrase {
	if i := c.Focus(); len(phrase) == 1 && i >= 0 && english.Pronouns.Has(phrase[0].Lower) && c.en.IsPlural(c.words[i].Lower) {
		return nil // "make them red" after the glasses were added
	}
	if beings := c.Beings(p, true); len(beings) > 1 {
		return beings
	}
	if len(phrase) == 1 && english.Pronouns.Has(phrase[0].Lower) {
		return nil
	}
	var things []english.NounPhrase
	for _, n := range p.Nouns {
		if !SceneNouns.Has(p.Words[n.Head].Lower) && n.Owner < 0 && !c.en.Is(p.Words[n.Head].Lower, lexicon.Time) {
			things = append(things, n)
		}
	}
	if len(things) == 2 {
		return things
	}
	return nil
}

// allOf are the noun phrases whose nouns are of a kind: all cats.
func (c *Caption) allOf(p english.Parsed, of english.Words) []english.NounPhrase {
	spoken := c.en.Parse(of)
	name, ok := spoken.Main()
	if !ok || name.End < len(of) {
		return nil
	}
	var named []english.NounPhrase
	for _, n := range p.Nouns {
		if _, bonus := c.modifiers(spoken, name, p, n); c.en.Likeness(spoken.Words[name.Head].Lower, p.Words[n.Head].Lower) > 5 && (bonus > 0 || name.Head == name.Start) {
			named = append(named, n)
		}
	}
	return named
}

// Name is a phrase that names just one noun phrase of the caption: "the dog", "the
// second cat".
func (c *Caption) Name(p english.Parsed, n english.NounPhrase) string {
	head := p.Words[n.Head].Lower
	nth, count := 0, 0
	for _, other := range p.Nouns {
		if c.en.Lemma(p.Words[other.Head].Lower) != c.en.Lemma(head) {
			continue
		}
		count++
		if other.Head == n.Head {
			nth = count
		}
	}
	if count < 2 || nth > 4 {
		return "the " + head
	}
	if owner, ok := c.OwnerAt(p, n.Head); ok && owner.Head != n.Head && (c.ownable(head) || c.Attachable(head)) {
		return c.Name(p, owner) + "'s " + head
	}
	return "the " + [...]string{"first", "second", "third", "fourth"}[nth-1] + " " + head
}

// Exchange lets the words [a, b) and [x, y) change places; it tells whether they
// could, as they do not overlap.
func (c *Caption) Exchange(a, b, x, y int) bool {
	if a > x {
		a, b, x, y = x, y, a, b
	}
	if b > x || a == b || x == y {
		return false
	}
	words := c.Words()
	first, second := slices.Clone(words[a:b]), slices.Clone(words[x:y])
	c.Splice(x, y, first)
	c.Splice(a, b, second)
	return true
}
