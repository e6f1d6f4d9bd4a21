package dialogue

import (
	"strings"

	"pentimento/dialogue/lexicon"
)

// A tag is a part of speech, as far as editing a caption needs to know.
type tag int

const (
	noun tag = iota
	adjective
	verb   // finite or base form
	gerund // -ing form used as a verb
	past   // past participle used as a verb: "covered in snow"
	adverb
	determiner
	number
	possessive // her, its, 's
	pronoun
	preposition
	conjunction
	auxiliary // is, has, will
	other
	mark
)

// closedTag gives the part of speech of a word of the closed classes, which have
// one each; the lexicon decides about all other words.
func closedTag(w string) (t tag, ok bool) {
	switch w {
	case "a", "an", "the", "this", "that", "these", "those", "some", "any", "no", "every", "each", "all", "both",
		"another", "either", "neither", "several", "many", "few", "various", "other", "such", "what", "which", "enough",
		"plenty":
		return determiner, true
	case "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "dozen",
		"hundred", "couple", "half":
		return number, true
	case "her", "his", "its", "their", "my", "your", "our", "'s":
		return possessive, true
	case "i", "you", "he", "she", "it", "we", "they", "me", "him", "them", "us", "himself", "herself", "itself",
		"themselves", "someone", "somebody", "something", "anyone", "anything", "everyone", "everybody", "everything",
		"nobody", "nothing", "who", "whom":
		return pronoun, true
	case "in", "on", "at", "by", "with", "without", "of", "from", "to", "into", "onto", "under", "over", "above", "below",
		"beneath", "behind", "beside", "besides", "between", "among", "amid", "amidst", "around", "through",
		"throughout", "across", "along", "against", "near", "inside", "outside", "during", "before", "after", "until",
		"since", "for", "about", "like", "as", "off", "up", "down", "out", "upon", "within", "towards", "toward", "past",
		"next", "than", "per", "via", "atop", "underneath", "opposite", "alongside", "beyond":
		return preposition, true
		// These govern a noun phrase as prepositions do, but are verbs.
	case "wearing", "including", "featuring", "holding", "carrying":
		return gerund, true
	case "and", "or", "but", "while", "&", "nor", "yet", "because", "although", "if", "when", "where":
		return conjunction, true
	case "is", "are", "was", "were", "be", "been", "being", "am", "has", "have", "had", "do", "does", "did", "will",
		"would", "can", "could", "should", "shall", "may", "might", "must", "isn't", "aren't", "wasn't", "doesn't",
		"don't", "it's", "that's", "there's":
		return auxiliary, true
	case "not", "very", "too", "really", "quite", "rather", "slightly", "somewhat", "extremely", "more", "most", "less",
		"least", "much", "also", "again", "just", "only", "even", "always", "never", "together", "away", "here", "there",
		"now", "then", "still", "almost", "so", "instead", "indoors", "outdoors":
		return adverb, true
	}
	return noun, false
}

// classOf is the closed class that a word belongs to, or noun if it belongs to
// none.
func classOf(w string) tag {
	t, _ := closedTag(w)
	return t
}

// tagAll gives each token its part of speech. What a word can be comes from the
// lexicon; which of it it is, from its neighbours: after an article comes a
// noun phrase, after a plural noun a word that is noun or verb is the verb, and
// so on. Unknown words are judged by their ending, else they are nouns.
func tagAll(lex *lexicon.Lexicon, tokens []token) []tag {
	tags := make([]tag, len(tokens))
	verbSeen := false
	for i, t := range tokens {
		if t.mark {
			tags[i] = mark
			if t.lower == "." || t.lower == ";" {
				verbSeen = false
			}
			continue
		}
		tags[i] = tagOne(lex, tokens, tags, i, verbSeen)
		switch tags[i] {
		case verb, auxiliary:
			verbSeen = true
		case conjunction:
			verbSeen = verbSeen && t.lower != "while"
		}
	}
	return tags
}

