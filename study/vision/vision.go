// Package vision compares what is in pictures by networks that others have
// trained and exported to ONNX: whether a picture is arranged as another
// ([Structure]), and whether it shows what a text says ([CLIP]).
//
// Such networks have weights of their own, and none is part of the program.
// They come in folders as Hugging Face lays them out; folder.go reads those.
// Networks run on the CPU.
package vision

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/preprocess"
	"pentimento/models/runtime"
)

// ErrNetwork says that the network in a folder cannot be used here.
var ErrNetwork = errors.New("not a network that can be used")

// pixelInput is the name of the input for pictures, [B, 3, side, side].
const pixelInput = "pixel_values"

// A network is an open graph. It may run in several goroutines at once.
type network struct {
	session *runtime.Session
	inputs  []graph.Value
	outputs []string
}

// openNetwork opens a graph for those of its outputs that are wanted.
func openNetwork(lib *runtime.Runtime, file graphFile, inputs []graph.Value, outputs []string, threads int) (*network, error) {
	var names []string
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	session, err := lib.Open(runtime.Graph{Data: file.data}, runtime.SessionOptions{
		Inputs: names, Outputs: outputs, Device: runtime.Device{Provider: runtime.CPU}, Threads: threads,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.name, err)
	}
	return &network{session, inputs, outputs}, nil
}

// An array is an output: numbers, row by row.
type array struct {
	shape  []int
	values []float32
}

// run feeds each input with what tensor makes for it, and returns the outputs
// by name.
func (n *network) run(ctx context.Context, tensor func(graph.Value) (*runtime.Tensor, error)) (_ map[string]array, err error) {
	var in []*runtime.Tensor
	out := make([]*runtime.Tensor, len(n.outputs))
	defer func() {
		for _, t := range append(in, out...) {
			if t != nil {
				err = errors.Join(err, t.Destroy())
			}
		}
	}()
	for _, v := range n.inputs {
		t, err := tensor(v)
		if err != nil {
			return nil, err
		}
		in = append(in, t)
	}
	if err := n.session.Run(ctx, in, out); err != nil {
		return nil, err
	}
	results := map[string]array{}
	for i, name := range n.outputs {
		results[name] = array{out[i].Shape(), slices.Clone(out[i].Floats())}
	}
	return results, nil
}

// pixels is the tensor of a picture for an input.
func pixels(eye preprocess.Preprocessor, v graph.Value, picture image.Image) (*runtime.Tensor, error) {
	planes, err := eye.Planes(picture)
	if err != nil {
		return nil, err
	}
	return runtime.FloatTensor(v.Type, []int{1, 3, eye.Side(), eye.Side()}, planes)
}

// checkPixels reports what is wrong with an input for pictures.
func checkPixels(v graph.Value, eye preprocess.Preprocessor) error {
	if !v.Type.Float() || v.Ranked && len(v.Dims) != 4 {
		return fmt.Errorf("%w: the input %s is not for pictures", ErrNetwork, v)
	}
	for i, want := range []int{1, 3, eye.Side(), eye.Side()} {
		if v.Ranked && v.Dims[i].Fixed() && v.Dims[i].Size != int64(want) {
			return fmt.Errorf("%w: the input %s, and its preprocessor_config.json makes pictures %d × %d", ErrNetwork, v, eye.Side(), eye.Side())
		}
	}
	return nil
}

// output finds an output of float32 by its name.
func output(file graphFile, name string) error {
	i := slices.IndexFunc(file.graph.Outputs(), func(v graph.Value) bool { return v.Name == name })
	if i < 0 {
		return fmt.Errorf("%w: %s has no output %s", ErrNetwork, file.name, name)
	}
	if v := file.graph.Outputs()[i]; v.Type != element.Float32 {
		return fmt.Errorf("%w: %s gives %s, and not as float32", ErrNetwork, file.name, v)
	}
	return nil
}

// trial is a grey picture: what networks are tried with when they are opened,
// so that one that cannot run is refused before a study begins.
func trial(eye preprocess.Preprocessor) image.Image {
	p := image.NewGray(image.Rect(0, 0, eye.Side(), eye.Side()))
	for i := range p.Pix {
		p.Pix[i] = 128
	}
	return p
}
