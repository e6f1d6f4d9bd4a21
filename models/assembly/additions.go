package assembly

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"pentimento/models/build"
	"pentimento/models/checkpoint"
)

// A LoRA is a file that changes the weights of a model.
type LoRA struct {
	Path string
	// Strength is a factor to the changes: 1 makes them as the file has them,
	// and 0 none.
	Strength float32
}

// An Embedding is a file that teaches the text encoders a word (textual
// inversion).
type Embedding struct {
	Path string
	// Word stands for it in prompts; empty for the file's own word, or its name.
	Word string
}

// A Merged is a LoRA that is in the weights.
type Merged struct {
	LoRA
	// Weights is the number of weights that it changes.
	Weights int
	// Unmatched are the tensors of the file that are for no weight of the model.
	Unmatched []string
}

// A Learned is a word that the text encoders were taught, with its token ids.
type Learned struct {
	Path, Word string
	IDs        []int
}

// additions are the files that a model is changed with, and what became of them.
type additions struct {
	loraFiles, wordFiles []*checkpoint.File

	merged  []Merged
	terms   map[checkpoint.Part]build.LoRA
	learned []Learned
	vectors map[checkpoint.Part][]checkpoint.Tensor
}

// openAdditions opens the LoRA files and the embeddings.
func (a *assembler) openAdditions() error {
	for _, l := range a.source.LoRAs {
		role := "lora " + strconv.FormatFloat(float64(l.Strength), 'g', -1, 32)
		if l.Strength == 0 { // the picture does not depend on it
			role = ""
		}
		f, err := a.open(role, l.Path)
		if err != nil {
			return err
		}
		a.loraFiles = append(a.loraFiles, f)
	}
	for _, e := range a.source.Embeddings {
		f, err := a.open("", e.Path) // its role has the word, which the file may say
		if err != nil {
			return err
		}
		a.wordFiles = append(a.wordFiles, f)
	}
	return nil
}

// merge finds what the LoRA files change. Those of several files add up.
func (a *assembler) merge() error {
	a.terms = map[checkpoint.Part]build.LoRA{}
	for i, f := range a.loraFiles {
		is := a.source.LoRAs[i]
		if is.Strength-is.Strength != 0 {
			return fmt.Errorf("%s: a strength of %v is no number", is.Path, is.Strength)
		}
		lora, err := f.LoRA(a.contents.Family, a.parts)
		if err != nil {
			return err
		}
		a.merged = append(a.merged, Merged{LoRA: is, Weights: lora.Matched(), Unmatched: lora.Unmatched})
		if is.Strength == 0 {
			continue
		}
		for p, terms := range lora.Terms {
			if a.terms[p] == nil {
				a.terms[p] = build.LoRA{}
			}
			for weight, term := range terms {
				term.Scale *= is.Strength
				a.terms[p][weight] = append(a.terms[p][weight], term)
			}
		}
	}
	return nil
}

// teach gives the words of the embeddings the token ids that follow the
// vocabulary.
func (a *assembler) teach() error {
	a.vectors = map[checkpoint.Part][]checkpoint.Tensor{}
	if len(a.wordFiles) == 0 {
		return nil
	}
	text := a.architecture.Text
	next := text[0].Vocabulary
	if last := text[len(text)-1].Vocabulary; last != next {
		return fmt.Errorf("the text encoders have vocabularies of %d and %d tokens, which leaves no ids for the words of embeddings", next, last)
	}
	for i, f := range a.wordFiles {
		is := a.source.Embeddings[i]
		e, err := f.Embedding(a.contents.Family, text)
		if err != nil {
			return err
		}
		word := Learned{Path: is.Path, Word: wordOf(is, e.Word)}
		for range e.Count {
			word.IDs = append(word.IDs, next)
			next++
		}
		for p, t := range e.Vectors {
			a.vectors[p] = append(a.vectors[p], t)
		}
		a.learned = append(a.learned, word)
		a.use("embedding "+word.Word, f)
	}
	return nil
}

// wordOf is the word of an embedding: what the user says, what the file says, or
// the file's name.
func wordOf(e Embedding, own string) string {
	if e.Word != "" {
		return e.Word
	}
	if own != "" && own != "*" {
		return own
	}
	name := filepath.Base(e.Path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
