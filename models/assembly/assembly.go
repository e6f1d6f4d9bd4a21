// Package assembly lays out the weights that people own, a .safetensors file or
// a diffusers folder, as the folder of ONNX graphs that package models opens.
//
// Nothing is written to the disk: the folder is in memory, its graphs are made
// by package build and point into the files that the weights are in. What a
// file of weights does not say, the tokenizer and the noise schedule, is that
// of the family that it was recognised as.
package assembly

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pentimento/models/build"
	"pentimento/models/checkpoint"
)

// A Source says what a model is made of.
type Source struct {
	// Path is a .safetensors file, or a diffusers folder with such files.
	Path string
	// VAE is a file whose autoencoder is used instead; empty for none.
	VAE string
	// Decoder is a file with a tiny autoencoder (TAESD) that decodes instead;
	// empty for none.
	Decoder string
	// Prediction is what the UNet predicts, in diffusers' words, where the
	// files do not say or are wrong; empty to believe them.
	Prediction string
	// LoRAs change the weights, one after the other; Embeddings teach words.
	LoRAs      []LoRA
	Embeddings []Embedding
}

// An Assembly is a model folder made of other files.
type Assembly struct {
	// Files is the folder.
	Files fs.FS
	// Weights has, by subfolder of a graph, the folder of the disk that its
	// weights are named from.
	Weights map[string]string
	// Inputs are the files of the disk that a picture depends on.
	Inputs []Input
	// Attentions are the attention layers of the UNet's graph.
	Attentions []build.Attention
	// LoRAs and Words are what became of those of the source.
	LoRAs []Merged
	Words []Learned

	files []*checkpoint.File // closed, and asked only whether they are as they were
}

// Unchanged returns [checkpoint.ErrChanged] if a file is no longer what it was
// when its header was read. ONNX Runtime maps the files: bytes that are gone
// then would end the process.
func (a *Assembly) Unchanged() error {
	for _, f := range a.files {
		if err := f.Unchanged(); err != nil {
			return err
		}
	}
	return nil
}

// An Input is a file of weights and what it is used for.
type Input struct {
	Role string // "model", "vae", "unet", "lora 0.8" …
	Path string
}

// Fits reports whether a path names weights that are to be assembled: a file,
// or a folder that holds weights and no graphs.
func Fits(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return err == nil
	}
	graphs, err := filepath.Glob(filepath.Join(escaped(path), "*", "*.onnx"))
	return err == nil && len(graphs) == 0 && holdsWeights(path)
}

// escaped is a path that a pattern matches literally.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// Open reads the headers of the source's files and makes the folder.
func Open(s Source) (_ *Assembly, err error) {
	a := newAssembler(s)
	defer func() { err = errors.Join(err, a.close()) }()
	for _, step := range []func() error{a.gather, a.replace, a.openAdditions, a.describe, a.merge, a.teach, a.configure, a.build} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	assembly := &Assembly{
		Files: a.files, Weights: a.weights, Inputs: a.inputs, Attentions: build.Attentions(a.architecture.UNet),
		LoRAs: a.merged, Words: a.learned, files: a.opened,
	}
	return assembly, assembly.Unchanged()
}

// An assembler makes an [Assembly].
type assembler struct {
	source  Source
	files   memory
	weights map[string]string
	inputs  []Input

	opened       []*checkpoint.File
	parts        map[checkpoint.Part]*checkpoint.Weights
	contents     checkpoint.Contents
	architecture checkpoint.Architecture
	tiny         *checkpoint.Weights
	additions
	// folder is the diffusers folder; nil for a single file.
	folder fs.FS
}

func newAssembler(s Source) *assembler {
	return &assembler{source: s, files: memory{}, weights: map[string]string{}, parts: map[checkpoint.Part]*checkpoint.Weights{}}
}

func (a *assembler) close() error {
	var all []error
	for _, f := range a.opened {
		all = append(all, f.Close())
	}
	return errors.Join(all...)
}

// open opens a file of weights, which is closed with the assembler. A picture
// depends on it if it has a role.
func (a *assembler) open(role, path string) (*checkpoint.File, error) {
	f, err := checkpoint.Open(path)
	if err != nil {
		return nil, err
	}
	a.opened = append(a.opened, f)
	if role != "" {
		a.use(role, f)
	}
	return f, nil
}

// use makes the files of f inputs of the pictures.
func (a *assembler) use(role string, f *checkpoint.File) {
	for _, file := range f.Sources() {
		a.inputs = append(a.inputs, Input{Role: role, Path: file})
	}
}

// gather finds the parts of the model in its file or folder.
func (a *assembler) gather() error {
	info, err := os.Stat(a.source.Path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return a.gatherFolder()
	}
	return a.gatherFile()
}

// networks are the parts that a model can have.
func networks() []checkpoint.Part {
	return []checkpoint.Part{checkpoint.PartUNet, checkpoint.PartVAE, checkpoint.PartText, checkpoint.PartText2}
}

// gatherFile finds the parts in a single file.
func (a *assembler) gatherFile() error {
	f, err := a.open("model", a.source.Path)
	if err != nil {
		return err
	}
	if a.contents, err = checkpoint.Recognise(f); err != nil {
		return err
	}
	if a.contents.Kind != checkpoint.KindModel && a.contents.Kind != checkpoint.KindUNet {
		return fmt.Errorf("%s holds a %s, and no model: %s", a.source.Path, a.contents.Kind, hint(a.contents.Kind))
	}
	for _, p := range networks() {
		w, err := f.Part(p)
		if errors.Is(err, checkpoint.ErrMissing) {
			continue
		}
		if err != nil {
			return err
		}
		a.parts[p] = w
	}
	return nil
}

