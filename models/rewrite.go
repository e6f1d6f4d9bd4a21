package models

import (
	"context"
	"errors"
	"fmt"

	"pentimento/models/graph"
	"pentimento/models/runtime"
)

// rewrite makes the controlled UNet, which takes one run of the untouched one.
func (in *inspection) rewrite(ctx context.Context, o Options) (*preparedUNet, error) {
	probe, err := in.probe(ctx, o)
	if err != nil {
		return nil, err
	}
	controlled, err := graph.Rewrite(in.unetGraph, probe, graph.Options{})
	if err == nil {
		// The shapes of the maps are known now, and with them the layers that
		// are worth an input and an output.
		injectable := Spec{Layers: controlled.Info.Layers}.injectableLayers()
		controlled, err = graph.Rewrite(in.unetGraph, probe, graph.Options{Capture: injectable, Cache: injectable})
	}
	if err != nil {
		return nil, in.folder.failed(in.unet.file(), err)
	}
	p := &preparedUNet{graph: runtime.Graph{Data: controlled.Graph}, controlled: *controlled}
	p.controlled.Graph = nil
	return p, nil
}

// probe runs the UNet once, on the CPU and on zeros, to learn the shape of
// every attention map.
func (in *inspection) probe(ctx context.Context, o Options) (_ graph.Probe, err error) {
	data, outputs, err := graph.Shapes(in.unetGraph)
	if err != nil {
		return graph.Probe{}, in.folder.failed(in.unet.file(), err)
	}
	g := runtime.Graph{Data: data}
	if len(in.unet.external) > 0 {
		g.Weights = in.folder.path(in.unet.name)
	}
	session, err := o.Runtime.Open(g, runtime.SessionOptions{
		Inputs:  []string{in.info.Sample.Name, in.info.Timestep.Name, in.info.Text.Name},
		Outputs: outputs, Device: runtime.Device{Provider: runtime.CPU}, Threads: o.Threads, Once: true,
	})
	if err != nil {
		return graph.Probe{}, in.folder.failed(in.unet.file(), err)
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	const rows = graph.ProbeRows
	s := in.spec
	feed := unetFeed{info: in.info, spec: s}
	batch := &Batch{
		Rows:    rows,
		Latents: make([]float32, rows*s.LatentChannels*s.LatentHeight*s.LatentWidth),
		Text:    make([]float32, rows*s.ContextLength*s.TextWidth),
	}
	inputs, err := feed.own(batch)
	if err != nil {
		return graph.Probe{}, in.folder.failed(in.unet.file(), err)
	}
	defer func() { err = errors.Join(err, destroy(inputs)) }()
	shapes := make([]*runtime.Tensor, len(outputs))
	if err := session.Run(ctx, inputs, shapes); err != nil {
		if ctx.Err() != nil {
			return graph.Probe{}, err
		}
		return graph.Probe{}, in.folder.failed(in.unet.file(), fmt.Errorf("does not run: %w", err))
	}
	defer func() { err = errors.Join(err, destroy(shapes)) }()
	probe := graph.Probe{Rows: rows}
	for _, t := range shapes {
		probe.Shapes = append(probe.Shapes, t.Ints())
	}
	return probe, nil
}

// maxSelfPixels is the largest self-attention layer whose maps are taken over
// (P2P's reference: 16²): larger ones hold texture rather than structure.
const maxSelfPixels = 16 * 16

// Injectable reports whether an edit takes a layer's maps over from its
// source: those of cross-attention, and those of self-attention up to 16²
// pixels. They are the layers whose maps can be captured and cached.
func (s Spec) Injectable(layer int) bool {
	l := s.Layers[layer]
	return l.Cross || l.Pixels <= maxSelfPixels
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
