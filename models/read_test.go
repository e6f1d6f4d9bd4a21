package models_test

import (
	"errors"
	"image"
	"slices"
	"testing"

	"pentimento/models"
	"pentimento/models/pocket"
)

// A model that was only read is the one that was opened, and says so when it
// should run.
func TestReadWithoutOpening(t *testing.T) {
	read, err := models.ReadFS(t.Context(), pocket.Files(), "pocket", models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	opened := openPocket(t)
	if read.Name() != opened.Name() || read.Digest() != opened.Digest() || !slices.Equal(read.Vocabulary(), opened.Vocabulary()) ||
		read.Spec().ContextLength != opened.Spec().ContextLength || read.Spec().ImageWidth != opened.Spec().ImageWidth {
		t.Errorf("read as %s %.12s %+v", read.Name(), read.Digest(), read.Spec())
	}
	const prompt = "a woman's face with blond hair"
	if got, want := read.Tokenizer().Encode(prompt), opened.Tokenizer().Encode(prompt); !slices.Equal(got.IDs, want.IDs) {
		t.Errorf("tokens %v, want %v", got.IDs, want.IDs)
	}
	runs := map[string]func() error{
		"encode text": func() error { _, err := read.EncodeText(t.Context(), prompt); return err },
		"denoise":     func() error { _, err := read.Denoise(t.Context(), &models.Batch{}); return err },
		"decode":      func() error { _, err := read.Decode(t.Context(), nil); return err },
		"encode picture": func() error {
			_, err := read.EncodeImage(t.Context(), image.NewNRGBA(image.Rect(0, 0, 1, 1)))
			return err
		},
	}
	for name, run := range runs {
		if err := run(); !errors.Is(err, models.ErrNotOpened) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := read.Close(); err != nil {
		t.Error(err)
	}
	if _, err := models.Read(t.Context(), models.Source{Path: t.TempDir()}, models.Options{}); err == nil {
		t.Error("an empty folder was read as a model")
	}
}
