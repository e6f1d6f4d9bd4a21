package models

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/models/assembly"
	"pentimento/models/build"
	"pentimento/models/graph"
	"pentimento/models/tokenizer"
)

// A Source says what a model is made of: a folder of ONNX graphs, or the weights
// that people own.
type Source = assembly.Source

// LoRA and Embedding are what a [Source] can be changed with.
type (
	LoRA      = assembly.LoRA
	Embedding = assembly.Embedding
)

// ErrGraphs says that a source names a part to replace or to change in a folder
// of ONNX graphs, where every part is fixed.
var ErrGraphs = errors.New("is a folder of ONNX graphs, whose parts can't be replaced or changed: that takes the .safetensors files of the model")

// sourceFolder finds the folder of a source, or makes it.
func sourceFolder(s Source, o Options) (folder, error) {
	full, err := filepath.Abs(s.Path)
	if err != nil {
		return folder{}, err
	}
	info, err := os.Stat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if to, err := os.Readlink(full); err == nil {
			return folder{}, fmt.Errorf("%s is a link to %s, which is not there", s.Path, to)
		}
		return folder{}, fmt.Errorf("there is no file or folder %s", s.Path)
	case err != nil:
		return folder{}, err
	case assembly.Fits(full):
		return madeFolder(s, o)
	case info.IsDir() && !holdsParts(full):
		return folder{}, noModel(s.Path)
	case !info.IsDir():
		return folder{}, fmt.Errorf("%s is neither a file nor a folder", s.Path)
	case s.VAE != "" || s.Decoder != "" || s.Prediction != "" || len(s.LoRAs) > 0 || len(s.Embeddings) > 0:
		return folder{}, fmt.Errorf("%s %w", s.Path, ErrGraphs)
	}
	return folder{fs: os.DirFS(full), name: filepath.Base(full), dir: full, sums: sums{dir: o.CacheDir}}, nil
}

// holdsParts reports whether a folder has something of a model, whole or not.
func holdsParts(dir string) bool {
	return slices.ContainsFunc([]string{indexFile, "unet", "text_encoder", tokenizerFolder, "scheduler", "vae", "vae_decoder"}, func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	})
}

// maxListed is how many of a folder's files an error names.
const maxListed = 10

// noModel says what a folder has that is no model itself.
func noModel(path string) error {
	found, err := List(path)
	if err != nil {
		return err
	}
	var names []string
	for _, l := range found[:min(len(found), maxListed)] {
		names = append(names, fmt.Sprintf("%s (%s)", filepath.Join(path, filepath.Base(l.Dir)), l.Class))
	}
	if more := len(found) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if len(names) == 0 {
		return fmt.Errorf("the folder %s holds no model: neither a model_index.json nor a .safetensors file is in it", path)
	}
	return fmt.Errorf("the folder %s is no model itself: give one of what is in it: %s", path, strings.Join(names, ", "))
}

// made is where a folder came from that is made of files of weights.
type made struct {
	source  Source
	weights map[string]string // by part, the folder that its weights are named from
	inputs  []assembly.Input
	// attentions are the attention layers of its UNet.
	attentions []build.Attention
	loras      []assembly.Merged
	words      []assembly.Learned
	// unchanged says whether the files are those that the graphs were made of.
	unchanged func() error
}

// madeFolder makes the folder of a source.
func madeFolder(s Source, o Options) (folder, error) {
	a, err := assembly.Open(s)
	if err != nil {
		return folder{}, err
	}
	return folder{
		fs: a.Files, name: filepath.Base(s.Path), sums: sums{dir: o.CacheDir},
		made: &made{source: s, weights: a.Weights, inputs: a.Inputs, attentions: a.Attentions, loras: a.LoRAs, words: a.Words, unchanged: a.Unchanged},
	}, nil
}

// locate says where the weights of a part's graph are.
func (m *made) locate(part string, g *graph.Model) (located, error) {
	l := located{dir: m.weights[part], names: map[string]string{}}
	for _, name := range g.External() {
		l.names[name] = name
	}
	return l, l.look()
}

// learned gives a tokenizer the words that the text encoders were taught.
func (m *made) learned(t *tokenizer.Tokenizer) (*tokenizer.Tokenizer, error) {
	if m == nil || len(m.words) == 0 {
		return t, nil
	}
	for _, w := range m.words {
		var err error
		if t, err = t.WithWords(map[string][]int{w.Word: w.IDs}); err != nil {
			return nil, fmt.Errorf("%s: %w; --embedding FILE:WORD gives it another", w.Path, err)
		}
	}
	return t, nil
}

// warn says what the user may not expect of files that a model is changed with.
func (m *made) warn(log *slog.Logger) {
	if m == nil {
		return
	}
	for _, l := range m.loras {
		if n := len(l.Unmatched); n > 0 {
			log.Warn("a LoRA has tensors that are for no weight of the model", "file", l.Path, "tensors", n, "weights changed", l.Weights)
		}
	}
}
