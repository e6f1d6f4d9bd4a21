package main

import (
	"image"
	"image/color"
	"testing"

	"pentimento/picture/photo"
	"pentimento/study/metric"
)

// The drawings that ship are pairs that differ in one thing: a local edit leaves most
// of the drawing as it is, and every edit changes some of it.
func TestTrueEditsShip(t *testing.T) {
	edits, err := trueEdits("drawings")
	if err != nil {
		t.Fatal(err)
	}
	if len(edits) != 64 {
		t.Fatalf("%d edits", len(edits))
	}
	for _, e := range edits {
		if e.Said == "" || e.Caption == "" || len(e.Wanted) == 0 {
			t.Errorf("%s says %q of %q and wants %v", e.Picture, e.Said, e.Caption, e.Wanted)
		}
		changed := float64(e.inside().Count()) / float64(metric.All(e.truth).Count())
		everywhere := e.Kind == "season" || e.Kind == "hour"
		if changed == 0 || !everywhere && changed > .85 {
			t.Errorf("%s, %q: the truth changes %.2f of the drawing", e.Picture, e.Said, changed)
		}
	}
}

// A pixel counts as spilled where it is beyond the mask's fading edge.
func TestSpilled(t *testing.T) {
	before := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range before.Pix {
		before.Pix[i] = 0x80
	}
	places := make([]bool, 16*16)
	places[5*16+5] = true
	mask := photo.NewMask(places, 16, 16)
	painted := func(at ...image.Point) *image.NRGBA {
		out := image.NewNRGBA(before.Rect)
		copy(out.Pix, before.Pix)
		for _, p := range at {
			out.SetNRGBA(p.X, p.Y, color.NRGBA{0xff, 0, 0, 0xff})
		}
		return out
	}
	for name, test := range map[string]struct {
		edit *image.NRGBA
		want int
	}{
		"nothing": {painted(), 0}, "inside": {painted(image.Pt(22, 22)), 0}, "its edge": {painted(image.Pt(19, 22)), 0},
		"beyond": {painted(image.Pt(22, 22), image.Pt(40, 40), image.Pt(2, 2)), 2},
	} {
		if got, err := spilled(before, test.edit, mask); err != nil || got != test.want {
			t.Errorf("%s: %d pixels, %v", name, got, err)
		}
	}
}
