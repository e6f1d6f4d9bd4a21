package foreign

import (
	"strings"
	"unicode/utf8"

	"pentimento/dialogue/english"
)

// spell notes the single words of a form.
func (l *Language) spell(form string) {
	for word := range strings.FieldsSeq(strings.ToLower(form)) {
		l.plain[word] = true
	}
}

// spellOthers notes how else each word is spelt: with ae for ä, and without
// accents, where that is not another word.
func (l *Language) spellOthers() {
	for word := range l.plain {
		if ascii(word) {
			continue
		}
		written := l.written.Replace(word)
		for _, other := range []string{written, l.bare(word), l.bare(written)} {
			if now, taken := l.spelling[other]; other != word && !l.plain[other] && (!taken || word < now) {
				l.spelling[other] = word
			}
		}
	}
}

// writing is how letters with accents are spelt on a keyboard that has none.
func writing() *strings.Replacer {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "œ", "oe", "ñ", "n")
}

// baring strips accents.
func baring() *strings.Replacer {
	return strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss", "œ", "oe", "æ", "ae", "ñ", "n", "ç", "c",
		"é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "á", "a", "î", "i", "ï", "i", "í", "i", "ô", "o", "ó", "o", "û", "u", "ù", "u", "ú", "u")
}

// bare strips a word's accents.
func (l *Language) bare(word string) string {
	if ascii(word) {
		return word
	}
	return l.stripped.Replace(word)
}

func ascii(word string) bool {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// composed writes accents that follow their letter as one letter with it.
func composed(text string) string {
	if !strings.ContainsAny(text, "\u0300\u0301\u0302\u0303\u0308\u0327") {
		return text
	}
	const letters, grave, acute, circumflex, umlaut = "aeiou", "àèìòù", "áéíóú", "âêîôû", "äëïöü"
	for mark, with := range map[string]string{"\u0300": grave, "\u0301": acute, "\u0302": circumflex, "\u0308": umlaut} {
		for i, r := range []rune(with) {
			text = strings.ReplaceAll(text, letters[i:i+1]+mark, string(r))
		}
	}
	return strings.NewReplacer("n\u0303", "ñ", "c\u0327", "ç").Replace(text)
}

// proper gives a word the spelling of the table; ok tells whether that has it.
func (l *Language) proper(word string) (string, bool) {
	word = composed(word)
	if l.plain[word] {
		return word, true
	}
	for _, other := range []string{word, l.bare(word)} {
		if proper, ok := l.spelling[other]; ok {
			return proper, true
		}
		if l.plain[other] {
			return other, true
		}
	}
	return word, false
}

// has tells whether the table has a word in some spelling.
func (l *Language) has(word string) bool {
	_, ok := l.proper(word)
	return ok
}

// begins tells whether a clause can begin with a word.
func (l *Language) begins(word string) bool {
	word, ok := l.proper(word)
	return ok && l.starters[word]
}

// split takes words apart that are written together and spells them as the table
// does.
func (l *Language) split(words english.Words) english.Words {
	var out english.Words
	for _, t := range words {
		if t.Mark {
			if !strings.Contains("\"«»„“”¿¡", t.Lower) {
				out = append(out, t)
			}
			continue
		}
		parts := []string{composed(t.Lower)}
		if !l.has(t.Lower) {
			parts = l.apart(parts[0], l.begins)
		}
		for _, part := range parts {
			word := t
			word.Lower, _ = l.proper(part)
			out = append(out, word)
		}
	}
	return out
}

// elided are the French words that lose their vowel before another.
const elided english.List = "l d j n s c t m qu"

// apartFrench splits "d'arbre" and "mets-lui".
func apartFrench(word string, _ func(string) bool) []string {
	var out []string
	for part := range strings.SplitSeq(word, "-") {
		if stem, rest, ok := strings.Cut(part, "'"); ok && elided.Has(stem) {
			out = append(out, stem+"'")
			part = rest
		}
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}

// apartSpanish splits the pronouns from the end of a verb: "ponle", "quítaselo".
func apartSpanish(word string, verb func(string) bool) []string {
	for _, ending := range []string{"selo", "sela", "selos", "selas", "melo", "mela", "los", "las", "les", "le", "lo", "la", "me", "nos"} {
		stem, ok := strings.CutSuffix(word, ending)
		if !ok || len(stem) < 2 || !verb(stem) {
			continue
		}
		if len(ending) > 3 && (strings.HasPrefix(ending, "se") || strings.HasPrefix(ending, "me")) {
			return []string{stem, ending[:2], ending[2:]}
		}
		return []string{stem, ending}
	}
	return []string{word}
}

// apartGerman leaves words whole: the table has the compounds.
func apartGerman(word string, _ func(string) bool) []string { return []string{word} }