// hint says what a file that is no model is good for.
func hint(k checkpoint.Kind) string {
	if flag := Flag(k); flag != "" {
		return "give it with " + flag + " beside a model"
	}
	return "give the file of a whole model"
}

// Flag is the flag that a file which is no model is given with beside one; empty
// for a file that is a model, or is of no use.
func Flag(k checkpoint.Kind) string {
	switch k {
	case checkpoint.KindLoRA:
		return "--lora"
	case checkpoint.KindEmbedding:
		return "--embedding"
	case checkpoint.KindVAE:
		return "--vae"
	case checkpoint.KindTiny:
		return "--decoder"
	}
	return ""
}

// replace takes the parts of other files that the source names.
func (a *assembler) replace() error {
	if path := a.source.VAE; path != "" {
		f, err := a.open("vae", path)
		if err != nil {
			return err
		}
		if a.parts[checkpoint.PartVAE], err = f.Part(checkpoint.PartVAE); err != nil {
			return err
		}
	}
	if path := a.source.Decoder; path != "" {
		f, err := a.open("decoder", path)
		if err != nil {
			return err
		}
		if a.tiny, err = f.Part(checkpoint.PartTiny); err != nil {
			return err
		}
	}
	return nil
}

// describe finds the architecture, and says what is missing to draw.
func (a *assembler) describe() (err error) {
	if a.parts[checkpoint.PartUNet] == nil {
		return fmt.Errorf("%s has no UNet", a.source.Path)
	}
	var texts []*checkpoint.Weights
	needed := []checkpoint.Part{checkpoint.PartText}
	if a.contents.Family == checkpoint.SDXL {
		needed = append(needed, checkpoint.PartText2)
	}
	for _, p := range needed {
		if a.parts[p] == nil {
			return fmt.Errorf("%s has no %s: it is of a model whose parts are in several files; give the folder of all of them, or a file of the whole model", a.source.Path, p)
		}
		texts = append(texts, a.parts[p])
	}
	if a.parts[checkpoint.PartVAE] == nil && a.tiny == nil {
		return fmt.Errorf("%s has no VAE: give one with --vae FILE", a.source.Path)
	}
	a.architecture, err = checkpoint.Describe(a.parts[checkpoint.PartUNet], a.parts[checkpoint.PartVAE], texts...)
	return err
}

// build writes the graphs of all parts.
func (a *assembler) build() error {
	for i, p := range []checkpoint.Part{checkpoint.PartText, checkpoint.PartText2} {
		if w := a.parts[p]; w != nil && i < len(a.architecture.Text) {
			xl := a.contents.Family == checkpoint.SDXL
			o := build.TextOptions{Penultimate: xl, Pooled: xl && p == checkpoint.PartText2, LoRA: a.terms[p], Embeddings: a.vectors[p]}
			if err := a.add(string(p))(build.TextEncoder(w, a.architecture.Text[i], o)); err != nil {
				return err
			}
		}
	}
	if err := a.add("unet")(build.UNet(a.parts[checkpoint.PartUNet], a.architecture.UNet, a.terms[checkpoint.PartUNet])); err != nil {
		return err
	}
	if err := a.buildDecoder(); err != nil {
		return err
	}
	return a.buildEncoder()
}

// buildDecoder writes the graph that decodes latents: the tiny autoencoder's
// where one is given.
func (a *assembler) buildDecoder() error {
	if a.tiny != nil {
		tiny, err := a.tiny.Tiny()
		if err != nil {
			return err
		}
		return a.add(decoderFolder)(build.TinyDecoder(a.tiny, tiny, a.architecture.VAE.ScalingFactor))
	}
	if !a.architecture.VAE.Decoder {
		return fmt.Errorf("%s has half a VAE, without the decoder: give a whole one with --vae FILE", a.source.Path)
	}
	return a.add(decoderFolder)(build.Decoder(a.parts[checkpoint.PartVAE], a.architecture.VAE))
}

// buildEncoder writes the graph that encodes pictures, if any of the files has
// one.
func (a *assembler) buildEncoder() error {
	if a.architecture.VAE.Encoder {
		return a.add(encoderFolder)(build.Encoder(a.parts[checkpoint.PartVAE], a.architecture.VAE))
	}
	if a.tiny == nil {
		return nil
	}
	tiny, err := a.tiny.Tiny()
	if err != nil || !tiny.Encoder {
		return err
	}
	return a.add(encoderFolder)(build.TinyEncoder(a.tiny, tiny, a.architecture.VAE.ScalingFactor))
}

// The folders of the VAE's halves, as exporters name them.
const (
	decoderFolder = "vae_decoder"
	encoderFolder = "vae_encoder"
)

// add puts a graph into the folder, under a part's name.
func (a *assembler) add(name string) func(build.Graph, error) error {
	return func(g build.Graph, err error) error {
		if err != nil {
			return err
		}
		a.files[name+"/model.onnx"] = g.Data
		a.weights[name] = g.Weights
		return nil
	}
}
