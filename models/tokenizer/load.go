package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"pentimento/files"
)

// The files of a tokenizer folder, as CLIP models come with them.
const (
	vocabularyFile = "vocab.json"              // token → id
	mergesFile     = "merges.txt"              // a pair of tokens a line, first merged first
	configFile     = "tokenizer_config.json"   // context length, special tokens
	specialFile    = "special_tokens_map.json" // special tokens; wins over the config
)

// Limits on what a folder may hold. CLIP's own vocabulary has 49,408 tokens
// in 0.9 MB.
const (
	maxFileSize      = 32 << 20
	maxID            = 1<<20 - 1
	maxContextLength = 1 << 14
)

// Load reads the tokenizer of a model: fsys is its tokenizer folder, with
// vocab.json, merges.txt, tokenizer_config.json and, if there is one,
// special_tokens_map.json. The pad token is the folder's: Stable Diffusion
// 1.x pads with the end token, 2.x with "!". Errors name the file at fault.
func Load(fsys fs.FS) (*Tokenizer, error) {
	config, err := loadConfig(fsys)
	if err != nil {
		return nil, err
	}
	ids, err := loadVocabulary(fsys)
	if err != nil {
		return nil, err
	}
	merges, err := loadMerges(fsys, ids)
	if err != nil {
		return nil, err
	}
	special := make(map[specialToken]int)
	for _, s := range []specialToken{config.Start, config.End, config.Pad, config.Unknown} {
		id, ok := ids[string(s)]
		if !ok || s == "" {
			return nil, fmt.Errorf("%s: the special token %q is missing", vocabularyFile, s)
		}
		special[s] = id
	}
	return &Tokenizer{
		words: newSplitter(string(config.Start), string(config.End)),
		bpe: encoder{
			alphabet: newAlphabet(string(config.Start), string(config.End)),
			ids:      ids,
			merges:   merges,
			unknown:  special[config.Unknown],
		},
		tokens:        byID(ids),
		start:         special[config.Start],
		end:           special[config.End],
		pad:           special[config.Pad],
		contextLength: int(config.ContextLength),
	}, nil
}

// config is what the two configuration files say together.
type config struct {
	Class         string       `json:"tokenizer_class"`
	ContextLength float64      `json:"model_max_length"` // some exporters write 1e30 for "none"
	Start         specialToken `json:"bos_token"`
	End           specialToken `json:"eos_token"`
	Pad           specialToken `json:"pad_token"`
	Unknown       specialToken `json:"unk_token"`
}

// A specialToken is written as a string or as an object with its content.
type specialToken string

// UnmarshalJSON reads either form; null leaves the token as it was.
func (s *specialToken) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("{")) {
		var object struct {
			Content string `json:"content"`
		}
		if err := json.Unmarshal(data, &object); err != nil {
			return err
		}
		*s = specialToken(object.Content)
		return nil
	}
	text := string(*s)
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	*s = specialToken(text)
	return nil
}

func loadConfig(fsys fs.FS) (config, error) {
	c := config{Start: "<|startoftext|>", End: "<|endoftext|>", Pad: "<|endoftext|>", Unknown: "<|endoftext|>"}
	if err := readJSON(fsys, configFile, &c); err != nil {
		return config{}, err
	}
	length := c.ContextLength
	if length != math.Trunc(length) || length < 3 || length > maxContextLength {
		return config{}, fmt.Errorf("%s: model_max_length is %v, which is no context length between 3 and %d", configFile, length, maxContextLength)
	}
	switch c.Class {
	case "", "CLIPTokenizer", "CLIPTokenizerFast":
	default:
		return config{}, fmt.Errorf("%s: tokenizer_class is %q; only CLIPTokenizer can be read", configFile, c.Class)
	}
	special := c
	if err := readJSON(fsys, specialFile, &special); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return config{}, err
	}
	c.Start, c.End, c.Pad, c.Unknown = special.Start, special.End, special.Pad, special.Unknown
	return c, nil
}

func loadVocabulary(fsys fs.FS) (map[string]int, error) {
	var ids map[string]int
	if err := readJSON(fsys, vocabularyFile, &ids); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%s: no tokens", vocabularyFile)
	}
	for token, id := range ids {
		if id < 0 || id > maxID {
			return nil, fmt.Errorf("%s: token %q has the id %d, outside of 0 to %d", vocabularyFile, token, id, maxID)
		}
	}
	return ids, nil
}

// loadMerges reads lines of two tokens and ranks them in order.
func loadMerges(fsys fs.FS, ids map[string]int) (map[pair]merge, error) {
	data, err := readFile(fsys, mergesFile)
	if err != nil {
		return nil, err
	}
	merges := make(map[pair]merge, bytes.Count(data, []byte("\n")))
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || number == 1 && strings.HasPrefix(line, "#version") {
			continue
		}
		left, right, ok := strings.Cut(line, " ")
		if !ok {
			return nil, fmt.Errorf("%s: line %d has no two tokens", mergesFile, number)
		}
		var found [3]int
		for i, token := range []string{left, right, left + right} {
			if found[i], ok = ids[token]; !ok {
				return nil, fmt.Errorf("%s: line %d: token %q is not in %s", mergesFile, number, token, vocabularyFile)
			}
		}
		p := pair{found[0], found[1]}
		if _, twice := merges[p]; !twice {
			merges[p] = merge{rank: number, id: found[2]}
		}
	}
	return merges, nil
}

// byID turns a vocabulary round. Of two tokens with one id the first in
// alphabetical order is kept, so that messages are always the same.
func byID(ids map[string]int) []string {
	greatest := 0
	for _, id := range ids {
		greatest = max(greatest, id)
	}
	tokens := make([]string, greatest+1)
	for token, id := range ids {
		if other := tokens[id]; other == "" || token < other {
			tokens[id] = token
		}
	}
	return slices.Clip(tokens)
}

func readJSON(fsys fs.FS, name string, into any) error {
	data, err := readFile(fsys, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// readFile reads a file of the folder, refusing sizes that no tokenizer has.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	data, err := files.Read(fsys, name, maxFileSize)
	if errors.Is(err, files.ErrTooLarge) {
		return nil, fmt.Errorf("%s: over %d MiB", name, maxFileSize>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("open tokenizer: %w", err)
	}
	return data, nil
}
