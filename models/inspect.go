package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"pentimento/models/graph"
	"pentimento/models/tokenizer"
)

// A part is one graph of a model folder: what has to be known of it, not the
// graph itself, which with its weights may be large.
type part struct {
	name   string // its subfolder: "unet"
	config partConfig
	// data is the graph file where ONNX Runtime can't read it itself: nil in
	// a folder on the disk.
	data            []byte
	bytes           int64  // of the graph file
	values          int64  // numbers that its weights are
	sum             string // its sha256
	opset           int64
	inputs, outputs []graph.Value
	external        []string // files with weights outside the graph
	// How often it halves and doubles the sides of a picture, and where its
	// inputs meet its weights first.
	halvings, doublings int
	random              bool // it gives a sample and not the mean of what it could give
	meetings            map[string]graph.Meeting
	// located is where the files of external are, when it is not beside the
	// graph: links are followed, because ONNX Runtime follows none.
	located located
}

func (p *part) file() string       { return p.name + "/model.onnx" }
func (p *part) configFile() string { return p.name + "/" + partConfigFile }

// A meeting is a [graph.Meeting] whose sizes some model may have.
type meeting struct{ In, Out int }

// meets is where an input meets the weights first; sizes that no model has
// are 0.
func (p *part) meets(input string) meeting {
	m := p.meetings[input]
	fit := func(n int64) int {
		if n < 0 || n > maxSize {
			return 0
		}
		return int(n)
	}
	return meeting{fit(m.In), fit(m.Out)}
}

// An inspection is a model folder, read and found to fit together, before
// anything runs.
type inspection struct {
	folder     folder
	index      index
	tokenizers []*tokenizer.Tokenizer
	vocabulary []string
	factor     int  // pixels of a picture's side for one of the latents'
	spec       Spec // without what needs a run: Layers, MapHeight, MapWidth

	texts         []*textPart
	unet, decoder *part
	encoder       *part // nil when the folder has none
	// unetGraph is there until the UNet is prepared.
	unetGraph *graph.Model

	// The inputs and outputs that matter, by their role.
	info                  graph.Info // of the UNet, without what needs a run
	decoderIn, decoderOut graph.Value
	encoderIn, encoderOut graph.Value

	digest string
}

