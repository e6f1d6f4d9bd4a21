package tokenizer

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

// The public CLIP vocabulary and what the published tokenizer makes of some
// three thousand strings are test data that the repository does not carry:
// PENTIMENTO_TEST_DATA names the folder that has them in clip/.
func TestEncodeEqualsPublishedTokenizer(t *testing.T) {
	folder := os.Getenv("PENTIMENTO_TEST_DATA")
	if folder == "" {
		t.Skip("PENTIMENTO_TEST_DATA is not set: no CLIP vocabulary to compare with")
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, "clip", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	tok, err := Load(fstest.MapFS{
		vocabularyFile: {Data: read("vocab.json")},
		mergesFile:     {Data: read("merges.txt")},
		configFile:     {Data: []byte(`{"model_max_length": 8192}`)}, // long enough to drop nothing
	})
	if err != nil {
		t.Fatal(err)
	}
	if tok.VocabularySize() != 49408 {
		t.Errorf("vocabulary of %d tokens, want CLIP's 49408", tok.VocabularySize())
	}
	file, err := os.Open(filepath.Join(folder, "clip", "ids.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	compared := 0
	for lines := bufio.NewScanner(file); lines.Scan(); compared++ {
		var want struct {
			Text string
			IDs  []int
		}
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		got := tok.Encode(want.Text)
		if ids := got.IDs[1 : got.Length-1]; !slices.Equal(ids, want.IDs) {
			t.Errorf("%+q\n got %v\nwant %v", want.Text, ids, want.IDs)
		}
	}
	if compared < 3000 {
		t.Errorf("compared %d strings only", compared)
	}
}
