package tokenizer

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a whole tokenizer folder of five tokens.
func small() fstest.MapFS {
	return fstest.MapFS{
		vocabularyFile: {Data: []byte(`{"a": 0, "b</w>": 1, "ab</w>": 2, "!": 3, "<|startoftext|>": 4, "<|endoftext|>": 5}`)},
		mergesFile:     {Data: []byte("#version: 0.2\na b</w>\n")},
		configFile:     {Data: []byte(`{"model_max_length": 8, "pad_token": "<|endoftext|>"}`)},
		specialFile:    {Data: []byte(`{"pad_token": "!", "eos_token": {"content": "<|endoftext|>", "lstrip": false}}`)},
	}
}

func TestLoadReadsSpecialTokens(t *testing.T) {
	folder := small()
	for _, test := range []struct {
		name string
		pad  int
	}{{"special_tokens_map.json wins", 3}, {"without it the config speaks", 5}} {
		t.Run(test.name, func(t *testing.T) {
			tok, err := Load(folder)
			if err != nil {
				t.Fatal(err)
			}
			e := tok.Encode("AB c")
			want := []int{4, 2, 5, 5, test.pad, test.pad, test.pad, test.pad} // "c" is unknown
			for i := range want {
				if e.IDs[i] != want[i] {
					t.Fatalf("ids %v, want %v", e.IDs, want)
				}
			}
			delete(folder, specialFile)
		})
	}
}

// Whatever is wrong with a folder, the error names the file.
func TestLoadNamesTheFileAtFault(t *testing.T) {
	for _, test := range []struct {
		name, file, data, want string
	}{
		{"vocabulary cut short", vocabularyFile, `{"a": 0, "b`, "vocab.json: unexpected end of JSON"},
		{"vocabulary empty", vocabularyFile, `{}`, "vocab.json: no tokens"},
		{"vocabulary of other things", vocabularyFile, `{"a": "x"}`, "vocab.json: json: cannot unmarshal"},
		{"id below zero", vocabularyFile, `{"a": -1}`, `vocab.json: token "a" has the id -1`},
		{"id far too great", vocabularyFile, `{"a": 999999999}`, `vocab.json: token "a" has the id 999999999`},
		{"no start token", vocabularyFile, `{"a": 0, "b</w>": 1, "ab</w>": 2}`, `vocab.json: the special token "<|`},
		{"merge of one token", mergesFile, "#version: 0.2\na\n", "merges.txt: line 2 has no two tokens"},
		{"merge outside of the vocabulary", mergesFile, "a c</w>\n", `merges.txt: line 1: token "c</w>" is not in vocab.json`},
		{"no context length", configFile, `{}`, "tokenizer_config.json: model_max_length is 0"},
		{"no limit to the context", configFile, `{"model_max_length": 1000000000000000019884624838656}`, "tokenizer_config.json: model_max_length is 1e+30"},
		{"another kind of tokenizer", configFile, `{"model_max_length": 8, "tokenizer_class": "T5Tokenizer"}`, `tokenizer_config.json: tokenizer_class is "T5Tokenizer"`},
		{"empty special token", specialFile, `{"bos_token": ""}`, `vocab.json: the special token "" is missing`},
		{"special tokens of another type", specialFile, `{"bos_token": 7}`, "special_tokens_map.json: json: cannot unmarshal"},
		{"a huge file", mergesFile, strings.Repeat("\n", maxFileSize+1), "merges.txt: over 32 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := small()
			folder[test.file] = &fstest.MapFile{Data: []byte(test.data)}
			_, err := Load(folder)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
	for _, file := range []string{vocabularyFile, mergesFile, configFile} {
		folder := small()
		delete(folder, file)
		if _, err := Load(folder); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), file) {
			t.Errorf("without %s: %v", file, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	files := func(folder fstest.MapFS) [4][]byte {
		var data [4][]byte
		for i, name := range []string{vocabularyFile, mergesFile, configFile, specialFile} {
			data[i] = folder[name].Data
		}
		return data
	}
	d := files(small())
	f.Add(d[0], d[1], d[2], d[3])
	f.Add([]byte(`{"":0,"\u0000":1}`), []byte("  \n \n"), []byte(`{"model_max_length":3,"bos_token":""}`), []byte(`{"pad_token":null}`))
	f.Fuzz(func(t *testing.T, vocabulary, merges, config, special []byte) {
		tok, err := Load(fstest.MapFS{
			vocabularyFile: {Data: vocabulary}, mergesFile: {Data: merges}, configFile: {Data: config}, specialFile: {Data: special},
		})
		if err != nil {
			return
		}
		e := tok.Encode("a b ab <|endoftext|> \u0130\xff")
		if len(e.IDs) != tok.ContextLength() {
			t.Fatalf("%d ids in a context of %d", len(e.IDs), tok.ContextLength())
		}
		tok.Decode(e.IDs)
	})
}

// The bundled folder stands for real ones: cut any file short anywhere and
// Load says so, or reads a smaller tokenizer, but never panics.
func TestLoadTruncatedFiles(t *testing.T) {
	whole := fstest.MapFS{}
	for _, name := range []string{vocabularyFile, mergesFile, configFile, specialFile} {
		data, err := os.ReadFile("../pocket/model/tokenizer/" + name)
		if err != nil {
			t.Fatal(err)
		}
		whole[name] = &fstest.MapFile{Data: data}
	}
	for name, file := range whole {
		for share := range 8 {
			cut := maps.Clone(whole)
			cut[name] = &fstest.MapFile{Data: file.Data[:len(file.Data)*share/8]}
			_, err := Load(cut)
			if name == mergesFile {
				continue // a shorter list of merges is one too, if cut between lines
			}
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s cut to %d/8: %v", name, share, err)
			}
		}
	}
}
