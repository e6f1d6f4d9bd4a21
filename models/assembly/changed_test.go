package assembly_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pentimento/models"
	"pentimento/models/checkpoint"
	"pentimento/models/modelstest"
	"pentimento/tests/parity"
)

// A file that is cut short or written to while its model is open is an error
// before ONNX Runtime reads what is gone, which would end the process. One that
// another takes the place of goes on to be drawn with, but what has yet to be
// opened is not taken from the other.
func TestFileThatChangesWhileItIsOpen(t *testing.T) {
	for _, as := range []parity.Type{parity.F32, parity.F16} {
		path := parity.Checkpoint(t, parity.SD1, as)
		m := modelstest.Open(t, models.Source{Path: path})
		picture := draw(t, modelstest.Open(t, models.Source{Path: path}))
		other := filepath.Join(t.TempDir(), "other")
		if err := errors.Join(os.Rename(path, other), os.WriteFile(path, []byte("another file"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := m.EncodeText(t.Context(), "a cat"); err != nil {
			t.Errorf("%s: a file that another took the place of: %v", as, err)
		}
		if _, err := m.EncodeImage(t.Context(), picture); !errors.Is(err, checkpoint.ErrChanged) {
			t.Errorf("%s: an encoder of another file: %v", as, err)
		}
		if err := errors.Join(os.Rename(other, path), os.Truncate(path, 1000)); err != nil {
			t.Fatal(err)
		}
		_, text := m.EncodeText(t.Context(), "a cat")
		_, decoded := m.Decode(t.Context(), make([]float32, 4*64*64))
		_, read := models.Read(t.Context(), models.Source{Path: path}, models.Options{})
		if !errors.Is(text, checkpoint.ErrChanged) || !errors.Is(decoded, checkpoint.ErrChanged) || read == nil {
			t.Errorf("%s: a file that was cut short: %v, %v, %v", as, text, decoded, read)
		}
	}
}
