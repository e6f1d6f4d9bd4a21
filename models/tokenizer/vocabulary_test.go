package tokenizer

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// whole is the folder of small as the tokenizers library writes it.
func whole(merges string) fstest.MapFS {
	return fstest.MapFS{
		configFile: {Data: []byte(`{"model_max_length": 8, "pad_token": "!"}`)},
		wholeFile: {Data: []byte(`{"added_tokens": [{"id": 4, "content": "<|startoftext|>"}, {"id": 5, "content": "<|endoftext|>"}],
			"model": {"type": "BPE", "end_of_word_suffix": "</w>", "merges": [` + merges + `],
			"vocab": {"a": 0, "b</w>": 1, "ab</w>": 2, "!": 3, "<|startoftext|>": 4, "<|endoftext|>": 5}}}`)},
	}
}

func TestLoadTokenizerJSON(t *testing.T) {
	want, err := Load(small())
	if err != nil {
		t.Fatal(err)
	}
	for _, merges := range []string{`"a b</w>"`, `["a", "b</w>"]`} {
		got, err := Load(whole(merges))
		if err != nil {
			t.Fatal(err)
		}
		for _, prompt := range []string{"AB c", "abab ab", "a b <|endoftext|> ab!", ""} {
			if a, b := got.Encode(prompt).IDs, want.Encode(prompt).IDs; !slices.Equal(a, b) {
				t.Errorf("merges %s: %q is %v, want %v", merges, prompt, a, b)
			}
		}
	}
	bare := whole(`"a b</w>"`)
	delete(bare, configFile)
	if tok, err := Load(bare); err != nil || tok.ContextLength() != 77 {
		t.Errorf("tokenizer.json alone: %v, %v", tok, err)
	}
}

func TestLoadRefusesOtherTokenizers(t *testing.T) {
	for want, data := range map[string]string{
		"only CLIP's byte-pair encoding": `{"model": {"type": "Unigram", "vocab": [["a", 0]]}}`,
		"suffix \"\"":                    `{"model": {"type": "BPE", "vocab": {"a": 0}}}`,
		"no tokens":                      `{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {}}}`,
		"merge 0: token \"b\"":           `{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {"a": 0}, "merges": ["a b"]}}`,
		"merge 0: json":                  `{"model": {"type": "BPE", "end_of_word_suffix": "</w>", "vocab": {"a": 0}, "merges": [7]}}`,
	} {
		folder := whole("")
		folder[wholeFile] = &fstest.MapFile{Data: []byte(data)}
		if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", data, err, want)
		}
	}
}

// A word that was added to a vocabulary is one token wherever it stands, and
// however it is written.
func TestAddedTokens(t *testing.T) {
	folder := small()
	folder[addedFile] = &fstest.MapFile{Data: []byte(`{"<AB>": 6, "<AB>-2": 7, "!": 3}`)}
	tok, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	for prompt, want := range map[string][]int{
		"ab <ab> ab": {4, 2, 6, 2, 5, 3, 3, 3},
		"<AB>-2ab":   {4, 7, 2, 5, 3, 3, 3, 3},
		"ab!":        {4, 2, 5, 5, 3, 3, 3, 3}, // "!</w>" is unknown: the pad token is no word
	} {
		if got := tok.Encode(prompt).IDs; !slices.Equal(got, want) {
			t.Errorf("%q is %v, want %v", prompt, got, want)
		}
	}
	if tok.VocabularySize() != 8 {
		t.Errorf("%d tokens", tok.VocabularySize())
	}
	folder[addedFile] = &fstest.MapFile{Data: []byte(`{"x": -5}`)}
	if _, err := Load(folder); err == nil || !strings.Contains(err.Error(), "added_tokens.json") {
		t.Errorf("an id below zero: %v", err)
	}
}
