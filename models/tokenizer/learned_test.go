package tokenizer

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pentimento/models/clip"
	"pentimento/tests/parity"
)

// clips is CLIP's tokenizer with learned words.
func clips(t *testing.T, words map[string][]int) *Tokenizer {
	t.Helper()
	files := fstest.MapFS{configFile: {Data: []byte(`{"model_max_length": 77}`)}}
	for _, name := range []string{vocabularyFile, mergesFile} {
		data, err := fs.ReadFile(clip.Tokenizer(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	tok, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if tok, err = tok.WithWords(words); err != nil {
		t.Fatal(err)
	}
	return tok
}

// A learned word has the ids that diffusers gives it.
func TestLearnedWordsAreThoseOfDiffusers(t *testing.T) {
	fixture := parity.Open(t, "embedding")
	var word, prompt string
	fixture.Info("word", &word)
	fixture.Info("prompt", &prompt)
	for name, ids := range map[string][]int{"one": {49408}, "several": {49408, 49409, 49410}} {
		var want []int
		fixture.Info("ids_"+name, &want)
		e := clips(t, map[string][]int{word: ids}).Encode(prompt)
		if !slices.Equal(e.IDs, want) {
			t.Errorf("%s: %v, want %v", name, e.IDs, want)
		}
		at := slices.IndexFunc(e.Words, func(w Word) bool { return w.Text == word })
		if at < 0 || e.Words[at].Last-e.Words[at].First != len(ids) || prompt[e.Words[at].Start:e.Words[at].End] != word {
			t.Errorf("%s: the words are %+v", name, e.Words)
		}
	}
}

// A learned word counts where it stands alone, in any case.
func TestLearnedWords(t *testing.T) {
	tok := clips(t, map[string][]int{"BadHands-v2": {60000, 60001}, "sks_1": {60002}, "<Thing>": {60003}, "<thing>-red": {60004}, "Élan7": {60005}})
	for prompt, want := range map[string][]string{
		"(badhands-V2:1.2), a cat":      {"badhands-v2"},
		"BADHANDS-v2":                   {"badhands-v2"},
		"badhands-v25 and xbadhands-v2": nil,
		"sks_1 sks_1,sks_1.":            {"sks_1", "sks_1", "sks_1"},
		"sks_12 my_sks_1 sks_1x":        nil,
		"a<thing>b, <THING>":            {"<thing>", "<thing>"},
		"<thing>-red <thing>-blue":      {"<thing>-red", "<thing>"},
		"e\u0301lan7 in the air":        {"élan7"},
		"":                              nil,
	} {
		e := tok.Encode(prompt)
		var got []string
		for _, w := range e.Words {
			if e.IDs[w.First] >= 60000 {
				got = append(got, w.Text)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q has %q, want %q", prompt, got, want)
		}
	}
	if got := tok.Decode(tok.Encode("a badhands-v2 on <thing>").IDs); got != "a badhands-v2 on <thing>" {
		t.Errorf("decoded as %q", got)
	}
	plain := clips(t, nil)
	if tok.SameWords(plain) || !tok.SameWords(tok) || tok.VocabularySize() != plain.VocabularySize() {
		t.Error("learned words are not told apart from others")
	}
}

// A prompt without them is cut as before, and one that they overflow ends before
// the word that no longer fits.
func TestLearnedWordsLeaveOthers(t *testing.T) {
	many := make([]int, 40)
	for i := range many {
		many[i] = 49408 + i
	}
	plain, tok := clips(t, nil), clips(t, map[string][]int{"easyword": many})
	for _, prompt := range []string{"", "a cat's house, 12:30", strings.Repeat("blond hair, ", 40)} {
		if !slices.Equal(plain.Encode(prompt).IDs, tok.Encode(prompt).IDs) {
			t.Errorf("%q is cut another way", prompt)
		}
	}
	e := tok.Encode("a easyword b easyword c")
	if len(e.Words) != 3 || !slices.Equal(e.Dropped, []string{"easyword", "c"}) {
		t.Errorf("%d words, dropped %q", len(e.Words), e.Dropped)
	}
}

func TestWordsThatCannotBeLearned(t *testing.T) {
	tok := clips(t, map[string][]int{"easyword": {49408}})
	for word, why := range map[string]string{
		"cat": "knows it already", "CAT": "knows it already", "two words": "without spaces", "": "without spaces",
		"::": "neither letters", "EasyWord": "twice", "none1": "no tokens",
	} {
		ids := []int{49409}
		if word == "none1" {
			ids = nil
		}
		if _, err := tok.WithWords(map[string][]int{word: ids}); !errors.Is(err, ErrWord) || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", word, err, why)
		}
	}
}
