package english

import "strings"

// A Tag is a part of speech, as fine as editing a caption needs it.
type Tag int

// The parts of speech.
const (
	Noun Tag = iota
	Adjective
	Verb   // finite or base form
	Gerund // -ing form used as a verb
	Past   // past participle used as a verb: "covered in snow"
	Adverb
	Determiner
	Number
	Possessive // her, its, 's
	Pronoun
	Preposition
	Conjunction
	Auxiliary // is, has, will
	Other
	Mark
)

// Functional tells whether words of that part of speech carry grammar and not
// content.
func (t Tag) Functional() bool {
	return t == Determiner || t == Preposition || t == Conjunction || t == Mark || t == Auxiliary || t == Possessive || t == Pronoun
}

// tagAll gives each token its part of speech. What a word can be comes from the
// lexicon; which of it it is, from its neighbours: after an article comes a
// noun phrase, after a plural noun a word that is noun or verb is the verb, and
// so on. Unknown words are judged by their ending, else they are nouns.
func (en *Reader) tagAll(tokens Words) []Tag {
	tags := make([]Tag, len(tokens))
	verbSeen := false
	for i, t := range tokens {
		if t.Mark {
			tags[i] = Mark
			if t.Lower == "." || t.Lower == ";" {
				verbSeen = false
			}
			continue
		}
		tags[i] = en.tagOne(tokens, tags, i, verbSeen)
		switch tags[i] {
		case Verb, Auxiliary:
			verbSeen = true
		case Conjunction:
			verbSeen = verbSeen && t.Lower != "while"
		}
	}
	return tags
}

func (en *Reader) tagOne(tokens Words, tags []Tag, i int, verbSeen bool) Tag {
	w := tokens[i].Lower
	if t, ok := closedTag(w); ok {
		return en.tagClosed(w, t, tokens, i)
	}
	if w[0] >= '0' && w[0] <= '9' && strings.Trim(w, "0123456789.,") == "" {
		return Number
	}
	can := en.Possible(w)
	prev, next := Tag(Other), Tag(Other)
	if i > 0 {
		prev = tags[i-1]
	}
	if i+1 < len(tokens) {
		next = en.Guess(tokens[i+1])
	}
	inside := prev == Determiner || prev == Possessive || prev == Adjective || prev == Number
	switch {
	case can.Gerund && can.Noun > 0 && (len(tokens) == 1 || i+1 < len(tokens) && tokens[i+1].Lower == "of"):
		return Noun
	case can.Gerund && !(inside && can.Noun > 0 && next != Noun):
		if inside || prev == Preposition && next == Noun && can.Adjective > 0 {
			if next == Noun || next == Adjective {
				return Adjective
			}
			return Noun
		}
		if can.Noun > 5 && prev == Preposition && next != Determiner {
			return Noun
		}
		return Gerund
	case can.Past && !inside && (prev == Noun || prev == Auxiliary || prev == Adverb || prev == Pronoun || prev == Mark) && !(can.Adjective > 0 && next == Noun):
		return Past
	case can.Adjective >= 0 && (next == Noun || next == Adjective) && (can.Adjective >= can.Noun || inside && can.Adjective > 0 && can.Noun < 5*can.Adjective || en.IsColour(w)):
		return Adjective
	case can.Adjective >= 0 && prev == Preposition && next == Verb && en.IsColour(w) && en.Possible(tokens[i+1].Lower).Noun >= 0:
		return Adjective // "with ginger curls"
	case can.Verb >= 0 && !inside && !verbSeen && prev == Noun && en.verbLike(tokens, tags, i, next):
		return Verb
	case can.Verb > 0 && i > 0 && tokens[i-1].Lower == "to" && (next == Determiner || next == Possessive || next == Pronoun):
		return Verb
	case can.Verb >= 0 && prev == Pronoun:
		return Verb
	case can.Verb > 2*max(can.Noun, can.Adjective, can.Adverb, 0) && i == 0 && len(tokens) > 1:
		return Verb
	case can.Noun < 0 && can.Adjective < 0 && can.Adverb >= 0:
		return Adverb
	case can.Adverb > max(can.Noun, can.Adjective, can.Verb):
		return Adverb
	case can.Noun < 0 && can.Adjective >= 0, can.Adjective > can.Noun && !(inside && next != Noun && next != Conjunction && can.Noun >= 0):
		return Adjective
	case can.Noun < 0 && can.Verb >= 0:
		return Verb
	}
	return Noun
}

func (en *Reader) tagClosed(w string, t Tag, tokens Words, i int) Tag {
	switch w {
	case "her":
		if i+1 < len(tokens) && !tokens[i+1].Mark && !en.objectHer(tokens[i+1:]) {
			return Possessive
		}
		return Pronoun
	case "that":
		if i+1 < len(tokens) {
			if next, ok := closedTag(tokens[i+1].Lower); ok && (next == Auxiliary || next == Determiner || next == Pronoun) {
				return Other
			}
		}
	}
	return t
}

// objectHer tells whether what follows makes "her" a pronoun ("give her a hat",
// "make her wear a hat") and no possessive ("her hair").
func (en *Reader) objectHer(after Words) bool {
	if t, ok := closedTag(after[0].Lower); ok {
		return t != Number
	}
	switch after[0].Lower {
	case "look", "appear", "seem", "become", "turn", "get", "feel", "wear":
		return len(after) > 1
	}
	can := en.Possible(after[0].Lower)
	if len(after) == 1 {
		return can.Noun < 0
	}
	next := ClassOf(after[1].Lower)
	return can.Verb > can.Noun && (next == Determiner || next == Possessive || next == Preposition)
}

// verbLike tells whether a word that may be a verb after a noun is one: it
// agrees with the noun in number ("swans glide", "a swan glides") and something
// follows that a verb takes.
func (en *Reader) verbLike(tokens Words, tags []Tag, i int, next Tag) bool {
	w := tokens[i].Lower
	if next == Verb || next == Auxiliary {
		return false
	}
	plural := en.IsPlural(tokens[i-1].Lower) && !singular(tokens, tags, i)
	if can := en.Possible(w); can.Verb > 2*can.Noun && (next == Determiner || next == Possessive) {
		return true // "let the cat wear a tie", where nothing agrees
	}
	ends := strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss")
	can := en.Possible(w)
	if plural == ends && !en.PastForm(w) {
		return false
	}
	switch next {
	case Determiner, Possessive, Preposition, Adverb, Number, Pronoun:
		return true
	case Noun, Adjective, Gerund:
		return ends && can.Verb >= can.Noun || plural && can.Verb > 0
	}
	return can.Verb > can.Noun
}

// singular tells whether an article makes the noun before i one: "a deer".
func singular(tokens Words, tags []Tag, i int) bool {
	for i--; i >= 0 && (tags[i] == Noun || tags[i] == Adjective); i-- {
	}
	return i >= 0 && (tokens[i].Lower == "a" || tokens[i].Lower == "an" || tokens[i].Lower == "this")
}
