package english

import (
	"strings"

	"pentimento/dialogue/lexicon"
)

// Comparative is the adjective of which a phrase is the comparative or
// superlative, with or without degree words: "long" for "a bit longer".
func (en *Reader) Comparative(y Words) (string, bool) {
	for len(y) > 1 && (DegreeWords.Has(y[0].Lower) || y[0].Lower == "even" || y[0].Lower == "way" || y[0].Lower == "far" || y[0].Lower == "look" || y[0].Lower == "be" || y[0].Lower == "still") {
		y = y[1:]
	}
	if len(y) != 1 {
		return "", false
	}
	base, _, ok := en.Degree(y[0].Lower)
	return base, ok
}

// PlainAdjective tells whether a word ends as a comparative does and is none:
// "upper", "later".
func (en *Reader) PlainAdjective(w string) bool {
	return notCompared.Has(w)
}

const notCompared List = "further outer inner upper other former latter elder later latest rather super"

// ColourGroups cuts adjectives apart, but for those that are one colour together:
// "black and white", "dark blue".
func (en *Reader) ColourGroups(adjectives Words) []Words {
	var groups []Words
	for i, t := range adjectives {
		joined := i > 0 && (t.Lower == "and" || adjectives[i-1].Lower == "and" || en.IsColour(t.Lower) && Shades.Has(adjectives[i-1].Lower))
		if joined {
			groups[len(groups)-1] = append(groups[len(groups)-1], t)
		} else {
			groups = append(groups, Words{t})
		}
	}
	return groups
}

// Shades are words that change a colour's shade and stand before it.
const Shades List = "dark light bright pale deep neon pastel bluish reddish greenish navy lime sky hot"

// HairWords are adjectives that only hair has.
const HairWords List = "straight wavy curly frizzy spiky braided"

// OneKind tells whether two words exclude each other though WordNet puts them on
// no common scale: shapes of hair, moods, seasons, weather, materials.
func (en *Reader) OneKind(a, b string) bool {
	for _, kind := range [...]List{
		HairWords,
		"happy sad smiling angry crying laughing frowning serious surprised scared bored",
		"snowy winter autumn autumnal fall summer spring wintry",
		"sunny cloudy rainy starry stormy foggy clear overcast misty cloudless snowy gloomy",
		"wooden plastic metal metallic golden glass stone leather steel marble concrete brick",
	} {
		if kind.Has(a) && kind.Has(b) {
			return true
		}
	}
	return false
}

// AdjectiveRank is where English has an adjective among others, from size (0) by
// age, all others and colour to material (4).
func (en *Reader) AdjectiveRank(w string) int {
	switch {
	case en.IsColour(w) && !Shades.Has(w):
		return 3 // "yellow" also means old
	case en.SameScale(w, "big"), en.SameScale(w, "long"):
		return 0
	case en.SameScale(w, "old"):
		return 1
	case en.IsColour(w):
		return 3
	case en.Is(w, lexicon.Material), strings.HasSuffix(w, "en"):
		return 4
	}
	return 2
}

// BareAdjectives are the adjectives of a phrase without articles, degree words
// and connectives; nil if a preposition, pronoun or auxiliary is among them.
func (en *Reader) BareAdjectives(list Words) Words {
	var out Words
	for i, t := range list {
		if c, ok := closedTag(t.Lower); ok && (c == Preposition || c == Pronoun || c == Auxiliary) && t.Lower != "in" && t.Lower != "be" && t.Lower != "like" {
			return nil
		}
		switch t.Lower {
		case "a", "an", "the", "be", "color", "colour", "in":
			continue
		case "colored", "coloured":
			if i > 0 && en.IsColour(list[i-1].Lower) {
				continue
			}
		case "and", "&":
			// "black and white" is one colour scheme; other lists need no "and".
			if i > 0 && i+1 < len(list) && en.IsColour(list[i-1].Lower) && en.IsColour(list[i+1].Lower) {
				out = append(out, t)
			}
			continue
		}
		if !t.Mark && !DegreeWords.Has(t.Lower) {
			out = append(out, t)
		}
	}
	return out
}

// IsAdjectival tells whether a phrase is made of adjectives alone, with degree
// words and "and" between them.
func (en *Reader) IsAdjectival(tokens Words) bool {
	seen := false
	for i, t := range tokens {
		switch {
		case t.Mark && t.Lower == ",", t.Lower == "and", t.Lower == "&", DegreeWords.Has(t.Lower), t.Lower == "all":
			continue
		case t.Mark, Closed(t.Lower):
			return false
		}
		can := en.Possible(t.Lower)
		last := i == len(tokens)-1
		switch {
		case en.IsColour(t.Lower), can.Adjective >= 0 && (can.Adjective >= can.Noun || !last && can.Adjective > 0), (can.Past || can.Gerund) && can.Noun <= 0, can.Adjective >= 0 && can.Noun < 3:
			seen = true
		case !last && Shades.Has(t.Lower), can.Adverb > 0:
		default:
			return false
		}
	}
	return seen
}

// DegreeWords say how much of an adjective is meant.
const DegreeWords List = "all super very really much more most quite rather slightly somewhat extremely so too a bit little completely totally fully lot"
