package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pentimento/models/graph"
	"pentimento/models/runtime"
)

// rewrite makes the controlled UNet. Of an export that takes one run of it; of a
// graph that was written here the shapes are known.
func (in *inspection) rewrite(ctx context.Context, o Options) (*preparedUNet, error) {
	probe, fixed, err := in.writtenProbe(), false, error(nil)
	if in.folder.made == nil {
		probe, fixed, err = in.probe(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	layers, err := graph.Layers(in.unetGraph, probe)
	if err != nil {
		return nil, in.folder.failed(in.unet.file(), err)
	}
	// Only some layers are worth an input and an output.
	injectable := Spec{Layers: layers, SelfLevel: in.spec.SelfLevel}.injectableLayers()
	controlled, err := graph.Rewrite(in.unetGraph, probe, graph.Options{
		Capture: injectable, Cache: injectable, MapLevel: in.spec.SelfLevel, Unseen: others(injectable, len(layers)),
	})
	if err != nil {
		return nil, in.folder.failed(in.unet.file(), err)
	}
	p := &preparedUNet{graph: placed{Graph: runtime.Graph{Data: controlled.Graph}}, controlled: *controlled, fixed: fixed}
	p.controlled.Graph = nil
	return p, nil
}

// writtenProbe is what a run of a UNet would find that was written here: its
// attention is [rows, heads, pixels, keys].
func (in *inspection) writtenProbe() graph.Probe {
	if in.folder.made == nil {
		return graph.Probe{}
	}
	s := in.probeSpecs(in.spec)[0]
	p := graph.Probe{Rows: graph.ProbeRows, Height: s.LatentHeight, Width: s.LatentWidth}
	for _, a := range in.folder.made.attentions {
		h, w := graph.Halved(s.LatentHeight, s.LatentWidth, a.Level)
		pixels := int64(h * w)
		keys := pixels
		if a.Cross {
			keys = int64(s.ContextLength)
		}
		p.Shapes = append(p.Shapes, []int64{graph.ProbeRows, int64(a.Heads), pixels, keys})
	}
	return p
}

// probe runs the UNet once, on the CPU and on zeros, to learn the shape of
// every attention map, and whether it computes numbers. A UNet that takes any size is run at a small one, which
// takes little memory. fixed reports that it did not keep its word, and runs at
// its own size only.
func (in *inspection) probe(ctx context.Context, o Options) (_ graph.Probe, fixed bool, err error) {
	data, outputs, err := graph.Shapes(in.unetGraph)
	if err != nil {
		return graph.Probe{}, false, in.folder.failed(in.unet.file(), err)
	}
	g, err := in.unet.located.attach(runtime.Graph{Data: data})
	if err != nil {
		return graph.Probe{}, false, in.folder.failed(in.unet.file(), err)
	}
	var inputs []string
	for _, v := range in.info.Inputs() {
		inputs = append(inputs, v.Name)
	}
	session, err := o.Runtime.Open(g, runtime.SessionOptions{
		Inputs: inputs, Outputs: append(outputs, in.info.Noise.Name), Device: runtime.Device{Provider: runtime.CPU}, Threads: o.Threads, Once: true,
	})
	if err != nil {
		return graph.Probe{}, false, in.folder.failed(in.unet.file(), explained(err, runtime.Device{Provider: runtime.CPU}))
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	var failed error
	for _, spec := range in.probeSpecs(in.spec) {
		shapes, err := in.shapes(ctx, session, spec, len(outputs))
		if err == nil {
			return graph.Probe{Rows: graph.ProbeRows, Height: spec.LatentHeight, Width: spec.LatentWidth, Shapes: shapes}, failed != nil, nil
		}
		if ctx.Err() != nil {
			return graph.Probe{}, false, err
		}
		if failed = err; errors.Is(err, errNoNumbers) {
			break // as at any size
		}
	}
	return graph.Probe{}, false, in.folder.failed(in.unet.file(), in.notRun(failed))
}

// notRun says why the UNet did not run at its own size.
func (in *inspection) notRun(err error) error {
	if errors.Is(err, ErrMemory) || errors.Is(err, errNoNumbers) {
		return err
	}
	if !in.halves() {
		return fmt.Errorf("%w: %w", in.unhalved(), err)
	}
	return fmt.Errorf("does not run: %w", err)
}

// probeSpecs are the specs to try in a probing run: a small one, in which no
// two levels have the same number of pixels, where the model takes any size, and
// its own.
func (in *inspection) probeSpecs(own Spec) []Spec {
	if !own.Resizable {
		return []Spec{own}
	}
	small, factor := own, own.ImageHeight/own.LatentHeight
	small.LatentHeight, small.LatentWidth = 2<<in.info.Halvings, 3<<in.info.Halvings
	small.ImageHeight, small.ImageWidth = factor*small.LatentHeight, factor*small.LatentWidth
	if small.LatentHeight*small.LatentWidth >= own.LatentHeight*own.LatentWidth {
		return []Spec{own}
	}
	return []Spec{small, own}
}

// shapes are the values of the n outputs of a graph of [graph.Shapes]. What it
// predicts has to be numbers.
func (in *inspection) shapes(ctx context.Context, session *runtime.Session, s Spec, n int) (_ [][]int64, err error) {
	const rows = graph.ProbeRows
	feed := unetFeed{info: in.info, spec: s}
	batch := &Batch{
		Rows:    rows,
		Latents: make([]float32, rows*s.LatentChannels*s.LatentHeight*s.LatentWidth),
		Text:    make([]float32, rows*s.ContextLength*s.TextWidth),
		Pooled:  make([]float32, rows*s.PooledWidth),

		TimestepCond: make([]float32, rows*s.TimestepCondWidth),
	}
	inputs, err := feed.own(batch)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, destroy(inputs)) }()
	predicted, err := runtime.FloatTensor(in.info.Noise.Type, []int{rows, s.LatentChannels, s.LatentHeight, s.LatentWidth}, make([]float32, len(batch.Latents)))
	if err != nil {
		return nil, err
	}
	outputs := append(make([]*runtime.Tensor, n), predicted)
	if err := session.Run(ctx, inputs, outputs); err != nil {
		return nil, errors.Join(ofMemory(err), predicted.Destroy())
	}
	defer func() { err = errors.Join(err, destroy(outputs)) }()
	if !finite(predicted.Floats()) {
		return nil, errNoNumbers
	}
	var shapes [][]int64
	for _, t := range outputs[:n] {
		shapes = append(shapes, slices.Clone(t.Ints()))
	}
	return shapes, nil
}

// Injectable reports whether an edit takes a layer's maps over from its
// source: those of cross-attention, and those of self-attention that hold
// structure. They are the layers whose maps can be captured and cached, and
// they are the same at any size.
func (s Spec) Injectable(layer int) bool {
	l := s.Layers[layer]
	return l.Cross || l.Level >= s.SelfLevel
}

// others are the layers that are not among some, of n in all.
func others(some []int, n int) []int {
	var rest []int
	for l := range n {
		if !slices.Contains(some, l) {
			rest = append(rest, l)
		}
	}
	return rest
}

func (s Spec) injectableLayers() []int {
	var layers []int
	for l := range s.Layers {
		if s.Injectable(l) {
			layers = append(layers, l)
		}
	}
	return layers
}