func tagOne(lex *lexicon.Lexicon, tokens []token, tags []tag, i int, verbSeen bool) tag {
	w := tokens[i].lower
	if t, ok := closedTag(w); ok {
		return tagClosed(lex, w, t, tokens, i)
	}
	if w[0] >= '0' && w[0] <= '9' && strings.Trim(w, "0123456789.,") == "" {
		return number
	}
	can := possible(lex, w)
	prev, next := tag(other), tag(other)
	if i > 0 {
		prev = tags[i-1]
	}
	if i+1 < len(tokens) {
		next = guess(lex, tokens[i+1])
	}
	inside := prev == determiner || prev == possessive || prev == adjective || prev == number
	switch {
	case can.gerund && can.noun > 0 && (len(tokens) == 1 || i+1 < len(tokens) && tokens[i+1].lower == "of"):
		return noun
	case can.gerund && !(inside && can.noun > 0 && next != noun):
		if inside || prev == preposition && next == noun && can.adjective > 0 {
			if next == noun || next == adjective {
				return adjective
			}
			return noun
		}
		if can.noun > 5 && prev == preposition && next != determiner {
			return noun
		}
		return gerund
	case can.past && !inside && (prev == noun || prev == auxiliary || prev == adverb || prev == pronoun || prev == mark) && !(can.adjective > 0 && next == noun):
		return past
	case can.adjective >= 0 && (next == noun || next == adjective) && (can.adjective >= can.noun || inside && can.adjective > 0 && can.noun < 5*can.adjective || lex.IsColour(w)):
		return adjective
	case can.verb >= 0 && !inside && !verbSeen && prev == noun && verbLike(lex, tokens, tags, i, next):
		return verb
	case can.verb > 0 && i > 0 && tokens[i-1].lower == "to" && (next == determiner || next == possessive || next == pronoun):
		return verb
	case can.verb >= 0 && prev == pronoun:
		return verb
	case can.verb > 2*max(can.noun, can.adjective, can.adverb, 0) && i == 0 && len(tokens) > 1:
		return verb
	case can.noun < 0 && can.adjective < 0 && can.adverb >= 0:
		return adverb
	case can.adverb > max(can.noun, can.adjective, can.verb):
		return adverb
	case can.noun < 0 && can.adjective >= 0, can.adjective > can.noun && !(inside && next != noun && next != conjunction && can.noun >= 0):
		return adjective
	case can.noun < 0 && can.verb >= 0:
		return verb
	}
	return noun
}

func tagClosed(lex *lexicon.Lexicon, w string, t tag, tokens []token, i int) tag {
	switch w {
	case "her":
		if i+1 < len(tokens) && !tokens[i+1].mark && !objectHer(lex, tokens[i+1:]) {
			return possessive
		}
		return pronoun
	case "that":
		if i+1 < len(tokens) {
			if next, ok := closedTag(tokens[i+1].lower); ok && (next == auxiliary || next == determiner || next == pronoun) {
				return other
			}
		}
	}
	return t
}

// objectHer tells whether what follows makes "her" a pronoun ("give her a hat",
// "make her wear a hat") and no possessive ("her hair").
func objectHer(lex *lexicon.Lexicon, after []token) bool {
	if t, ok := closedTag(after[0].lower); ok {
		return t != number
	}
	switch after[0].lower {
	case "look", "appear", "seem", "become", "turn", "get", "feel", "wear":
		return len(after) > 1
	}
	can := possible(lex, after[0].lower)
	if len(after) == 1 {
		return can.noun < 0
	}
	next := classOf(after[1].lower)
	return can.verb > can.noun && (next == determiner || next == possessive || next == preposition)
}

// verbLike tells whether a word that may be a verb after a noun is one: it
// agrees with the noun in number ("swans glide", "a swan glides") and something
// follows that a verb takes.
func verbLike(lex *lexicon.Lexicon, tokens []token, tags []tag, i int, next tag) bool {
	w := tokens[i].lower
	if next == verb || next == auxiliary {
		return false
	}
	plural := lex.IsPlural(tokens[i-1].lower) && !singular(tokens, tags, i)
	if can := possible(lex, w); can.verb > 2*can.noun && (next == determiner || next == possessive) {
		return true // "let the cat wear a tie", where nothing agrees
	}
	ends := strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss")
	can := possible(lex, w)
	if plural == ends && !pastForm(lex, w) {
		return false
	}
	switch next {
	case determiner, possessive, preposition, adverb, number, pronoun:
		return true
	case noun, adjective, gerund:
		return ends && can.verb >= can.noun || plural && can.verb > 0
	}
	return can.verb > can.noun
}

