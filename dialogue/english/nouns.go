package english

import (
	"slices"
	"strings"

	"pentimento/dialogue/lexicon"
)

// Article is "a" or "an", whichever the next word takes.
func Article(next string) string {
	for _, consonant := range []string{"uni", "use", "eu", "one", "ut", "uk"} {
		if strings.HasPrefix(next, consonant) {
			return "a"
		}
	}
	if strings.ContainsAny(next[:1], "aeiou8") || strings.HasPrefix(next, "hour") || strings.HasPrefix(next, "honest") {
		return "an"
	}
	return "a"
}

// Animate tells whether a noun names a person or an animal.
func (en *Reader) Animate(noun string) bool {
	return en.Is(noun, lexicon.Person) || en.Is(noun, lexicon.Animal)
}

// Items cuts a list into its things: "a hat", "glasses" and "a beard".
func (en *Reader) Items(list Words) []Words {
	var out []Words
	start := 0
	cut := func(i int) {
		if item := list[start:i].TrimMarks(); len(item) > 0 {
			out = append(out, item)
		}
		start = i + 1
	}
	q := en.Parse(list)
	for i, t := range list {
		if t.Lower != "," && t.Lower != "and" && t.Lower != "&" && t.Lower != "+" {
			continue
		}
		inside := slices.ContainsFunc(q.Nouns, func(n NounPhrase) bool { return n.Start < i && i < n.Head })
		if !inside {
			cut(i)
		}
	}
	cut(len(list))
	return out
}

// Measured is the index of the noun that a noun phrase is about: the glasses in
// "a pair of glasses".
func Measured(thing Parsed, name NounPhrase) int {
	if measure.Has(thing.Words[name.Head].Lower) && name.End < len(thing.Words) && thing.Words[name.End].Lower == "of" {
		if n, ok := thing.At(name.End + 1); ok {
			return n.Head
		}
	}
	return name.Head
}

const measure List = "pair kind sort type set piece bunch lot couple"

// WithArticle gives a thing the article that it has in a caption: "hat" and "the
// hat" become "a hat", "two hats" stay.
func (en *Reader) WithArticle(thing Parsed, name NounPhrase) Words {
	tokens := thing.Words
	switch first := tokens[name.Start].Lower; {
	case name.Start > 0:
		return tokens
	case first == "the" && onlyOne.Has(tokens[name.Head].Lower):
		return tokens
	case first == "the" || first == "some" || first == "more" || first == "another":
		tokens = tokens[1:]
		name.Head--
		if len(tokens) == 0 {
			return thing.Words
		}
	case thing.Tags[name.Start] == Determiner || thing.Tags[name.Start] == Number || thing.Tags[name.Start] == Possessive:
		return tokens
	}
	head := tokens[max(0, name.Head)].Lower
	if en.MassNoun(head) || StartsUpper(tokens[max(0, name.Head)].Text) {
		return tokens
	}
	return slices.Concat(Tokenise(Article(tokens[0].Lower)), tokens)
}

// onlyOne are things of which the world has one.
const onlyOne List = "moon sun sky sea ocean"

// SplitPlace cuts a place into its preposition and the noun phrase: "on top of"
// and "the camel".
func SplitPlace(place Words) (relation string, ground Words) {
	n := 0
	for n < len(place) && (ClassOf(place[n].Lower) == Preposition || PlaceWords.Has(place[n].Lower) || n > 0 && place[n].Lower == "the" && n+1 < len(place) && PlaceWords.Has(place[n+1].Lower)) {
		n++
	}
	return place[:n].Lower(), place[n:]
}

// PlaceWords are the nouns and adverbs inside prepositions: "next to", "on top
// of".
const PlaceWords List = "next close front top middle center centre side left right"

// MassNoun tells whether a noun takes no "a": a plural, or water, snow, hair.
// WordNet does not say, so materials and weather count, and a list of others.
func (en *Reader) MassNoun(w string) bool {
	if en.IsPlural(w) {
		return true
	}
	switch w {
	case "hair", "water", "grass", "light", "lighting", "traffic", "clothing", "jewelry", "jewellery", "makeup", "lipstick", "furniture", "cutlery", "popcorn", "ice", "art", "music", "fur", "sunlight", "moonlight", "lightning", "fire", "food", "smoke", "glasses", "daylight", "ivy", "foliage", "fog", "mist", "haze", "rain", "snow", "steam", "dust", "sand", "mud":
		return true
	}
	return en.Is(w, lexicon.Material) || en.Is(w, lexicon.Weather)
}

// KnowsAll tells whether the lexicon has every word of x, so that it can be
// trusted to name something.
func (en *Reader) KnowsAll(q Parsed, x Words) bool {
	for _, t := range x {
		if t.Mark || Closed(t.Lower) {
			continue
		}
		if _, ok := en.Lookup(en.Lemma(t.Lower)); !ok {
			if _, ok := en.Lookup(t.Lower); !ok && !strings.Contains(t.Lower, "-") {
				return false
			}
		}
	}
	return true
}

// SameSort tells whether two nouns are both food, plants, animals or clothes.
// Beside a thing of its sort the name of a colour means the thing: "salmon" for a
// steak.
func (en *Reader) SameSort(a, b string) bool {
	for _, kind := range []lexicon.Kind{lexicon.Food, lexicon.Plant, lexicon.Animal, lexicon.Garment} {
		if en.CanBe(a, kind) && en.CanBe(b, kind) && !(kind == lexicon.Garment && en.IsColour(b)) {
			return true
		}
	}
	return false
}

// OneOfThem tells whether a phrase ends in "one" for a noun that is left out: "a
// red one".
func OneOfThem(to Words) bool {
	w := to[len(to)-1].Lower
	return w == "one" || w == "ones"
}

// Pronouns are words that name what was spoken of before.
const Pronouns List = "it this that they them one he she him her these those"

// Measures tells whether words begin with a noun that only measures the next: "pair
// of glasses", "little bit of snow".
func Measures(words Words) bool {
	for i := range min(2, len(words)) {
		if (measure.Has(words[i].Lower) || amount.Has(words[i].Lower)) && i+1 < len(words) && words[i+1].Lower == "of" {
			return true
		}
	}
	return false
}

const amount List = "pair piece bit lot lots kind sort bunch plenty touch hint set"
