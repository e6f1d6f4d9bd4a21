package parity

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A Family is a kind of model of which there is a small one: the name of its
// fixture.
type Family string

// The families.
const (
	SD1  Family = "sd1"
	SD2  Family = "sd2"
	SDXL Family = "sdxl"
	// LCM is SD1 with a UNet that is told the guidance. It comes as a folder
	// only.
	LCM Family = "lcm"
)

// A model is what a fixture says of a small model's files.
type model struct {
	// configs has the JSON files of the diffusers folder.
	configs map[string]rawJSON
	// tensors has the shapes of each network's tensors.
	tensors map[string]map[string][]int
	// checkpoint has the tensors of a single file.
	checkpoint []stored
}

// Checkpoint writes the small model as a single file in the original layout,
// into a folder of its own, and returns its path.
func Checkpoint(t testing.TB, family Family, as Type) string {
	t.Helper()
	m := open(t, family)
	if m.checkpoint == nil {
		t.Fatalf("%s comes as a folder only", family)
	}
	path := filepath.Join(t.TempDir(), string(family)+".safetensors")
	tensors := slices.Clone(m.checkpoint)
	if family != SDXL { // what training left in the files of those days
		tensors = append(tensors, stored{name: "model_ema.decay"}, stored{name: "betas", shape: []int{1000}},
			stored{name: "model_ema.diffusion_modelinput_blocks00weight", shape: []int{32, 4, 3, 3}})
	}
	writeTensors(t, path, as, tensors)
	return path
}

// Folder writes the small model as a diffusers folder with .safetensors files
// and returns its path. It has no tokenizers: whoever needs them adds them.
func Folder(t testing.TB, family Family, as Type) string {
	t.Helper()
	m := open(t, family)
	folder := t.TempDir()
	for name, config := range m.configs {
		write(t, filepath.Join(folder, filepath.FromSlash(name)), config)
	}
	for network, shapes := range m.tensors {
		var tensors []stored
		for _, name := range slices.Sorted(maps.Keys(shapes)) {
			tensors = append(tensors, stored{name: name, shape: shapes[name], parts: []part{{network + "." + name, shapes[name]}}})
		}
		file := "diffusion_pytorch_model.safetensors"
		if strings.HasPrefix(network, "text_encoder") {
			file = "model.safetensors"
		}
		writeTensors(t, filepath.Join(folder, network, file), as, tensors)
	}
	return folder
}

// Shapes returns the shapes of a network's tensors ("unet", "vae",
// "text_encoder", "text_encoder_2") under diffusers' names.
func Shapes(t testing.TB, family Family, network string) map[string][]int {
	t.Helper()
	shapes := open(t, family).tensors[network]
	if shapes == nil {
		t.Fatalf("%s has no %s", family, network)
	}
	return shapes
}

func open(t testing.TB, family Family) model {
	t.Helper()
	f := Open(t, string(family))
	if family == LCM {
		return open(t, SD1).with(f)
	}
	var m model
	f.Info("configs", &m.configs)
	f.Info("tensors", &m.tensors)
	var entries [][]rawJSON
	f.Info("checkpoint", &entries)
	for _, entry := range entries {
		m.checkpoint = append(m.checkpoint, m.stored(f, entry))
	}
	return m
}

// with returns the model with what f says of the UNet and the scheduler.
func (m model) with(f *Fixture) model {
	f.t.Helper()
	var configs map[string]rawJSON
	var tensors map[string]map[string][]int
	f.Info("configs", &configs)
	f.Info("tensors", &tensors)
	maps.Copy(m.configs, configs)
	maps.Copy(m.tensors["unet"], tensors["unet"])
	m.checkpoint = nil
	return m
}

// stored decodes an entry [name, shape, parts(, "transposed")].
func (m model) stored(f *Fixture, entry []rawJSON) stored {
	s := stored{transposed: len(entry) > 3}
	var parts []string
	for i, into := range []any{&s.name, &s.shape, &parts} {
		f.decode(entry[i], into)
	}
	for _, name := range parts {
		s.parts = append(s.parts, part{name, m.partShape(s, name, len(parts))})
	}
	return s
}

// partShape is the shape that the formula wants: the network's own, or, of a
// tensor that the network does not have, what its share of the stored one is.
func (m model) partShape(s stored, name string, parts int) []int {
	network, own, _ := strings.Cut(name, ".")
	if shape := m.tensors[network][own]; shape != nil {
		return shape
	}
	shape := slices.Clone(s.shape)
	shape[0] /= parts
	return shape
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
