package lexicon

import "strings"

// NounLemma gives the singular of a noun ("men" → "man"), or the word itself
// where that is a noun, and whether there is such a noun.
func (l *Lexicon) NounLemma(word string) (string, bool) {
	if lemma, ok := l.irregular(word, 'n'); ok {
		return lemma, true
	}
	if e, ok := l.Lookup(word); ok && e.Noun >= 0 {
		return word, true
	}
	for _, s := range []struct{ ending, instead string }{{"ies", "y"}, {"ses", "s"}, {"xes", "x"}, {"zes", "z"}, {"ches", "ch"}, {"shes", "sh"}, {"men", "man"}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(word, s.ending); ok && len(stem) > 1 {
			if e, ok := l.Lookup(stem + s.instead); ok && e.Noun >= 0 {
				return stem + s.instead, true
			}
		}
	}
	return word, false
}

// IsPlural tells whether a noun's form is the plural of another noun.
func (l *Lexicon) IsPlural(word string) bool {
	if onlyPlural(word) {
		return true
	}
	if lemma, ok := l.irregular(word, 'n'); ok && lemma != word {
		return true
	}
	if !strings.HasSuffix(word, "s") || strings.HasSuffix(word, "ss") || strings.HasSuffix(word, "us") || strings.HasSuffix(word, "is") {
		return false
	}
	e, ok := l.Lookup(word)
	if !ok || e.Noun < 0 {
		return true // "cats", or a name
	}
	// Words such as "glasses" and "mountains" have entries of their own.
	_, stem := l.Lookup(strings.TrimSuffix(word, "s"))
	_, stems := l.Lookup(strings.TrimSuffix(word, "es"))
	return stem || stems
}

// onlyPlural tells whether a word is a plural without an ending that tells, or
// without a singular that WordNet has.
func onlyPlural(word string) bool {
	switch word {
	case "people", "sheep", "deer", "cattle", "police", "trousers", "pants", "jeans", "shorts", "scissors", "skis":
		return true
	}
	return false
}

// VerbLemma gives the base of a verb's form ("running" → "run"), and
// whether there is such a verb.
func (l *Lexicon) VerbLemma(word string) (string, bool) {
	if lemma, ok := l.irregular(word, 'v'); ok {
		return lemma, true
	}
	if e, ok := l.Lookup(word); ok && e.Verb >= 0 {
		return word, true
	}
	for _, ending := range []string{"ing", "ed", "es", "s", "d"} {
		stem, ok := strings.CutSuffix(word, ending)
		if !ok || len(stem) < 2 {
			continue
		}
		for _, base := range stems(stem) {
			if e, ok := l.Lookup(base); ok && e.Verb >= 0 {
				return base, true
			}
		}
	}
	return word, false
}

// stems are the bases that may lie under a stem: "mak" → "make",
// "runn" → "run", "cri" → "cry".
func stems(stem string) []string {
	n := len(stem)
	all := []string{stem, stem + "e"}
	if n > 2 && stem[n-1] == stem[n-2] {
		all = append(all, stem[:n-1])
	}
	if strings.HasSuffix(stem, "i") {
		all = append(all, stem[:n-1]+"y")
	}
	return all
}

// Degree tells of which adjective the word is the comparative ("curlier" →
// "curly", "er") or the superlative ("biggest" → "big", "est").
func (l *Lexicon) Degree(word string) (base, ending string, ok bool) {
	if e, ok := l.Lookup(word); ok && e.Noun > 0 && e.Adjective < 0 {
		return word, "", false // "forest", "flower"
	}
	for _, ending := range []string{"er", "est"} {
		stem, found := strings.CutSuffix(word, ending)
		if !found || len(stem) < 2 {
			continue
		}
		if lemma, ok := l.irregular(word, 'a'); ok && lemma != word {
			return lemma, ending, true
		}
		for _, base := range stems(stem) {
			if e, ok := l.Lookup(base); ok && e.Adjective >= 0 {
				return base, ending, true
			}
		}
	}
	switch word { // they share no letters with their base
	case "better":
		return "good", "er", true
	case "worse":
		return "bad", "er", true
	}
	return word, "", false
}

func (l *Lexicon) irregular(word string, part byte) (string, bool) {
	line, ok := l.lines.get(word, func(word string) (string, bool) { return find(forms, word) })
	if !ok {
		return "", false
	}
	for field := range strings.FieldsSeq(line) {
		if lemma, found := strings.CutPrefix(field, string(part)+":"); found {
			return lemma, true
		}
	}
	return "", false
}

// Gerund gives the -ing form of a verb's base: "cry" → "crying",
// "run" → "running", "make" → "making".
func Gerund(base string) string {
	n := len(base)
	switch {
	case strings.HasSuffix(base, "ing"):
		return base
	case strings.HasSuffix(base, "ie"):
		return base[:n-2] + "ying"
	case strings.HasSuffix(base, "e") && !strings.HasSuffix(base, "ee") && n > 2:
		return base[:n-1] + "ing"
	case doubles(base):
		return base + base[n-1:] + "ing"
	}
	return base + "ing"
}

// doubles tells whether a verb's last consonant doubles: one syllable, one
// vowel, one consonant.
func doubles(base string) bool {
	n := len(base)
	if n < 3 || n > 4 || strings.ContainsAny(base[n-1:], "aeiouwxy") || !strings.ContainsAny(base[n-2:n-1], "aeiou") {
		return false
	}
	return !strings.ContainsAny(base[:n-2], "aeiou")
}