// singular tells whether an article makes the noun before i one: "a deer".
func singular(tokens []token, tags []tag, i int) bool {
	for i--; i >= 0 && (tags[i] == noun || tags[i] == adjective); i-- {
	}
	return i >= 0 && (tokens[i].lower == "a" || tokens[i].lower == "an" || tokens[i].lower == "this")
}

func pastForm(lex *lexicon.Lexicon, w string) bool {
	lemma, ok := lex.VerbLemma(w)
	return ok && lemma != w && !strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ing")
}

// possibility is what a word can be, by how often; -1 means never.
type possibility struct {
	noun, verb, adjective, adverb int
	gerund, past                  bool
}

func possible(lex *lexicon.Lexicon, w string) possibility {
	e, known := lex.Lookup(w)
	p := possibility{noun: e.Noun, verb: e.Verb, adjective: e.Adjective, adverb: e.Adverb}
	if !known {
		p = possibility{noun: -1, verb: -1, adjective: -1, adverb: -1}
	}
	if lemma, ok := lex.NounLemma(w); ok && lemma != w {
		if base, ok := lex.Lookup(lemma); ok {
			p.noun, known = max(p.noun, base.Noun), true
		}
	}
	if lemma, ok := lex.VerbLemma(w); ok && lemma != w {
		if base, ok := lex.Lookup(lemma); ok {
			p.verb, known = max(p.verb, base.Verb), true
		}
		p.gerund = strings.HasSuffix(w, "ing")
		p.past = !p.gerund && !strings.HasSuffix(w, "s")
	}
	if _, _, ok := lex.Degree(w); ok && p.noun < 0 {
		p.adjective, known = max(p.adjective, 1), true
	}
	if !known {
		p = unknown(lex, w)
	}
	return p
}

// unknown judges a word that the lexicon lacks by its ending; compounds with a
// hyphen are judged by their last part.
func unknown(lex *lexicon.Lexicon, w string) possibility {
	p := possibility{noun: -1, verb: -1, adjective: -1, adverb: -1}
	if i := strings.LastIndexByte(w, '-'); i > 0 && i+1 < len(w) {
		last := possible(lex, w[i+1:])
		if last.past || last.gerund || last.adjective > last.noun {
			p.adjective = 1
			return p
		}
	}
	switch {
	case strings.HasSuffix(w, "ly"):
		p.adverb = 1
	case strings.HasSuffix(w, "ing"):
		p.gerund, p.verb, p.noun = true, 1, 0
	case strings.HasSuffix(w, "ed"):
		p.past, p.verb, p.adjective = true, 1, 1
	case strings.HasSuffix(w, "ful"), strings.HasSuffix(w, "ous"), strings.HasSuffix(w, "ish"), strings.HasSuffix(w, "less"), strings.HasSuffix(w, "esque"), strings.HasSuffix(w, "y") && len(w) > 4:
		p.adjective, p.noun = 1, 0
	default:
		p.noun = 1
	}
	return p
}

// guess is a word's most frequent part of speech, without context.
func guess(lex *lexicon.Lexicon, t token) tag {
	if t.mark {
		return mark
	}
	if c, ok := closedTag(t.lower); ok {
		return c
	}
	p := possible(lex, t.lower)
	switch best := max(p.noun, p.adjective, p.verb, p.adverb); {
	case p.gerund && p.noun < p.verb:
		return gerund
	case lex.IsColour(t.lower) && p.adjective >= 0:
		return adjective
	case p.noun == best:
		return noun
	case p.adjective == best:
		return adjective
	case p.adverb == best:
		return adverb
	}
	return verb
}
