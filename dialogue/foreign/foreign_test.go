package foreign

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"pentimento/dialogue/english"
)

// TestUtterances reads every line of testdata: what is said, " = ", and its English;
// "?" and a word stand for what is not understood.
func TestUtterances(t *testing.T) {
	translator := New(english.New())
	for _, l := range translator.languages {
		t.Run(l.name, func(t *testing.T) {
			all := said(t, l)
			for _, x := range all {
				if got := outcome(translator.Read(x.key, "")); got != x.value {
					t.Errorf("%s\n  got  %s\n  want %s", x.key, got, x.value)
				}
			}
			if len(all) < 60 {
				t.Errorf("there are %d utterances, want 60", len(all))
			}
		})
	}
}

// said reads the utterances of a language.
func said(t *testing.T, l *Language) []line {
	t.Helper()
	data, err := os.ReadFile("testdata/" + strings.ToLower(l.name) + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return lines(string(data))
}

// outcome writes a reading as testdata does.
func outcome(r Reading) string {
	switch {
	case !r.Foreign:
		return "English"
	case r.English == "":
		return "? " + r.Unknown
	}
	return r.English
}

// TestSpellings: accents and capitals may be missing, and ae stands for ä.
func TestSpellings(t *testing.T) {
	translator := New(english.New())
	for said, want := range map[string]string{
		"fuege Huegel hinzu":                "add hills",
		"fuge Hugel hinzu":                  "add hills",
		"FÜGE HÜGEL HINZU":                  "add hills",
		"fu\u0308ge Hu\u0308gel hinzu":      "add hills",
		"enleve les etoiles":                "remove the stars",
		"ENLÈVE LES ÉTOILES":                "remove the stars",
		"une maison a cote d’une forêt":     "a house next to a forest",
		"anade un sueter marron":            "add a brown sweater",
		"AÑADE UN SUÉTER MARRÓN":            "add a brown sweater",
		"¡dibujame un arbol!":               "draw me a tree",
		"die Haare kuerzer":                 "make the hair shorter",
		"ein langer Bart und längere Haare": "a long beard and longer hair",
	} {
		if got := outcome(translator.Read(said, "")); got != want {
			t.Errorf("%q: %s, want %s", said, got, want)
		}
	}
}

// TestGoesOn: words that English has as well are of the language spoken before.
func TestGoesOn(t *testing.T) {
	translator := New(english.New())
	for _, x := range []struct{ before, said, want string }{
		{"make her hair red", "rot", "English"},
		{"färbe ihr Haar blau", "rot", "red"},
		{"färbe ihr Haar blau", "make it red", "English"},
		{"un chat sur un lit", "orange", "orange"},
		{"un chat sur un lit", "wait", "English"},
		{"un gato en la cama", "no", "no"},
	} {
		if got := outcome(translator.Read(x.said, x.before)); got != x.want {
			t.Errorf("%q after %q: %s, want %s", x.said, x.before, got, x.want)
		}
	}
}

// TestNotCertain: what is in none of the languages, or has a word that the table
// lacks, is never guessed.
func TestNotCertain(t *testing.T) {
	translator := New(english.New())
	for said, want := range map[string]string{
		"een vrouw met rood haar":            "?",
		"une femme avec un grille-pain":      "? grille-pain",
		"eine Frau mit einem Hammer":         "? Hammer",
		"una mujer con una motosierra":       "? motosierra",
		"a café in Montmartre":               "English",
		"die Hard poster":                    "English",
		"a chat with a man":                  "English",
		"El Capitan at sunset":               "English",
		"make the hat rojo":                  "English",
		"a woman with a sombrero and poncho": "English",
	} {
		if got := outcome(translator.Read(said, "")); got != want && !(want == "?" && (got == "English" || strings.HasPrefix(got, "?"))) {
			t.Errorf("%q: %s, want %s", said, got, want)
		}
	}
}

// TestVocabulary: each word of the bundled model can be said in each language.
func TestVocabulary(t *testing.T) {
	data, err := os.ReadFile("../../models/pocket/model/vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	var vocabulary []string
	if err := json.Unmarshal(data, &vocabulary); err != nil {
		t.Fatal(err)
	}
	same := map[string]string{"blonde": "blond", "grey": "gray", "fall": "autumn", "an": "a"}
	translator := New(english.New())
	for _, l := range translator.languages {
		reached := map[string]bool{}
		for form, e := range l.words {
			form = strings.ReplaceAll(form, "' ", "'")
			if strings.HasSuffix(form, "'") {
				continue
			}
			if e.class == preposition || e.class == article || e.class == definite {
				form += " " + l.forms["house"]
			}
			text, unknown := l.translate(l.split(english.Tokenise(form)))
			if unknown != "" {
				t.Errorf("%s: %q is not understood for %q", l.name, form, unknown)
			}
			note(reached, text)
		}
		for _, x := range said(t, l) {
			note(reached, x.value)
		}
		for _, word := range vocabulary {
			if s, ok := same[word]; ok {
				word = s
			}
			if !reached[word] {
				t.Errorf("%s has no way to say %q", l.name, word)
			}
		}
	}
}

func note(reached map[string]bool, text string) {
	for _, w := range english.Tokenise(text) {
		reached[w.Lower] = true
	}
	for w := range strings.FieldsSeq(text) {
		reached[strings.Trim(w, ",.")] = true
	}
}

// FuzzRead: no utterance breaks the reading, and what is read has words.
func FuzzRead(f *testing.F) {
	translator := New(english.New())
	for _, l := range translator.languages {
		for _, x := range lines(l.table) {
			f.Add(x.value)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := translator.Read(text, "un gato")
		if !r.Foreign && (r.English != "" || r.Language != nil) {
			t.Errorf("%q: %+v", text, r)
		}
	})
}

// BenchmarkRead reads an English request, which is what most utterances are, and a
// German one.
func BenchmarkRead(b *testing.B) {
	translator := New(english.New())
	for name, said := range map[string]string{
		"English":    "could you please change the color of her hair to red and add a hat?",
		"long":       strings.Repeat("die Haare und der Himmel rot bitte ", 5),
		"courtesies": strings.Repeat("bitte danke ", 20),
		"gaps":       strings.Repeat("mach das Haus rot blau und statt ", 5),
		"German":     "färb die Haare bitte rot und setz ihr einen grünen Hut auf",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				translator.Read(said, "make the background blue")
			}
		})
	}
	b.Run("opening", func(b *testing.B) {
		en := english.New()
		for b.Loop() {
			New(en)
		}
	})
}
