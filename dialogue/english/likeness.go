package english

import (
	"strings"

	"pentimento/dialogue/lexicon"
)

// Likeness is how well a noun that was spoken can mean a noun of a caption: 10
// for the same word, above 9 for another form of it, less for a synonym, a kind
// of it or a thing of which it is a kind, and 0 for anything else.
func (en *Reader) Likeness(spoken, noun string) float64 {
	if spoken == noun {
		return 10
	}
	if noun == "" {
		return 0
	}
	if i := strings.LastIndexByte(noun, '-'); i >= 0 && noun[i+1:] == spoken {
		return 8 // "coffee-cup"
	}
	lex := en
	a, _ := lex.NounLemma(spoken)
	b, _ := lex.NounLemma(noun)
	if a == b || AmericanSpelling(a) == AmericanSpelling(b) {
		return 9.5
	}
	if Persons.Has(spoken) && lex.Is(noun, lexicon.Person) {
		return 6
	}
	up, down := lex.KindOf(noun, spoken), lex.KindOf(spoken, noun)
	switch {
	case up && down:
		return 8
	case up:
		return 6
	case down && lex.Is(b, lexicon.BodyPart):
		return 0 // a beard is hair, but not the hair
	case down:
		return 4
	case GenderOf(a) != AnyGender && GenderOf(b) != AnyGender && GenderOf(a) != GenderOf(b):
		return 0
	case lex.Is(a, lexicon.Person) && lex.Is(b, lexicon.Person):
		return 3
	case len(a) > 3 && strings.HasSuffix(b, a), len(b) > 3 && strings.HasSuffix(a, b) && lex.Is(a, lexicon.Artifact):
		return 5 // "motorcycle" and "cycle"
	}
	return 0
}

// A Gender is what the word for a person tells of who it is.
type Gender int

// The genders that words tell.
const (
	AnyGender Gender = iota
	Male
	Female
)

// GenderOf is the gender that a pronoun or the word for a person tells.
func GenderOf(w string) Gender {
	switch {
	case maleWords.Has(w):
		return Male
	case femaleWords.Has(w):
		return Female
	}
	return AnyGender
}

const maleWords List = "man men boy boys guy guys gentleman father dad grandfather grandpa king prince brother son uncle husband groom bridegroom monk wizard waiter cowboy businessman fisherman fireman policeman he him his himself"

const femaleWords List = "woman women girl girls lady ladies mother mom mum grandmother grandma queen princess sister daughter aunt wife bride nun witch waitress ballerina cowgirl businesswoman actress she her hers herself"

// Persons are words that mean whatever person there is.
const Persons List = "person people someone somebody figure character subject human model he she they him them her me you"
