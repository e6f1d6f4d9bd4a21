package graph

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"pentimento/models/element"
)

// A form is one of the ways in which exporters write the test UNet.
type form struct {
	name    string
	file    string // in testdata
	weights string // folder of external data, in testdata
	perRow  bool   // every row has a timestep of its own
	dims    []int64
	// tolerance is how far from PyTorch's float32 results it may be, relative
	// to the largest of them.
	tolerance float64
}

var forms = []form{
	{name: "3-D opset 14, scalar timestep", file: "folded_14.onnx", tolerance: 1e-5},
	{name: "3-D opset 12, timestep per row", file: "folded_12.onnx", perRow: true, tolerance: 1e-5},
	{name: "4-D opset 14, timestep per row", file: "sdpa_14.onnx", perRow: true, tolerance: 1e-5},
	{name: "4-D opset 17", file: "sdpa_17.onnx", dims: []int64{1}, tolerance: 1e-5},
	{name: "dynamo-like opset 18, timestep per row", file: "expanded_18.onnx", perRow: true, tolerance: 1e-5},
	{name: "external data", file: "external_17/model.onnx", weights: "external_17", dims: []int64{1}, tolerance: 1e-5},
	{name: "float16", file: "half_17.onnx", dims: []int64{1}, tolerance: 5e-3},
}

// identity is how far identity control may be from the untouched graph. In
// float16 it is the precision itself: on the CPU the runtime computes in
// float32 and rounds in between, at places that depend on the graph.
func (f form) identity() float64 {
	if f.file == "half_17.onnx" {
		return 1.0 / 1024
	}
	return 1e-5
}

func (f form) data(t testing.TB) []byte { return readFile(t, filepath.Join("testdata", f.file)) }

