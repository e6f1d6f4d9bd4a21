package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
)

// A vocabulary is the tokens of a model, and how they are made of each other.
type vocabulary struct {
	file   string         // for messages
	ids    map[string]int // of all tokens
	merges map[pair]merge
	// added are the tokens that are no result of merges, each a word of its
	// own: textual inversions and the like.
	added map[string]int
}

// loadVocabulary reads vocab.json and merges.txt or, where there are none,
// tokenizer.json.
func loadVocabulary(fsys fs.FS) (*vocabulary, error) {
	_, err := fs.Stat(fsys, vocabularyFile)
	if _, whole := fs.Stat(fsys, wholeFile); err != nil && whole == nil {
		return loadWhole(fsys)
	}
	v := &vocabulary{file: vocabularyFile}
	if err := readJSON(fsys, vocabularyFile, &v.ids); err != nil {
		return nil, err
	}
	if err := v.check(); err != nil {
		return nil, err
	}
	lines, err := readFile(fsys, mergesFile)
	if err != nil {
		return nil, err
	}
	v.merges = make(map[pair]merge, bytes.Count(lines, []byte("\n")))
	number := 0
	for line := range strings.Lines(string(lines)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || number == 1 && strings.HasPrefix(line, "#version") {
			continue
		}
		if err := v.addMerge(fmt.Sprintf("%s: line %d", mergesFile, number), line, number); err != nil {
			return nil, err
		}
	}
	added := map[string]int{}
	if err := readJSON(fsys, addedFile, &added); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return v, v.add(addedFile, added)
}

// check refuses a vocabulary without tokens, and ids that no model has.
func (v *vocabulary) check() error {
	if len(v.ids) == 0 {
		return fmt.Errorf("%s: no tokens", v.file)
	}
	for token, id := range v.ids {
		if id < 0 || id > maxID {
			return fmt.Errorf("%s: token %q has the id %d, outside of 0 to %d", v.file, token, id, maxID)
		}
	}
	return nil
}

// addMerge adds a line of two tokens that are joined; where says where it is
// written. The first of equal ones counts.
func (v *vocabulary) addMerge(where, line string, rank int) error {
	left, right, ok := strings.Cut(line, " ")
	if !ok {
		return fmt.Errorf("%s has no two tokens", where)
	}
	var found [3]int
	for i, token := range []string{left, right, left + right} {
		if found[i], ok = v.ids[token]; !ok {
			return fmt.Errorf("%s: token %q is not in %s", where, token, v.file)
		}
	}
	p := pair{found[0], found[1]}
	if _, twice := v.merges[p]; !twice {
		v.merges[p] = merge{rank: rank, id: found[2]}
	}
	return nil
}

// add adds the tokens that the vocabulary does not have.
func (v *vocabulary) add(file string, tokens map[string]int) error {
	v.added = map[string]int{}
	for token, id := range tokens {
		if _, known := v.ids[token]; known || token == "" {
			continue
		}
		if id < 0 || id > maxID {
			return fmt.Errorf("%s: token %q has the id %d, outside of 0 to %d", file, token, id, maxID)
		}
		v.added[token] = id
	}
	maps.Copy(v.ids, v.added)
	return nil
}

// loadWhole reads tokenizer.json, the form of the tokenizers library.
func loadWhole(fsys fs.FS) (*vocabulary, error) {
	var whole struct {
		Added []struct {
			ID      int    `json:"id"`
			Content string `json:"content"`
		} `json:"added_tokens"`
		Model struct {
			Type   string            `json:"type"`
			Vocab  json.RawMessage   `json:"vocab"`
			Merges []json.RawMessage `json:"merges"`
			Suffix string            `json:"end_of_word_suffix"`
		} `json:"model"`
	}
	if err := readJSON(fsys, wholeFile, &whole); err != nil {
		return nil, err
	}
	if m := whole.Model; m.Type != "BPE" || m.Suffix != endOfWord {
		return nil, fmt.Errorf("%s: the model is %q with the suffix %q; only CLIP's byte-pair encoding can be read", wholeFile, m.Type, m.Suffix)
	}
	v := &vocabulary{file: wholeFile, merges: make(map[pair]merge, len(whole.Model.Merges))}
	if err := json.Unmarshal(whole.Model.Vocab, &v.ids); err != nil {
		return nil, fmt.Errorf("%s: %w", wholeFile, err)
	}
	if err := v.check(); err != nil {
		return nil, err
	}
	for i, data := range whole.Model.Merges {
		// Older versions write "a b", newer ones ["a", "b"].
		var line string
		var both [2]string
		if json.Unmarshal(data, &both) == nil {
			line = both[0] + " " + both[1]
		} else if err := json.Unmarshal(data, &line); err != nil {
			return nil, fmt.Errorf("%s: merge %d: %w", wholeFile, i, err)
		}
		if err := v.addMerge(fmt.Sprintf("%s: merge %d", wholeFile, i), line, i); err != nil {
			return nil, err
		}
	}
	added := map[string]int{}
	for _, token := range whole.Added {
		added[token.Content] = token.ID
	}
	return v, v.add(wholeFile, added)
}
