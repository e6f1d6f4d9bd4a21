package tests

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"pentimento/editor"
	"pentimento/models/pocket/pockettest"
	"pentimento/session/recipefile"
	"pentimento/tests/judge"
)

// A picture that was exported under an older ONNX Runtime is the same to the
// eye when its recipe is drawn again: sums are taken in another order, and a
// value that lies between two levels falls on either. The files are exports of
// the version in their names. See docs/decisions/0059.
func TestOldRecipesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/replay/*.png")
	if err != nil || len(files) == 0 {
		t.Fatalf("no exported pictures: %v", err)
	}
	model := pockettest.Open(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			document, err := recipefile.Read(data)
			if err != nil {
				t.Fatal(err)
			}
			drawing, err := editor.New(model).Draw(t.Context(), document.Recipe, nil)
			if err != nil {
				t.Fatal(err)
			}
			exported := open(t, file)
			if got := judge.MaxDifference(exported, drawing.Image); got > 1 {
				t.Errorf("a pixel differs by %d levels, want 1 at most", got)
			}
			if got, all := differing(exported, drawing.Image), len(exported.Pix)/4; got > all/1000 {
				t.Errorf("%d of %d pixels differ, want one in a thousand at most", got, all)
			}
		})
	}
}

// differing is how many pixels of two pictures of one size differ.
func differing(a, b *image.NRGBA) (n int) {
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if a.NRGBAAt(x, y) != b.NRGBAAt(x, y) {
				n++
			}
		}
	}
	return n
}
