package foreign

import (
	"strings"

	"pentimento/dialogue/english"
)

// A class is what a word does in a phrase.
type class int

const (
	noun        class = iota
	adjective         // before its noun in English, wherever the language has it
	tail              // after its noun in English: "with red hair" for "rousse"
	article           // a
	definite          // the, her, this
	quantity          // two, some, no
	pronoun           // it, her
	preposition       // of and at are resolved by what follows
	genitive          // articles that say "of the" after a noun
	joint             // and, or
	degree            // more, very
	adverb            // a whole answer to where, when or how: "at night"
)

// classes are the sections of a language's file that list words.
func classes() map[string]class {
	return map[string]class{
		"nouns": noun, "adjectives": adjective, "tails": tail, "articles": article, "definites": definite, "quantities": quantity, "pronouns": pronoun,
		"prepositions": preposition, "genitives": genitive, "joints": joint, "degrees": degree, "adverbs": adverb,
	}
}

// A source is a language as it is written down.
type source struct {
	// name is the language's English name, and table its file.
	name, table string
	// endings are those of a noun's or adjective's forms beside the ones listed.
	endings func(form string, c class) []string
	// more is the comparative of an adjective.
	more func(form string) string
	// nounFirst is set where adjectives follow their noun.
	nounFirst bool
	// apart splits a word that is written together: "d'arbre", "ponle".
	apart func(word string, has func(string) bool) []string
}

// A Language is one of the languages read.
type Language struct {
	source
	en *english.Reader
	// words are the entries by their forms in lower case, genitives those that mean
	// something else after a noun, prefixes what colours begin with.
	words, genitives map[string]entry
	prefixes         []line
	// forms are the first forms of nouns, adjectives and joints, by their English.
	forms map[string]string
	// longest is how many words the longest form has.
	longest int
	// plain are all single words, by their exact spelling and by others.
	plain    map[string]bool
	spelling map[string]string
	// written and stripped spell words without accents, spacing sets marks.
	written, stripped, spacing *strings.Replacer
	// courtesies are said beside the matter, by their words.
	courtesies map[string]string
	fillers    english.List
	clauses    []clausePattern
	starters   map[string]bool
	answers    []answer
	sentences  map[string]string
}

// An entry is a word of a language. comparative is set where the form is one, too:
// "dunkler".
type entry struct {
	english     string
	class       class
	comparative bool
}

// A line of a table's section: what stands before and after the " = ".
type line struct{ section, key, value string }

