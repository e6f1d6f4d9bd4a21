package assembly_test

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/assembly"
	"pentimento/models/checkpoint"
	"pentimento/models/modelstest"
	"pentimento/tests/parity"
)

// The same weights as a file and as a diffusers folder encode, decode and
// predict the same, and texts from words on as diffusers does: with CLIP's
// tokenizer, each encoder's own padding, and SDXL's pooled text at the prompt's
// end. Of Stable Diffusion 2 only a text encoder of the real depth says that its
// last layer is not for the UNet: the small file would be another model.
func TestFileAndFolderAreOneModel(t *testing.T) {
	for _, family := range []parity.Family{parity.SD1, parity.SDXL} {
		t.Run(string(family), func(t *testing.T) {
			file := modelstest.Open(t, models.Source{Path: parity.Checkpoint(t, family, parity.F32)})
			folder := modelstest.Open(t, models.Source{Path: parity.Folder(t, family, parity.F16)})
			if file.Digest() == folder.Digest() {
				t.Error("a file and a folder have one digest")
			}
			same(t, draw(t, file), draw(t, folder))
			compareTexts(t, file, family)
			compareTexts(t, folder, family)
			if family == parity.SDXL {
				emptyIsZero(t, folder, true)
			}
		})
	}
}

// draw runs every part of a model once.
func draw(t *testing.T, m *models.Model) *image.NRGBA {
	t.Helper()
	m, err := m.At(128, 64)
	if err != nil {
		t.Fatal(err)
	}
	s := m.Spec()
	text, err := m.EncodeText(t.Context(), "a cat with a hat")
	if err != nil {
		t.Fatal(err)
	}
	batch := &models.Batch{
		Rows: 1, Latents: parity.Normal("assembly.latents", s.LatentChannels*s.LatentHeight*s.LatentWidth), Timestep: 500,
		Control: models.Identity(1, len(s.Layers), s.ContextLength),
	}
	batch.AddText(text)
	out, err := m.Denoise(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := m.Decode(t.Context(), out.Noise)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.EncodeImage(t.Context(), picture); err != nil {
		t.Fatal(err)
	}
	return picture
}

// same fails if a channel of two pictures differs by more than a level.
func same(t *testing.T, a, b *image.NRGBA) {
	t.Helper()
	if a.Rect != b.Rect {
		t.Fatalf("pictures of %v and %v", a.Rect, b.Rect)
	}
	for i := range a.Pix {
		if d := int(a.Pix[i]) - int(b.Pix[i]); d < -1 || d > 1 {
			t.Fatalf("value %d is %d and %d", i, a.Pix[i], b.Pix[i])
		}
	}
}

// What the family has stands where a file says nothing.
func TestFamilies(t *testing.T) {
	for family, want := range map[parity.Family]struct {
		prediction models.Prediction
		width      int
		scaling    float64
		texts      bool
	}{
		parity.SD1:  {models.PredictEpsilon, 512, .18215, false},
		parity.SD2:  {models.PredictV, 768, .18215, false},
		parity.SDXL: {models.PredictEpsilon, 1024, .13025, true},
	} {
		m, err := models.Read(t.Context(), models.Source{Path: parity.Checkpoint(t, family, parity.BF16)}, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := m.Spec()
		if s.Prediction != want.prediction || s.ImageWidth != want.width || s.ScalingFactor != want.scaling || s.PooledWidth > 0 != want.texts {
			t.Errorf("%s: %+v", family, s)
		}
		if s.Schedule.BetaSchedule != "scaled_linear" || s.Schedule.StepsOffset != 1 || s.Schedule.SetAlphaToOne {
			t.Errorf("%s: the schedule is %v", family, s.Schedule)
		}
	}
}

// A tiny autoencoder decodes where one is given, and the rest is the model's.
func TestTinyDecoder(t *testing.T) {
	source := models.Source{Path: parity.Checkpoint(t, parity.SD1, parity.F16), Decoder: tiny(t)}
	m := modelstest.Open(t, source)
	if m.Digest() == digest(t, models.Source{Path: source.Path}) {
		t.Error("the decoder is not in the digest")
	}
	draw(t, m)
}

func tiny(t *testing.T) string {
	t.Helper()
	return parity.File(t, "tiny", "taesd", parity.F32)
}

// The digest is of what a picture depends on, not of names and places.
func TestDigest(t *testing.T) {
	path := parity.Checkpoint(t, parity.SD1, parity.F16)
	moved := filepath.Join(t.TempDir(), "another name.safetensors")
	if err := os.Link(path, moved); err != nil {
		t.Fatal(err)
	}
	own := digest(t, models.Source{Path: path})
	if digest(t, models.Source{Path: moved}) != own {
		t.Error("another name has another digest")
	}
	if digest(t, models.Source{Path: path, Prediction: "v_prediction"}) == own {
		t.Error("another prediction has the same digest")
	}
}

// digest is that of a model which is only read.
func digest(t *testing.T, s models.Source) string {
	t.Helper()
	m, err := models.Read(t.Context(), s, models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m.Digest()
}

// Each source that can't be used is refused in a sentence that says why.
func TestRefused(t *testing.T) {
	file := parity.Checkpoint(t, parity.SD1, parity.F16)
	folder := t.TempDir()
	half := filepath.Join(folder, "half.safetensors")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(half, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	pickles := filepath.Join(folder, "pickles")
	if err := os.MkdirAll(filepath.Join(pickles, "unet"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"model_index.json": "{}", "unet/diffusion_pytorch_model.bin": "x"} {
		if err := os.WriteFile(filepath.Join(pickles, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		source models.Source
		want   string
	}{
		"nothing":       {models.Source{Path: filepath.Join(folder, "none.safetensors")}, "there is no file or folder"},
		"half":          {models.Source{Path: half}, "half.safetensors"},
		"tiny":          {models.Source{Path: tiny(t)}, "--decoder"},
		"VAE of no VAE": {models.Source{Path: file, VAE: tiny(t)}, "the VAE is missing"},
		"pickles":       {models.Source{Path: pickles}, "pickle"},
	} {
		_, err := models.Read(t.Context(), c.source, models.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A model with a weight that is no number is refused by that weight's name.
func TestNotFinite(t *testing.T) {
	path := parity.Checkpoint(t, parity.SD1, parity.F32)
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	const name = "model.diffusion_model.out.2.bias"
	bias, ok := f.Tensor(name)
	if err := f.Close(); err != nil || !ok {
		t.Fatal(ok, err)
	}
	written, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := written.WriteAt([]byte{0, 0, 0xc0, 0x7f}, bias.Offset); err != nil {
		t.Fatal(err)
	}
	if err := written.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = models.Read(t.Context(), models.Source{Path: path}, models.Options{})
	if !errors.Is(err, checkpoint.ErrNotFinite) || !strings.Contains(err.Error(), name) {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := assembly.CheckFinite(ended, models.Source{Path: path}, func(string) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
