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
	addedFile      = "added_tokens.json"       // more tokens, each a word of its own
	wholeFile      = "tokenizer.json"          // vocabulary, merges and added tokens in one
)

// Files are the names of the files that a tokenizer is read from, given which
// of them its folder has.
func Files(has func(name string) bool) []string {
	names := []string{vocabularyFile, mergesFile, addedFile}
	if !has(vocabularyFile) && has(wholeFile) {
		names = []string{wholeFile}
	}
	return append(names, configFile, specialFile)
}

// Limits on what a folder may hold. CLIP's own vocabulary has 49,408 tokens
// in 0.9 MB.
const (
	maxFileSize      = 32 << 20
	maxID            = 1<<20 - 1
	maxContextLength = 1 << 14
	usualLength      = 77
)

// Load reads the tokenizer of a model: fsys is its tokenizer folder, with
// vocab.json, merges.txt and, if there are any, added_tokens.json; or all of it
// in tokenizer.json. tokenizer_config.json and special_tokens_map.json say the
// rest. The pad token is the folder's: Stable Diffusion 1.x pads with the end
// token, 2.x with "!". Errors name the file at fault.
func Load(fsys fs.FS) (*Tokenizer, error) {
	config, err := loadConfig(fsys)
	if err != nil {
		return nil, err
	}
	v, err := loadVocabulary(fsys)
	if err != nil {
		return nil, err
	}
	special := make(map[specialToken]int)
	for _, s := range []specialToken{config.Start, config.End, config.Pad, config.Unknown} {
		id, ok := v.ids[string(s)]
		if !ok || s == "" {
			return nil, fmt.Errorf("%s: the special token %q is missing", v.file, s)
		}
		special[s] = id
	}
	whole := map[string]int{string(config.Start): special[config.Start], string(config.End): special[config.End]}
	for token, id := range v.added {
		whole[strings.ToLower(token)] = id
	}
	return &Tokenizer{
		words: newSplitter(whole),
		bpe: encoder{
			alphabet: newAlphabet(),
			whole:    whole,
			ids:      v.ids,
			merges:   v.merges,
			unknown:  special[config.Unknown],
		},
		tokens:        byID(v.ids),
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
	if _, err := fs.Stat(fsys, wholeFile); err == nil {
		c.ContextLength = usualLength // tokenizer.json does not say
	}
	if err := readJSON(fsys, configFile, &c); err != nil && (!errors.Is(err, fs.ErrNotExist) || c.ContextLength == 0) {
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
