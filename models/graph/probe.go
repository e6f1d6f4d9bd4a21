package graph

import (
	"fmt"
	"slices"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// ProbeRows is a good number of rows for the probing run: a prime, so that a
// batch that was folded into some other dimension, or cut into slices, shows.
const ProbeRows = 3

// A Probe holds what a probing run found: the shape of every layer's attention
// maps.
type Probe struct {
	// Rows is the batch size of the run.
	Rows int `json:"rows"`
	// Height and Width are the sides of the run's latents.
	Height, Width int
	// Shapes are the maps' shapes in the order of the layers, [Rows·heads, N, M]
	// or [Rows, heads, N, M] each: the values of the outputs of the graph that
	// [Shapes] makes.
	Shapes [][]int64 `json:"shapes"`
}

// Shapes returns m with one more output for each attention layer, in order:
// the shape of its maps, int64 [3] or [4]. One run of it, with any data and at
// any resolution that the UNet takes, is what [Rewrite] needs to know.
func Shapes(m *Model) (model []byte, outputs []string, err error) {
	_, found, err := inspect(m)
	if err != nil {
		return nil, nil, err
	}
	if err := refuseControlled(m); err != nil {
		return nil, nil, err
	}
	b := &block{builder: newBuilder(m.opset)}
	var values []*pb.ValueInfo
	for _, a := range found {
		name := fmt.Sprintf("%sshape_%d", prefix, a.Index)
		b.opTo(name, "Shape", []string{a.probs})
		outputs = append(outputs, name)
		values = append(values, ValueInfo(Value{Name: name, Type: element.Int64, Ranked: true, Dims: []Dim{{}}}))
	}
	g := cloneGraph(m.proto.Graph)
	g.Node = slices.Concat(g.Node, b.nodes)
	g.Output = slices.Concat(g.Output, values)
	model, err = marshal(m.proto, g)
	return model, outputs, err
}

// Layers are the attention layers of a UNet with all that a probing run tells
// of them.
func Layers(m *Model, probe Probe) ([]Layer, error) {
	_, found, err := inspect(m)
	if err != nil {
		return nil, err
	}
	return probe.layers(found)
}

// layers are the layers that were found, with what the run tells of them.
func (p Probe) layers(found []attention) ([]Layer, error) {
	if err := p.apply(found); err != nil {
		return nil, err
	}
	var layers []Layer
	for _, a := range found {
		layers = append(layers, a.Layer)
	}
	return layers, nil
}

// apply fills in heads and pixels of the layers.
func (p Probe) apply(found []attention) (err error) {
	if len(p.Shapes) != len(found) {
		return fmt.Errorf("the probing run has %d shapes for %d attention layers", len(p.Shapes), len(found))
	}
	if p.Rows < 1 {
		return fmt.Errorf("the probing run has %d rows", p.Rows)
	}
	tokens := int64(0)
	for i, shape := range p.Shapes {
		a := &found[i]
		rank := len(shape)
		if rank != 3 && rank != 4 || slices.Min(shape) < 1 || slices.Max(shape) > maxDim {
			return unsupported("layer %s has maps of shape %v", a.Name, shape)
		}
		if a.axis > 0 && a.axis != int64(rank-1) {
			return unsupported("layer %s: its Softmax runs over axis %d of maps of shape %v", a.Name, a.axis, shape)
		}
		rows := int64(p.Rows)
		if rank == 4 && shape[0] != rows || shape[0]%rows != 0 {
			return unsupported("layer %s has maps of shape %v in a batch of %d rows: the batch does not come first", a.Name, shape, p.Rows)
		}
		a.rank, a.Heads = rank, int(shape[0]/rows)
		if rank == 4 {
			a.Heads = int(shape[1])
		}
		a.Pixels = int(shape[rank-2])
		if a.Level, err = level(p.Height, p.Width, a.Pixels); err != nil {
			return unsupported("layer %s has %w", a.Name, err)
		}
		keys := shape[rank-1]
		if !a.Cross {
			continue
		}
		if tokens == 0 {
			tokens = keys
		}
		if keys != tokens {
			return unsupported("layer %s attends to %d tokens, the others to %d", a.Name, keys, tokens)
		}
	}
	return nil
}

// Halved gives the sides of latents that were halved so often: rounding up, as
// a UNet's convolutions do.
func Halved(height, width, times int) (h, w int) {
	for range times {
		height, width = (height+1)/2, (width+1)/2
	}
	return height, width
}

// level is how often latents are halved until they have so many pixels.
func level(height, width, pixels int) (int, error) {
	h, w := height, width
	for n := 0; ; n++ {
		switch {
		case h*w == pixels:
			return n, nil
		case h*w <= max(1, pixels):
			return 0, fmt.Errorf("attention maps of %d pixels, which latents of %d×%d do not halve to", pixels, height, width)
		}
		h, w = Halved(h, w, 1)
	}
}