func (f form) folder(t testing.TB) string {
	if f.weights == "" {
		return ""
	}
	dir, err := filepath.Abs(filepath.Join("testdata", f.weights))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func (f form) parse(t testing.TB) *Model {
	t.Helper()
	m, err := Parse(f.data(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// input makes the input of the untouched graph, or of the controlled one, in
// which names start with a prefix where the precision was widened.
func (f form) input(sample, text tensor, timesteps []float32) map[string]tensor {
	in := map[string]tensor{
		"sample": sample, "encoder_hidden_states": text,
		"p2p_sample": sample, "p2p_encoder_hidden_states": text,
	}
	if f.perRow {
		rows := make([]int64, len(timesteps))
		for i, t := range timesteps {
			rows[i] = int64(t)
		}
		in["timestep"] = tensor{dims: []int64{int64(len(rows))}, floats: timesteps, ints: rows}
	} else {
		in["timestep"] = ints([]int64{int64(timesteps[0])}, f.dims...)
	}
	return in
}

// uniform is the timesteps of rows that are at the same step.
func uniform(rows int) []float32 { return slices.Repeat([]float32{501}, rows) }

// rewrite rewrites the form after a probing run.
func (f form) rewrite(t testing.TB, o Options) *Controlled {
	t.Helper()
	m := f.parse(t)
	in := f.input(noise(1, ProbeRows, 4, 8, 8), noise(2, ProbeRows, 7, 6), uniform(ProbeRows))
	c, err := Rewrite(m, probe(t, m, f.folder(t), in, ProbeRows), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A reference is what PyTorch computed (testdata/make.py).
type reference struct {
	sample, text tensor
	cases        []referenceCase
}

type referenceCase struct {
	name      string
	control   map[string]tensor
	timesteps []float32
	noise     tensor // [4, 4, 8, 8]
	maps      tensor // [4, 64, 7]
}

// perRow reports whether rows are at different steps.
func (c referenceCase) perRow() bool {
	return slices.Min(c.timesteps) != slices.Max(c.timesteps)
}

func loadReference(t testing.TB) reference {
	t.Helper()
	type array struct {
		Type   string
		Dims   []int64
		Offset int
	}
	var manifest struct {
		Sample array
		Text   array `json:"encoder_hidden_states"`
		Cases  []struct {
			Name   string
			Inputs map[string]array
			Noise  array `json:"out_sample"`
			Maps   array `json:"p2p_maps"`
		}
	}
	if err := json.Unmarshal(readFile(t, "testdata/reference.json"), &manifest); err != nil {
		t.Fatal(err)
	}
	blob := readFile(t, "testdata/reference.bin")
	load := func(a array) tensor {
		n := int64(1)
		for _, d := range a.Dims {
			n *= d
		}
		x := tensor{dims: a.Dims}
		for i := range int(n) {
			if a.Type == "int64" {
				x.ints = append(x.ints, int64(binary.LittleEndian.Uint64(blob[a.Offset+8*i:])))
			} else {
				x.floats = append(x.floats, math.Float32frombits(binary.LittleEndian.Uint32(blob[a.Offset+4*i:])))
			}
		}
		return x
	}
	r := reference{sample: load(manifest.Sample), text: load(manifest.Text)}
	for _, c := range manifest.Cases {
		control := map[string]tensor{}
		for k, a := range c.Inputs {
			control[k] = load(a)
		}
		timesteps := control["timesteps"].floats
		delete(control, "timesteps")
		r.cases = append(r.cases, referenceCase{c.Name, control, timesteps, load(c.Noise), load(c.Maps)})
	}
	return r
}

func TestIdentityEqualsUntouched(t *testing.T) {
	ref := loadReference(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			c := f.rewrite(t, Options{})
			if c.Info.Precision == element.Float16 {
				// The controlled graph takes and gives float32; on the CPU
				// the runtime computes in it and rounds less.
				roundToHalf(ref.sample.floats)
				roundToHalf(ref.text.floats)
			}
			in := f.input(ref.sample, ref.text, uniform(4))
			want := open(t, f.data(t), f.folder(t), "out_sample").run(t, in)["out_sample"]
			s := open(t, c.Graph, f.folder(t), c.Info.Noise.Name, Maps)
			got := s.run(t, with(in, identity(4, 6, 7)))[c.Info.Noise.Name]
			if c.Info.Precision == element.Float16 {
				roundToHalf(got.floats)
			}
			if d := relative(t, got.floats, want.floats); d > f.identity() {
				t.Errorf("identity control differs from the untouched graph by %g", d)
			}
		})
	}
}

func roundToHalf(v []float32) {
	for i := range v {
		v[i] = halfValue(halfBits(v[i]))
	}
}

func TestControlEqualsPyTorch(t *testing.T) {
	ref := loadReference(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			c := f.rewrite(t, Options{})
			s := open(t, c.Graph, f.folder(t), c.Info.Noise.Name, Maps)
			plain := s.run(t, with(f.input(ref.sample, ref.text, uniform(4)), ref.cases[0].control))[c.Info.Noise.Name]
			for _, rc := range ref.cases {
				if rc.perRow() && !f.perRow {
					continue
				}
				got := s.run(t, with(f.input(ref.sample, ref.text, rc.timesteps), rc.control))
				if d := relative(t, got[c.Info.Noise.Name].floats, rc.noise.floats); d > f.tolerance {
					t.Errorf("%s: the prediction differs by %g", rc.name, d)
				}
				if d := relative(t, got[Maps].floats, rc.maps.floats); d > f.tolerance {
					t.Errorf("%s: the maps differ by %g", rc.name, d)
				}
				if rc.name != "identity" && relative(t, rc.noise.floats, plain.floats) < 2*f.tolerance {
					t.Errorf("%s: the control does nothing, so the case tests nothing", rc.name)
				}
			}
		})
	}
}

// Rows that are not controlled must not notice what happens to the others.
func TestOtherRowsAreUntouchedToTheBit(t *testing.T) {
	ref := loadReference(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			c := f.rewrite(t, Options{})
			s := open(t, c.Graph, f.folder(t), c.Info.Noise.Name)
			in := f.input(ref.sample, ref.text, uniform(4))
			plain := s.run(t, with(in, identity(4, 6, 7)))[c.Info.Noise.Name]
			for _, rc := range ref.cases {
				if rc.name != "everything" {
					continue
				}
				got := s.run(t, with(in, rc.control))[c.Info.Noise.Name]
				for _, row := range []int{0, 2, 3} {
					if !slices.Equal(got.row(row), plain.row(row)) {
						t.Errorf("row %d changed by %g", row, relative(t, got.row(row), plain.row(row)))
					}
				}
				if slices.Equal(got.row(1), plain.row(1)) {
					t.Error("row 1 did not change")
				}
			}
		})
	}
}

