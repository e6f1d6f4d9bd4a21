package parity

import (
	"path/filepath"
	"testing"
)

// File writes one of a fixture's files (a LoRA, an embedding, a tiny VAE) as
// name.safetensors into a folder of its own and returns its path.
func File(t testing.TB, fixture, name string, as Type) string {
	t.Helper()
	f := Open(t, fixture)
	var files map[string][][]rawJSON
	f.Info("files", &files)
	if len(files[name]) == 0 {
		t.Fatalf("%s has no file %q", fixture, name)
	}
	path := filepath.Join(t.TempDir(), name+".safetensors")
	var tensors []stored
	for _, entry := range files[name] {
		tensors = append(tensors, f.tensor(entry))
	}
	writeTensors(t, path, as, tensors)
	return path
}

// tensor decodes [name, shape], [name, shape, name that the formula takes] and
// [name, [], number].
func (f *Fixture) tensor(entry []rawJSON) stored {
	f.t.Helper()
	var s stored
	f.decode(entry[0], &s.name)
	f.decode(entry[1], &s.shape)
	formula := s.name
	if len(entry) > 2 && len(s.shape) == 0 {
		s.scalar = new(float32)
		f.decode(entry[2], s.scalar)
		return s
	}
	if len(entry) > 2 {
		f.decode(entry[2], &formula)
	}
	s.parts = []part{{formula, s.shape}}
	return s
}
