package lexicon

import (
	"slices"
	"strings"
)

// A Kind is a class of things that the edit grammar tells apart.
type Kind int

// The kinds, each with everything that WordNet has below its anchors.
const (
	Person Kind = iota
	Animal
	BodyPart
	Garment
	Colour
	Place
	Building
	Plant
	Vehicle
	Food
	Weather
	Time
	Picture
	Expression
	Material
	Artifact
	Quality
	Light
	Act
	kinds
)

// An anchor is a synset, as a lemma and the number of its sense, from 0.
type anchor struct {
	lemma string
	sense int
}

// anchors are the synsets at the top of each kind.
func anchors() [kinds][]anchor {
	return [kinds][]anchor{
		Person:     {{"person", 0}, {"people", 0}},
		Animal:     {{"animal", 0}},
		BodyPart:   {{"body part", 0}, {"hair", 0}, {"body covering", 0}},
		Garment:    {{"clothing", 0}, {"spectacles", 0}, {"headdress", 0}, {"jewelry", 0}, {"footwear", 0}, {"footwear", 1}, {"handwear", 0}, {"neckwear", 0}, {"mask", 0}},
		Colour:     {{"color", 0}},
		Place:      {{"location", 0}, {"geological formation", 0}, {"body of water", 0}, {"land", 0}, {"land", 1}, {"way", 1}, {"way", 2}, {"tract", 0}, {"forest", 0}, {"vegetation", 0}, {"area", 0}, {"area", 2}, {"road", 0}, {"room", 0}, {"sky", 0}, {"celestial body", 0}, {"facility", 0}, {"surface", 0}},
		Building:   {{"building", 0}, {"structure", 0}},
		Plant:      {{"plant", 1}},
		Vehicle:    {{"vehicle", 0}},
		Food:       {{"food", 0}, {"food", 1}},
		Weather:    {{"weather", 0}, {"atmospheric condition", 0}, {"precipitation", 2}},
		Time:       {{"time of day", 0}, {"season", 0}, {"season", 1}, {"hour", 1}, {"day", 0}, {"day", 3}, {"time period", 0}},
		Picture:    {{"picture", 0}, {"art", 0}, {"graphic art", 0}, {"drawing", 1}, {"photograph", 0}, {"representation", 1}, {"artwork", 0}},
		Expression: {{"facial expression", 0}, {"facial expression", 1}},
		Material:   {{"material", 0}, {"metallic element", 0}, {"solid", 0}, {"plant material", 0}},
		Artifact:   {{"artifact", 0}},
		Quality:    {{"attribute", 1}},
		Light:      {{"light", 0}, {"illumination", 0}},
		Act:        {{"act", 1}},
	}
}

// Is tells whether the noun's most frequent sense is of the kind. The word may
// be in the plural.
func (l *Lexicon) Is(noun string, kind Kind) bool { return l.isA(noun, kind, 1) }

// IsAny tells whether the noun is of one of the kinds, as [Lexicon.Is] does.
func (l *Lexicon) IsAny(noun string, of ...Kind) bool {
	return slices.ContainsFunc(of, func(k Kind) bool { return l.Is(noun, k) })
}

// CanBe tells whether any of the noun's recorded senses is of the kind.
func (l *Lexicon) CanBe(noun string, kind Kind) bool { return l.isA(noun, kind, 1<<8) }

func (l *Lexicon) isA(noun string, kind Kind, senses int) bool {
	mine := l.Senses(noun)
	if len(mine) > senses {
		mine = mine[:senses]
	}
	return slices.ContainsFunc(l.tops[kind], func(top Sense) bool { return slices.ContainsFunc(mine, top.Covers) })
}

// Senses are the meanings of a noun, which may be in the plural, most frequent
// first.
func (l *Lexicon) Senses(noun string) []Sense {
	lemma, ok := l.NounLemma(noun)
	if !ok {
		return nil
	}
	entry, _ := l.Lookup(lemma)
	if single, ok := strings.CutSuffix(lemma, "s"); ok && lemma == noun {
		if one, ok := l.Lookup(single); ok { // "eyes" has an entry of its own
			return slices.Concat(entry.Senses, one.Senses)
		}
	}
	return entry.Senses
}

// KindOf tells whether special, in its most frequent sense, names a kind of what
// general names in one of its two most frequent ("oak", "tree"), or the same
// ("bike", "bicycle"). Words for everything ("thing") have no kinds.
func (l *Lexicon) KindOf(special, general string) bool {
	below, above := l.Senses(special), l.Senses(general)
	for _, a := range above[:min(2, len(above))] {
		if a.Last-a.First > broad {
			continue
		}
		if slices.ContainsFunc(below[:min(1, len(below))], a.Covers) {
			return true
		}
	}
	return false
}

// broad is how many kinds a noun may have before it says nothing; "person" has
// about 10,000 and must still refer.
const broad = 12000

// SameScale tells whether two adjectives exclude each other: both colours, both
// sizes, both kinds of weather.
func (l *Lexicon) SameScale(a, b string) bool {
	if l.IsColour(a) && l.IsColour(b) {
		return true
	}
	first, ok := l.Lookup(a)
	if !ok || a == "straw" || b == "straw" {
		return false
	}
	second, ok := l.Lookup(b)
	if !ok {
		return false
	}
	return slices.ContainsFunc(first.Scales, func(s int) bool { return slices.Contains(second.Scales, s) })
}

// IsColour tells whether the word names a colour, as an adjective or a noun.
func (l *Lexicon) IsColour(word string) bool {
	entry, ok := l.Lookup(word)
	if !ok || word == "straw" { // a hat of it keeps it, whatever its colour
		return false
	}
	if word == "ginger" { // of hair and fur; as a root it is said of no picture
		return true
	}
	if len(entry.Scales) > 0 && entry.Scales[0] == l.colours {
		return true
	}
	return l.CanBe(word, Colour)
}