// All maps and all values of a source give the source's features; with the
// same latents and text nothing is left of the difference.
func TestEverythingFromTheSourceIsTheSource(t *testing.T) {
	ref := loadReference(t)
	f := forms[0]
	c := f.rewrite(t, Options{})
	in := f.input(ref.sample, ref.text, uniform(4))
	copy(in["sample"].row(1), in["sample"].row(0)) // the same latents, another text
	control := identity(4, 6, 7)
	control[CrossSource].ints[1] = 0
	for j := 7; j < 14; j++ {
		control[Take].floats[j], control[Keep].floats[j], control[CrossValueMix].floats[j] = 1, 0, 1
	}
	for l := range 6 {
		control[SelfSource].ints[4*l+1], control[ValueSource].ints[4*l+1] = 0, 0
		control[SelfValueMix].floats[4*l+1] = 1
	}
	got := open(t, c.Graph, "", "out_sample").run(t, with(in, control))["out_sample"]
	if d := relative(t, got.row(1), got.row(0)); d > 1e-6 {
		t.Errorf("it differs from its source by %g", d)
	}
}

func allLayers(n int) []int {
	var all []int
	for i := range n {
		all = append(all, i)
	}
	return all
}

// A source that comes from the cache is the same as one that is a row of the
// batch.
func TestCachedSourceEqualsRowSource(t *testing.T) {
	ref := loadReference(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			c := f.rewrite(t, Options{Capture: allLayers(6), Cache: allLayers(6)})
			names := []string{c.Info.Noise.Name}
			for l := range 6 {
				names = append(names, ProbsOutput(l))
			}
			s := open(t, c.Graph, f.folder(t), names...)
			in := f.input(ref.sample, ref.text, uniform(4))

			// Given a run in which row 1 takes maps over from row 0, without a
			// cache, and row 0's maps are captured,
			control := identity(4, 6, 7)
			copy(control[Mapper].floats[49:], caseNamed(t, ref, "word swap").control[Mapper].floats[49:98])
			control[CrossSource].ints[1] = 0
			for j := 7; j < 14; j++ {
				control[Take].floats[j], control[Keep].floats[j] = 1, 0
			}
			for l := range 6 {
				control[SelfSource].ints[4*l+1] = 0
			}
			control[CaptureRows] = ints([]int64{0}, 1)
			for l, layer := range c.Info.Layers {
				keys := int64(layer.Pixels)
				if layer.Cross {
					keys = 7
				}
				control[CacheInput(l)] = floats(nil, 0, int64(layer.Heads), int64(layer.Pixels), keys)
			}
			first := s.run(t, with(in, control))

			// when a second run has the captured maps as row 4 instead,
			control[CrossSource].ints[1] = 4
			for l := range 6 {
				control[SelfSource].ints[4*l+1] = 4
				control[CacheInput(l)] = first[ProbsOutput(l)]
			}
			control[CaptureRows] = ints(nil, 0)
			second := s.run(t, with(in, control))

			// then it makes the same, and captures nothing.
			a, b := first[names[0]].floats, second[names[0]].floats
			if !slices.Equal(a, b) {
				t.Errorf("the cached source differs by %g", relative(t, b, a))
			}
			if got := second[ProbsOutput(1)].dims; got[0] != 0 {
				t.Errorf("captured %v", got)
			}
		})
	}
}

func caseNamed(t testing.TB, r reference, name string) referenceCase {
	t.Helper()
	i := slices.IndexFunc(r.cases, func(c referenceCase) bool { return c.name == name })
	if i < 0 {
		t.Fatalf("no reference case %q", name)
	}
	return r.cases[i]
}

func TestRewritingIsDeterministic(t *testing.T) {
	for _, f := range forms {
		first, second := f.rewrite(t, Options{}), f.rewrite(t, Options{})
		if !bytes.Equal(first.Graph, second.Graph) {
			t.Errorf("%s: two rewritings differ", f.name)
		}
	}
}

func TestLayers(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			c := f.rewrite(t, Options{})
			want := []Layer{{0, "", false, 2, 0, 64}, {1, "", true, 2, 0, 64}, {2, "", false, 4, 1, 16}, {3, "", true, 4, 1, 16}, {4, "", false, 2, 0, 64}, {5, "", true, 2, 0, 64}}
			names := []string{"down", "down", "mid", "mid", "up", "up"}
			if len(c.Info.Layers) != len(want) {
				t.Fatalf("%d layers", len(c.Info.Layers))
			}
			for i, l := range c.Info.Layers {
				name := names[i] + "/transformer_blocks.0/attn" + []string{"1", "2"}[i%2]
				want[i].Name = name
				if l != want[i] {
					t.Errorf("layer %d is %+v, want %+v", i, l, want[i])
				}
			}
			if !slices.Equal(c.MapLayers, []int{1, 5}) || c.MapLevel != 0 {
				t.Errorf("maps of layers %v at level %d", c.MapLayers, c.MapLevel)
			}
			if c.Info.PerRow != f.perRow {
				t.Errorf("PerRow is %t", c.Info.PerRow)
			}
		})
	}
}