// inspect reads a folder and checks every file against the others. The error
// is the first that was found, and names its file.
func inspect(ctx context.Context, f folder) (*inspection, error) {
	in := &inspection{folder: f}
	for _, step := range []func() error{
		in.readIndex, in.readSchedule, in.readTokenizers, in.readVocabulary,
		in.readTexts, in.readUNet, in.readDecoder, in.readEncoder,
		in.checkUNet, in.checkTexts, in.checkDecoder, in.checkEncoder,
		in.sizeTexts, in.sizeLatents, in.sizeImage, in.digesting(ctx),
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// parts are the graphs that were read.
func (in *inspection) parts() []*part {
	var all []*part
	for _, t := range in.texts {
		all = append(all, t.part)
	}
	all = append(all, in.unet, in.decoder, in.encoder)
	return slices.DeleteFunc(all, func(p *part) bool { return p == nil })
}

func (in *inspection) readIndex() (err error) {
	in.index, err = in.folder.loadIndex()
	return err
}

func (in *inspection) readSchedule() (err error) {
	in.spec.Schedule, in.spec.Prediction, err = in.folder.loadSchedule()
	return err
}

func (in *inspection) readVocabulary() (err error) {
	in.vocabulary, err = in.folder.loadVocabulary()
	return err
}

func (in *inspection) readUNet() (err error) {
	if in.unet, in.unetGraph, err = in.folder.readPart(unetFolder); err != nil {
		return err
	}
	if in.unetGraph, err = graph.Unfused(in.unetGraph); err != nil {
		return in.folder.failed(in.unet.file(), err)
	}
	return nil
}

func (in *inspection) readDecoder() (err error) {
	in.decoder, _, err = in.folder.readPart("vae_decoder")
	return err
}

func (in *inspection) readEncoder() (err error) {
	if in.folder.has("vae_encoder") {
		in.encoder, _, err = in.folder.readPart("vae_encoder")
	}
	return err
}

// digesting is the step that reads every file in whole.
func (in *inspection) digesting(ctx context.Context) func() error {
	return func() (err error) {
		in.digest, err = in.computeDigest(ctx)
		if errors.Is(err, errUnsummed) {
			return nil
		}
		return err
	}
}

// readPart reads a part's graph and configuration.
func (f folder) readPart(name string) (*part, *graph.Model, error) {
	p := &part{name: name}
	var err error
	if p.config, err = f.loadPartConfig(name); err != nil {
		return nil, nil, err
	}
	data, err := f.read(p.file(), maxGraphBytes)
	if err != nil {
		return nil, nil, err
	}
	g, err := graph.Parse(data)
	if err != nil {
		return nil, nil, f.failed(p.file(), err)
	}
	sum := sha256.Sum256(data)
	p.bytes, p.sum = int64(len(data)), hex.EncodeToString(sum[:])
	p.values = g.Values()
	p.opset, p.inputs, p.outputs, p.external = g.Opset(), g.Inputs(), g.Outputs(), g.External()
	p.halvings, p.doublings, p.random, p.meetings = g.Halvings(), g.Doublings(), g.Random(), map[string]graph.Meeting{}
	for _, v := range p.inputs {
		p.meetings[v.Name] = g.Meets(v.Name)
	}
	if p.located, err = f.locate(name, g); err != nil {
		return nil, nil, err
	}
	if f.dir == "" {
		p.data = data
	}
	return p, g, nil
}

// feeds gives the graph's inputs with the wanted names, in that order. Any
// other input is one that nobody here could fill.
func (in *inspection) feeds(p *part, names ...string) ([]graph.Value, error) {
	found := make([]graph.Value, len(names))
	for i, name := range names {
		at := slices.IndexFunc(p.inputs, func(v graph.Value) bool { return v.Name == name })
		if at < 0 {
			return nil, in.folder.failed(p.file(), fmt.Errorf("has no input %q; its inputs are %s", name, list(p.inputs)))
		}
		found[i] = p.inputs[at]
	}
	for _, v := range p.inputs {
		if !slices.Contains(names, v.Name) {
			return nil, in.folder.failed(p.file(), fmt.Errorf("wants an input %q, which no Stable Diffusion model has", v.Name))
		}
	}
	return found, nil
}

// fetch gives the output called name or, without one, the first.
func (in *inspection) fetch(p *part, name string) (graph.Value, error) {
	outputs := p.outputs
	if len(outputs) == 0 {
		return graph.Value{}, in.folder.failed(p.file(), errors.New("has no output"))
	}
	at := max(0, slices.IndexFunc(outputs, func(v graph.Value) bool { return v.Name == name }))
	return outputs[at], nil
}

// floats checks that values are floating-point tensors of rank dimensions, the
// first of which is free to be the number of rows.
func (in *inspection) floats(p *part, rank int, values ...graph.Value) error {
	for _, v := range values {
		if !v.Type.Float() {
			return in.folder.failed(p.file(), fmt.Errorf("%s is not a tensor of floating-point numbers that can be used here", v))
		}
		if err := in.rank(p, v, rank); err != nil {
			return err
		}
	}
	return nil
}

func (in *inspection) rank(p *part, v graph.Value, rank int) error {
	if !v.Ranked {
		return nil
	}
	if len(v.Dims) != rank {
		return in.folder.failed(p.file(), fmt.Errorf("%s has %d dimensions, not %d", v, len(v.Dims), rank))
	}
	return nil
}

func (in *inspection) checkUNet() (err error) {
	if in.info, err = graph.Inspect(in.unetGraph); err != nil {
		return in.folder.failed(in.unet.file(), err)
	}
	if n := dim(in.info.Timestep, 0); n > 1 {
		return in.folder.failed(in.unet.file(), fmt.Errorf("%s takes %d timesteps at a time, not one", in.info.Timestep, n))
	}
	return in.floats(in.unet, 4, in.info.Noise)
}

func (in *inspection) checkDecoder() error {
	inputs, err := in.feeds(in.decoder, "latent_sample")
	if err != nil {
		return err
	}
	in.decoderIn = inputs[0]
	if in.decoderOut, err = in.fetch(in.decoder, "sample"); err != nil {
		return err
	}
	return in.floats(in.decoder, 4, in.decoderIn, in.decoderOut)
}

func (in *inspection) checkEncoder() error {
	if in.encoder == nil {
		return nil
	}
	inputs, err := in.feeds(in.encoder, "sample")
	if err != nil {
		return err
	}
	in.encoderIn = inputs[0]
	if in.encoderOut, err = in.fetch(in.encoder, "latent_sample"); err != nil {
		return err
	}
	return in.floats(in.encoder, 4, in.encoderIn, in.encoderOut)
}

// dim is the size of a value's dimension i when the graph fixes it, else 0.
func dim(v graph.Value, i int) int {
	if i >= len(v.Dims) || v.Dims[i].Size > math.MaxInt32 {
		return 0
	}
	return int(v.Dims[i].Size)
}

func list(values []graph.Value) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}
