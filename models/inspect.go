package models

import (
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
	sum             string // its sha256
	opset           int64
	inputs, outputs []graph.Value
	external        []string // files with weights outside the graph
}

func (p *part) file() string       { return p.name + "/model.onnx" }
func (p *part) configFile() string { return p.name + "/" + partConfigFile }

// An inspection is a model folder, read and found to fit together, before
// anything runs.
type inspection struct {
	folder     folder
	index      index
	tokenizer  *tokenizer.Tokenizer
	vocabulary []string
	spec       Spec // without what needs a run: Layers, MapHeight, MapWidth

	text, unet, decoder *part
	encoder             *part // nil when the folder has none
	// unetGraph is there until the UNet is prepared.
	unetGraph *graph.Model

	// The inputs and outputs that matter, by their role.
	textIn, textOut       graph.Value
	info                  graph.Info // of the UNet, without what needs a run
	decoderIn, decoderOut graph.Value
	encoderIn, encoderOut graph.Value

	digest string
}

// inspect reads a folder and checks every file against the others. The error
// is the first that was found, and names its file.
func inspect(f folder) (*inspection, error) {
	in := &inspection{folder: f}
	for _, step := range []func() error{
		in.readIndex, in.readSchedule, in.readTokenizer, in.readVocabulary,
		in.readText, in.readUNet, in.readDecoder, in.readEncoder,
		in.checkText, in.checkUNet, in.checkDecoder, in.checkEncoder,
		in.sizeText, in.sizeLatents, in.sizeImage, in.readDigest,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// parts are the graphs that were read.
func (in *inspection) parts() []*part {
	return slices.DeleteFunc([]*part{in.text, in.unet, in.decoder, in.encoder}, func(p *part) bool { return p == nil })
}

func (in *inspection) readIndex() (err error) {
	in.index, err = in.folder.loadIndex()
	return err
}

func (in *inspection) readSchedule() (err error) {
	in.spec.Schedule, in.spec.Prediction, err = in.folder.loadSchedule()
	return err
}

func (in *inspection) readTokenizer() (err error) {
	in.tokenizer, err = in.folder.loadTokenizer()
	return err
}

func (in *inspection) readVocabulary() (err error) {
	in.vocabulary, err = in.folder.loadVocabulary()
	return err
}

func (in *inspection) readText() (err error) {
	in.text, _, err = in.folder.readPart("text_encoder")
	return err
}

func (in *inspection) readUNet() (err error) {
	in.unet, in.unetGraph, err = in.folder.readPart("unet")
	return err
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

func (in *inspection) readDigest() (err error) {
	in.digest, err = in.computeDigest()
	return err
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
	p.opset, p.inputs, p.outputs, p.external = g.Opset(), g.Inputs(), g.Outputs(), g.External()
	for _, weights := range p.external {
		if err := f.checkWeights(name + "/" + weights); err != nil {
			return nil, nil, err
		}
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
			return nil, in.folder.failed(p.file(), fmt.Errorf("wants an input %q, which no Stable Diffusion 1.x or 2.x model has", v.Name))
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

func (in *inspection) checkText() error {
	inputs, err := in.feeds(in.text, "input_ids")
	if err != nil {
		return err
	}
	in.textIn = inputs[0]
	if !in.textIn.Type.Int() {
		return in.folder.failed(in.text.file(), fmt.Errorf("%s are no integers", in.textIn))
	}
	if err := in.rank(in.text, in.textIn, 2); err != nil {
		return err
	}
	if in.textOut, err = in.fetch(in.text, "last_hidden_state"); err != nil {
		return err
	}
	return in.floats(in.text, 3, in.textOut)
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
