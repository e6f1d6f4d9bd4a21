package foreign

import (
	_ "embed"
	"strings"
)

//go:embed german.txt
var germanTable string

//go:embed french.txt
var frenchTable string

//go:embed spanish.txt
var spanishTable string

// german is German: an adjective takes its endings before a noun, and those of its
// comparative after it. The plurals of nouns are in the table.
func german() source {
	return source{name: "German", table: germanTable, more: moreGerman, apart: apartGerman, endings: func(form string, c class) []string {
		if c == noun {
			return nil
		}
		return ended(form, "e", "er", "es", "en", "em")
	}}
}

// french is French: feminine in -e, plural in -s.
func french() source {
	return source{name: "French", table: frenchTable, more: func(form string) string { return "plus " + form }, apart: apartFrench, nounFirst: true, endings: func(form string, c class) []string {
		if c == noun {
			return ended(form, "s", "x")
		}
		return ended(form, "s", "e", "es")
	}}
}

// spanish is Spanish: feminine in -a for -o, plural in -s and -es.
func spanish() source {
	return source{name: "Spanish", table: spanishTable, more: func(form string) string { return "más " + form }, apart: apartSpanish, nounFirst: true, endings: func(form string, c class) []string {
		if c == noun && strings.ContainsAny(form[len(form)-1:], "aeo") {
			return ended(form, "s")
		}
		if c == noun {
			return ended(form, "es", "s")
		}
		if stem, ok := strings.CutSuffix(form, "o"); ok {
			return append(ended(stem, "a", "as", "os"), ended(form, "s")...)
		}
		return ended(form, "s", "es")
	}}
}

// moreGerman is a regular comparative: "heller", "dunkler".
func moreGerman(form string) string {
	if stem, ok := strings.CutSuffix(form, "el"); ok {
		return stem + "ler"
	}
	return strings.TrimSuffix(form, "e") + "er"
}

// ended is a form with each of some endings. Of several words the first takes them,
// if it has none yet.
func ended(form string, endings ...string) []string {
	first, rest, several := strings.Cut(form, " ")
	if several && (strings.HasSuffix(first, "s") || len(first) < 4) {
		return nil
	}
	out := make([]string, len(endings))
	for i, ending := range endings {
		out[i] = strings.TrimSpace(first + ending + " " + rest)
	}
	return out
}
