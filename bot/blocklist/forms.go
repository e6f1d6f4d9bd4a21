package blocklist

import "strings"

// forms are an English word, its plurals, what it may be the plural of, and what endings make of it: "bloody" and
// "bloodied" of "blood", and not "bleeding". Words of two letters have no others.
func forms(word string) []string {
	out := []string{word}
	if len(word) < 3 {
		return out
	}
	add := func(stem string, endings ...string) {
		for _, e := range endings {
			out = append(out, stem+e)
		}
	}
	last := word[len(word)-1:]
	cut := word[:len(word)-1]
	switch {
	case hasAnySuffix(word, "s", "x", "z", "ch", "sh"):
		add(word, "es")
	case hasAnySuffix(word, "fe"):
		add(word[:len(word)-2], "ves")
		add(word, "s")
	case hasAnySuffix(word, "f"):
		add(cut, "ves")
		add(word, "s")
	case hasAnySuffix(word, "man"):
		add(word[:len(word)-2], "en")
	default:
		add(word, "s", "es")
	}
	if singular, ok := strings.CutSuffix(word, "s"); ok && len(singular) > 3 && !strings.HasSuffix(singular, "s") {
		out = append(out, singular)
	}
	switch {
	case strings.HasSuffix(word, "ie"):
		add(word, "d", "r")
		add(word[:len(word)-2], "ying")
	case last == "e":
		add(cut, stems()...)
		add(cut, "ity", "ities")
	case last == "y":
		add(cut, "ies", "ied", "ier", "iest", "ily", "iness")
		add(word, "ing", "ish")
	case doubles(word):
		add(word+last, stems()...)
	default:
		add(word, stems()...)
	}
	return out
}

// stems are the endings of what is made of a word.
func stems() []string {
	return []string{"ed", "ing", "ings", "er", "ers", "y", "ies", "ier", "iest", "ily", "iness", "ied", "ish", "ist", "ists", "like"}
}

// doubles reports whether a word of one syllable doubles its last letter before an
// ending: "rat", "ratted", and not "rated".
func doubles(word string) bool {
	n := len(word)
	return syllables(word) == 1 && !isVowel(word[n-1]) && isVowel(word[n-2]) && !isVowel(word[n-3]) && !strings.ContainsRune("wxy", rune(word[n-1]))
}

// syllables counts the groups of vowels.
func syllables(word string) int {
	n := 0
	for i := range word {
		if isVowel(word[i]) && (i == 0 || !isVowel(word[i-1])) {
			n++
		}
	}
	return n
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

func hasAnySuffix(word string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(word, s) {
			return true
		}
	}
	return false
}