// lines reads a table:
//
//	# a comment
//	[section]
//	english = form, another form | plural form
func lines(table string) []line {
	var out []line
	section := ""
	for text := range strings.SplitSeq(table, "\n") {
		text = strings.TrimSpace(text)
		switch {
		case text == "" || text[0] == '#':
		case text[0] == '[' && strings.HasSuffix(text, "]") && !strings.Contains(text, " "):
			section = text[1 : len(text)-1]
		default:
			key, value, _ := strings.Cut(text, " = ")
			out = append(out, line{section, strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	return out
}

// newLanguage reads a language's table.
func newLanguage(en *english.Reader, s source) *Language {
	l := &Language{
		source: s, en: en, words: map[string]entry{}, genitives: map[string]entry{}, plain: map[string]bool{},
		written: writing(), stripped: baring(), spacing: strings.NewReplacer(" ,", ",", " .", ".", " :", ":", " ?", "?", " !", "!"),
		spelling: map[string]string{}, forms: map[string]string{}, courtesies: map[string]string{}, starters: map[string]bool{}, sentences: map[string]string{},
	}
	all := lines(s.table)
	for _, x := range all {
		if x.section == "prefixes" {
			l.prefixes = append(l.prefixes, x)
		}
	}
	kinds := classes()
	for _, x := range all {
		switch c, ok := kinds[x.section]; {
		case ok:
			l.list(x, c)
		case x.section == "courtesies":
			for form := range strings.SplitSeq(x.value, ", ") {
				l.courtesies[form] = x.key
				l.spell(form)
			}
		case x.section == "fillers":
			l.fillers += english.List(" " + x.key)
			l.spell(x.key)
		case x.section == "clauses":
			l.addClause(x.value, x.key)
		case x.section == "answers":
			l.answers = append(l.answers, answer{english.Compile(forAnswers(x.key)), x.value})
		case x.section == "sentences":
			l.sentences[x.key] = x.value
		}
	}
	for _, x := range all {
		if c, ok := kinds[x.section]; ok && (c == noun || c == adjective || c == tail) {
			l.inflect(x, c)
		}
	}
	l.spellOthers()
	return l
}

// list enters the forms that a line of words has.
func (l *Language) list(x line, c class) {
	singular, plural := forms(x.value)
	if c == noun || c == adjective || c == joint {
		l.nameAs(x.key, singular[0])
		switch {
		case len(plural) > 0:
			l.nameAs(second(x.key, c), plural[0])
		case c == noun:
			if more := l.endings(singular[0], c); len(more) > 0 {
				l.nameAs(pluralOf(x.key), more[0])
			}
		case c == adjective:
			l.nameAs(comparativeOf(x.key), l.more(singular[0]))
		}
	}
	for _, form := range singular {
		l.enter(form, entry{english: x.key, class: c})
	}
	for _, form := range plural {
		l.enter(form, entry{english: second(x.key, c), class: c})
	}
}

// nameAs notes the form that stands for an English word.
func (l *Language) nameAs(word, form string) {
	if _, taken := l.forms[word]; !taken {
		l.forms[word] = form
	}
}

// forms cuts the value of a line in two: a noun's singular and plural forms, an
// adjective's and its comparatives.
func forms(value string) (first, others []string) {
	before, after, ok := strings.Cut(value, " | ")
	if ok {
		others = strings.Split(after, ", ")
	}
	return strings.Split(before, ", "), others
}

// second is the English of the forms after the bar.
func second(word string, c class) string {
	if c == noun {
		return pluralOf(word)
	}
	return comparativeOf(word)
}

// inflect enters the forms that a line's words have by their endings, where no word
// was listed with them.
func (l *Language) inflect(x line, c class) {
	singular, others := forms(x.value)
	for _, form := range singular {
		for _, ending := range l.endings(form, c) {
			e := entry{english: x.key, class: c, comparative: l.comparative(ending, c)}
			if c == noun {
				e.english = pluralOf(x.key)
			}
			l.enter(ending, e)
		}
	}
	if c != adjective {
		return
	}
	for _, form := range others {
		for _, ending := range l.endings(form, c) {
			l.enter(ending, entry{english: comparativeOf(x.key), class: c})
		}
	}
	for _, p := range l.prefixes {
		for _, form := range singular {
			e := entry{english: p.key + " " + x.key, class: c}
			l.enter(p.value+form, e)
			for _, ending := range l.endings(p.value+form, c) {
				l.enter(ending, e)
			}
		}
	}
}

// comparative tells whether a form may be a comparative: "dunkler".
func (l *Language) comparative(form string, c class) bool {
	return !l.nounFirst && c == adjective && strings.HasSuffix(form, "er")
}

// enter enters one form.
func (l *Language) enter(form string, e entry) {
	form = strings.ToLower(form)
	l.spell(form)
	if e.class == genitive {
		l.genitives[form] = e
		return
	}
	if _, taken := l.words[form]; taken {
		return
	}
	l.words[form] = e
	if other := strings.ReplaceAll(form, "à ", "a "); other != form { // "a" is a word, too
		l.words[other] = e
	}
	l.longest = max(l.longest, strings.Count(form, " ")+1)
}

// uncounted are nouns that take no article in English though they are singular.
const uncounted english.List = "hair grass snow rain fog snowfall sand water sunlight moonlight sunshine wood gold fire light winter summer autumn spring"

// countless tells whether a noun takes no "a".
func (l *Language) countless(word string) bool {
	return uncounted.Has(word) || l.en.IsPlural(word) || word == "glasses" || word == "sunglasses" || word == "freckles" || word == "trousers" || word == "jeans"
}

// pluralOf writes an English noun in the plural.
func pluralOf(word string) string {
	head, rest := word, ""
	if i := strings.Index(word, " with "); i > 0 {
		head, rest = word[:i], word[i:]
	}
	switch last := head[strings.LastIndexByte(head, ' ')+1:]; last {
	case "man", "woman":
		return strings.TrimSuffix(head, "man") + "men" + rest
	case "person":
		return "people" + rest
	case "child":
		return head + "ren" + rest
	case "hair", "grass", "snow", "fog", "sheep", "fish":
		return word
	case "mouse":
		return "mice"
	case "leaf", "wolf":
		return strings.TrimSuffix(head, "f") + "ves" + rest
	default:
		switch {
		case strings.HasSuffix(last, "s") && last != "bus" && last != "dress":
			return word
		case strings.HasSuffix(last, "y") && !strings.HasSuffix(last, "ey") && !strings.HasSuffix(last, "oy") && !strings.HasSuffix(last, "ay"):
			return strings.TrimSuffix(head, "y") + "ies" + rest
		case strings.HasSuffix(last, "ch"), strings.HasSuffix(last, "sh"), strings.HasSuffix(last, "s"), strings.HasSuffix(last, "x"):
			return head + "es" + rest
		}
		return head + "s" + rest
	}
}

// comparativeOf writes an English adjective in the comparative.
func comparativeOf(word string) string {
	switch {
	case word == "good":
		return "better"
	case strings.HasSuffix(word, "ing") || strings.HasSuffix(word, "ed") || strings.Contains(word, " ") || longAdjectives.Has(word):
		return "more " + word
	case word == "big" || word == "red" || word == "sad" || word == "thin" || word == "fat":
		return word + word[len(word)-1:] + "er"
	case strings.HasSuffix(word, "y") && !strings.HasSuffix(word, "ey") && word != "gray":
		return strings.TrimSuffix(word, "y") + "ier"
	case strings.HasSuffix(word, "e"):
		return word + "r"
	}
	return word + "er"
}

// longAdjectives have no comparative in -er.
const longAdjectives english.List = "orange purple beautiful colorful realistic serious blond ginger transparent modern wooden golden elegant turquoise violet"
