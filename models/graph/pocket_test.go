package graph

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

const pocketUNet = "../pocket/model/unet/model.onnx"

// probe does the probing run that the package's callers do.
func probe(t testing.TB, m *Model, weights string, in map[string]tensor, rows int) Probe {
	t.Helper()
	data, outputs, err := Shapes(m)
	if err != nil {
		t.Fatal(err)
	}
	out := open(t, data, weights, outputs...).run(t, in)
	p := Probe{Rows: rows, Height: int(in["sample"].dims[2]), Width: int(in["sample"].dims[3])}
	for _, name := range outputs {
		p.Shapes = append(p.Shapes, out[name].ints)
	}
	return p
}

// identity is the control that changes nothing.
func identity(rows, layers, tokens int) map[string]tensor {
	b, l, m := int64(rows), int64(layers), int64(tokens)
	mapper := make([]float32, b*m*m)
	for i := range b * m {
		mapper[i*m+i%m] = 1
	}
	keep := make([]float32, b*m)
	for i := range keep {
		keep[i] = 1
	}
	own := make([]int64, b*l)
	for i := range own {
		own[i] = int64(i) % b
	}
	return map[string]tensor{
		CrossSource:   ints(own[:b], b),
		Mapper:        floats(mapper, b, m, m),
		Take:          floats(make([]float32, b*m), b, m),
		Keep:          floats(keep, b, m),
		SelfSource:    ints(append([]int64(nil), own...), l, b),
		ValueSource:   ints(append([]int64(nil), own...), l, b),
		SelfValueMix:  floats(make([]float32, l*b), l, b),
		CrossValueMix: floats(make([]float32, b*m), b, m),
		Depth:         ints([]int64{1}),
	}
}

func with(a, b map[string]tensor) map[string]tensor {
	out := map[string]tensor{}
	for _, m := range []map[string]tensor{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func noise(seed uint64, dims ...int64) tensor {
	r := rand.New(rand.NewPCG(seed, 1))
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return floats(v, dims...)
}

// pocketInput is a batch of random rows for the pocket model.
func pocketInput(rows int64) map[string]tensor {
	return map[string]tensor{
		"sample":                noise(1, rows, 6, 16, 16),
		"timestep":              ints([]int64{501}, 1),
		"encoder_hidden_states": noise(2, rows, 32, 128),
	}
}

func rewritePocket(t testing.TB, o Options) (untouched []byte, c *Controlled) {
	t.Helper()
	data := readFile(t, pocketUNet)
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	c, err = Rewrite(m, probe(t, m, "", pocketInput(ProbeRows), ProbeRows), o)
	if err != nil {
		t.Fatal(err)
	}
	return data, c
}

func TestPocketModelLayers(t *testing.T) {
	_, c := rewritePocket(t, Options{})
	if len(c.Info.Layers) != 14 {
		t.Fatalf("%d layers, want 14", len(c.Info.Layers))
	}
	for i, l := range c.Info.Layers {
		want := fmt.Sprintf("attn%d", 1+i%2)
		if l.Cross != (i%2 == 1) || l.Name[len(l.Name)-5:] != want {
			t.Errorf("layer %d is %+v, want %s", i, l, want)
		}
	}
	if c.MapLevel != 0 || len(c.MapLayers) != 3 {
		t.Errorf("maps of layers %v at level %d", c.MapLayers, c.MapLevel)
	}
}

func TestPocketIdentity(t *testing.T) {
	data, c := rewritePocket(t, Options{})
	in := pocketInput(2)
	want := open(t, data, "", "out_sample").run(t, in)["out_sample"]
	got := open(t, c.Graph, "", "out_sample", Maps).run(t, with(in, identity(2, 14, 32)))
	if d := relative(t, got["out_sample"].floats, want.floats); d > 1e-5 {
		t.Errorf("identity control differs by %g", d)
	}
}
