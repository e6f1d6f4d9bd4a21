package build_test

import (
	"slices"
	"testing"

	"pentimento/models/build"
	"pentimento/models/checkpoint"
	"pentimento/models/graph"
	"pentimento/tests/parity"
)

// TestWrittenUNetIsControlled: the rewriter finds every layer of attention, a
// control that says nothing changes nothing, and one that says what the layers
// compute anyway changes no more than the order of additions does.
func TestWrittenUNetIsControlled(t *testing.T) {
	for family, want := range map[parity.Family]struct{ layers, cross int }{
		parity.SD1: {32, 16}, parity.SDXL: {34, 17},
	} {
		m := openModel(t, family, parity.F16)
		g := m.built(t)(build.UNet(m.part(t, checkpoint.PartUNet), m.UNet, nil))
		inputs := m.unetInputs(t)
		controlled := rewrite(t, g, inputs)
		layers := controlled.Info.Layers
		cross := 0
		for _, l := range layers {
			if l.Cross {
				cross++
			}
		}
		if len(layers) != want.layers || cross != want.cross {
			t.Errorf("%s has %d layers, %d of them cross, want %v", family, len(layers), cross, want)
		}
		const first = "down_blocks.0/attentions.0/transformer_blocks.0/attn1"
		if family != parity.SDXL && (layers[0].Name != first || layers[0].Pixels != 16*8 || layers[0].Heads != m.UNet.Down[0].Heads) {
			t.Errorf("%s: the first layer is %+v", family, layers[0])
		}

		none := append(slices.Clone(inputs), control(2, len(layers), 0)...)
		unet := open(t, build.Graph{Data: controlled.Graph, Weights: g.Weights}, []string{"out_sample"}, none)
		predict := func(control []input) []float32 { return unet.floats(t, append(slices.Clone(inputs), control...))[0] }
		plain := unet.floats(t, none)[0]
		near(t, string(family), plain, m.Array("unet"))
		near(t, string(family)+" through the control", predict(control(2, len(layers), 1)), plain)
		swapped := control(2, len(layers), 1)
		slices.Reverse(swapped[0].ints)
		other := predict(swapped)
		if d, err := parity.Distance(other, plain); err != nil || d < tolerance {
			t.Errorf("%s: the maps of another row change the prediction by %v, %v", family, d, err)
		}
	}
}

// rewrite makes the controlled UNet, which takes a run of the other.
func rewrite(t *testing.T, g build.Graph, inputs []input) *graph.Controlled {
	t.Helper()
	m, err := graph.Parse(g.Data)
	if err != nil {
		t.Fatal(err)
	}
	data, outputs, err := graph.Shapes(m)
	if err != nil {
		t.Fatal(err)
	}
	controlled, err := graph.Rewrite(m, graph.Probe{
		Rows: 3, Height: 16, Width: 8, Shapes: shapes(t, build.Graph{Data: data, Weights: g.Weights}, outputs, inputs),
	}, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return controlled
}

// shapes runs a graph with three rows, whatever is in them.
func shapes(t *testing.T, g build.Graph, outputs []string, inputs []input) [][]int64 {
	t.Helper()
	var three []input
	for _, in := range inputs {
		size := len(in.floats) / in.shape[0]
		three = append(three, floats(in.name, make([]float32, 3*size), append([]int{3}, in.shape[1:]...)...))
	}
	made := open(t, g, outputs, three).run(t, three)
	defer destroy(t, made)
	var found [][]int64
	for _, m := range made {
		found = append(found, slices.Clone(m.Ints()))
	}
	return found
}

// control leaves every row its own maps: with take 0 by keeping them, with take
// 1 by taking them from itself.
func control(rows, layers int, take float32) []input {
	const tokens = 77
	own := make([]int64, rows)
	var everyLayer []int64
	mapper := make([]float32, rows*tokens*tokens)
	taken, kept := make([]float32, rows*tokens), make([]float32, rows*tokens)
	for r := range rows {
		own[r] = int64(r)
		for i := range tokens {
			mapper[(r*tokens+i)*tokens+i] = 1
			taken[r*tokens+i], kept[r*tokens+i] = take, 1-take
		}
	}
	for range layers {
		everyLayer = append(everyLayer, own...)
	}
	return []input{
		{name: graph.CrossSource, shape: []int{rows}, ints: slices.Clone(own)},
		floats(graph.Mapper, mapper, rows, tokens, tokens),
		floats(graph.Take, taken, rows, tokens),
		floats(graph.Keep, kept, rows, tokens),
		{name: graph.SelfSource, shape: []int{layers, rows}, ints: everyLayer},
		{name: graph.ValueSource, shape: []int{layers, rows}, ints: everyLayer},
		floats(graph.SelfValueMix, make([]float32, layers*rows), layers, rows),
		floats(graph.CrossValueMix, make([]float32, rows*tokens), rows, tokens),
		{name: graph.Depth, ints: []int64{1}},
	}
}
