package build_test

import (
	"fmt"
	"slices"
	"testing"

	"pentimento/models/build"
	"pentimento/models/checkpoint"
	"pentimento/models/element"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
	"pentimento/tests/parity"
)

// tolerance is how far from diffusers a network may be, as relative RMS.
const tolerance = 1e-4

// An input is what a graph is fed under a name.
type input struct {
	name   string
	shape  []int
	floats []float32
	ints   []int64
}

func floats(name string, v []float32, shape ...int) input {
	return input{name: name, shape: shape, floats: v}
}

// ids is the input of a text encoder.
func ids(rows [][]int64) input {
	return input{name: "input_ids", shape: []int{len(rows), len(rows[0])}, ints: slices.Concat(rows...)}
}

func (in input) tensor() (*runtime.Tensor, error) {
	if in.ints != nil {
		return runtime.IntTensor(element.Int64, in.shape, in.ints)
	}
	return runtime.FloatTensor(element.Float32, in.shape, in.floats)
}

// A session is an open graph.
type session struct {
	*runtime.Session
	outputs []string
}

// open opens a graph that is going to be fed what inputs are called.
func open(t testing.TB, g build.Graph, outputs []string, inputs []input) session {
	t.Helper()
	o := runtime.SessionOptions{Outputs: outputs, Device: runtime.Device{Provider: runtime.CPU}}
	for _, in := range inputs {
		o.Inputs = append(o.Inputs, in.name)
	}
	s, err := runtimetest.Load(t).Open(runtime.Graph{Data: g.Data, Weights: g.Weights}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return session{s, outputs}
}

// run computes the outputs, which the caller destroys.
func (s session) run(t testing.TB, inputs []input) []*runtime.Tensor {
	t.Helper()
	var tensors []*runtime.Tensor
	for _, in := range inputs {
		tensor, err := in.tensor()
		if err != nil {
			t.Fatal(err)
		}
		tensors = append(tensors, tensor)
	}
	made := make([]*runtime.Tensor, len(s.outputs))
	err := s.Run(t.Context(), tensors, made)
	if err != nil {
		t.Fatal(err)
	}
	destroy(t, tensors)
	return made
}

// floats computes the outputs, which are floating-point.
func (s session) floats(t testing.TB, inputs []input) [][]float32 {
	t.Helper()
	made := s.run(t, inputs)
	var results [][]float32
	for _, m := range made {
		results = append(results, slices.Clone(m.Floats()))
	}
	destroy(t, made)
	return results
}

func destroy(t testing.TB, tensors []*runtime.Tensor) {
	t.Helper()
	for _, tensor := range tensors {
		if err := tensor.Destroy(); err != nil {
			t.Error(err)
		}
	}
}

// run opens a graph and computes its outputs once.
func run(t testing.TB, g build.Graph, outputs []string, inputs ...input) [][]float32 {
	t.Helper()
	return open(t, g, outputs, inputs).floats(t, inputs)
}

// near fails the test where got is not what diffusers has.
func near(t testing.TB, what string, got, want []float32) {
	t.Helper()
	d, err := parity.Distance(got, want)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !(d <= tolerance) {
		t.Errorf("%s is %.2g from what diffusers has, more than %.0g", what, d, tolerance)
	}
	t.Logf("%s: %.2g", what, d)
}

// A model is a small model's file, opened.
type model struct {
	*parity.Fixture
	family parity.Family
	file   *checkpoint.File
	checkpoint.Architecture
}

func openModel(t testing.TB, family parity.Family, as parity.Type) model {
	t.Helper()
	m := model{Fixture: parity.Open(t, string(family)), family: family, file: openFile(t, parity.Checkpoint(t, family, as))}
	text := []*checkpoint.Weights{m.part(t, checkpoint.PartText)}
	if family == parity.SDXL {
		text = append(text, m.part(t, checkpoint.PartText2))
	}
	var err error
	if m.Architecture, err = checkpoint.Describe(m.part(t, checkpoint.PartUNet), m.part(t, checkpoint.PartVAE), text...); err != nil {
		t.Fatal(err)
	}
	if family == parity.SD2 {
		// The file has the layer that SD 2 leaves out. Of 24 the last is known
		// to be that one; a small file doesn't say.
		m.Text[0].Layers--
	}
	return m
}

func openFile(t testing.TB, path string) *checkpoint.File {
	t.Helper()
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (m model) part(t testing.TB, p checkpoint.Part) *checkpoint.Weights {
	t.Helper()
	return partOf(t, m.file, p)
}

// built is a graph of which every weight lies in the model's file, or the end
// of the test.
func (m model) built(t *testing.T) func(build.Graph, error) build.Graph {
	return made(t, m.file)
}

// made is a graph of which every weight lies in one of the files, or the end of
// the test.
func made(t *testing.T, files ...*checkpoint.File) func(build.Graph, error) build.Graph {
	return func(g build.Graph, err error) build.Graph {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, f := range files {
			paths = append(paths, f.Path())
		}
		checkStretches(t, g, paths...)
		return g
	}
}

// TestLikeDiffusers computes every part of a small model of each family, whose
// weights are exact in all the types that weights come in: all of them in one
// family, and the turned matrices of the others in one each.
func TestLikeDiffusers(t *testing.T) {
	for family, types := range map[parity.Family][]parity.Type{
		parity.SD1: {parity.F32, parity.F16, parity.BF16}, parity.SD2: {parity.BF16}, parity.SDXL: {parity.F16},
	} {
		for _, as := range types {
			m := openModel(t, family, as)
			name := fmt.Sprintf("%s %s ", family, as)
			t.Run(name+"text", m.compareText)
			t.Run(name+"prediction", m.comparePrediction)
			t.Run(name+"picture", m.comparePicture)
			t.Run(name+"latents", m.compareLatents)
		}
	}
}

func (m model) compareText(t *testing.T) {
	var first [][]int64
	m.Info("ids", &first)
	w := m.part(t, checkpoint.PartText)
	if m.family != parity.SDXL {
		g := m.built(t)(build.TextEncoder(w, m.Text[0], build.TextOptions{}))
		near(t, "text", run(t, g, []string{"last_hidden_state"}, ids(first))[0], m.Array("text"))
		return
	}
	var second [][]int64
	m.Info("ids_2", &second)
	g := m.built(t)(build.TextEncoder(w, m.Text[0], build.TextOptions{Penultimate: true}))
	one := run(t, g, []string{"hidden_states.2"}, ids(first))[0]
	g = m.built(t)(build.TextEncoder(m.part(t, checkpoint.PartText2), m.Text[1], build.TextOptions{Penultimate: true, Pooled: true}))
	two := run(t, g, []string{"hidden_states.2", "text_embeds"}, ids(second))
	near(t, "text", joined(one, two[0], m.Text[0].Width, m.Text[1].Width), m.Array("text"))
	near(t, "pooled text", two[1], m.Array("pooled"))
}

// joined puts the tokens' numbers of two encoders beside each other.
func joined(a, b []float32, wide, wider int) []float32 {
	var all []float32
	for len(a) > 0 {
		all = append(append(all, a[:wide]...), b[:wider]...)
		a, b = a[wide:], b[wider:]
	}
	return all
}

func (m model) comparePrediction(t *testing.T) {
	g := m.built(t)(build.UNet(m.part(t, checkpoint.PartUNet), m.UNet, nil))
	near(t, "prediction", run(t, g, []string{"out_sample"}, m.unetInputs(t)...)[0], m.Array("unet"))
}

// unetInputs are what the fixture's prediction was made of.
func (m model) unetInputs(t testing.TB) []input {
	t.Helper()
	var timestep float32
	m.Info("timestep", &timestep)
	row := parity.Normal("latents", 4*16*8)
	inputs := []input{
		floats("sample", slices.Concat(row, row), 2, 4, 16, 8),
		floats("timestep", []float32{timestep, timestep}, 2),
		floats("encoder_hidden_states", m.Array("text"), m.Shape("text")...),
	}
	if m.family == parity.SDXL {
		inputs = append(inputs, floats("text_embeds", m.Array("pooled"), m.Shape("pooled")...),
			floats("time_ids", []float32{128, 64, 0, 0, 128, 64, 128, 64, 0, 0, 128, 64}, 2, 6))
	}
	return inputs
}

func (m model) comparePicture(t *testing.T) {
	g := m.built(t)(build.Decoder(m.part(t, checkpoint.PartVAE), m.VAE))
	latents := floats("latent_sample", parity.Normal("latents", 4*16*8), 1, 4, 16, 8)
	near(t, "picture", run(t, g, []string{"sample"}, latents)[0], m.Array("decoder"))
}

func (m model) compareLatents(t *testing.T) {
	g := m.built(t)(build.Encoder(m.part(t, checkpoint.PartVAE), m.VAE))
	got := run(t, g, []string{"latent_parameters"}, picture())[0]
	near(t, "latents", got[:len(got)/2], m.Array("encoder.mean"))
	near(t, "log variance", got[len(got)/2:], m.Array("encoder.logvar"))
}

// picture is the picture that the fixtures' encoders read.
func picture() input {
	pixels := parity.Normal("picture", 3*128*64)
	for i := range pixels {
		pixels[i] /= 4
	}
	return floats("sample", pixels, 1, 3, 128, 64)
}
