package models

import (
	"errors"
	"testing"

	"pentimento/models/graph"
)

func TestSpecAt(t *testing.T) {
	own := Spec{
		ContextLength: 77, LatentHeight: 64, LatentWidth: 64, ImageHeight: 512, ImageWidth: 512,
		Resizable: true, SizeMultiple: 64, SelfLevel: 2, mapLevel: 2,
		Layers: []graph.Layer{{Heads: 8, Pixels: 4096}, {Cross: true, Heads: 8, Level: 2, Pixels: 256}, {Heads: 8, Level: 3, Pixels: 64}},
	}
	wide, err := own.At(768, 512)
	if err != nil {
		t.Fatal(err)
	}
	if wide.LatentWidth != 96 || wide.LatentHeight != 64 || wide.ImageWidth != 768 || wide.ImageHeight != 512 {
		t.Errorf("latents of %d×%d for pictures of %d×%d", wide.LatentWidth, wide.LatentHeight, wide.ImageWidth, wide.ImageHeight)
	}
	if wide.MapHeight != 16 || wide.MapWidth != 24 {
		t.Errorf("maps of %d×%d", wide.MapHeight, wide.MapWidth)
	}
	for l, want := range []int{64 * 96, 16 * 24, 8 * 12} {
		if wide.Layers[l].Pixels != want {
			t.Errorf("layer %d has %d pixels, want %d", l, wide.Layers[l].Pixels, want)
		}
		if wide.Injectable(l) != own.Injectable(l) {
			t.Errorf("layer %d is injectable at one size only", l)
		}
	}
	if own.Layers[0].Pixels != 4096 {
		t.Error("the spec it was made of has changed")
	}
	back, err := wide.At(512, 512)
	if err != nil || back.MapWidth != 0 && back.Layers[1].Pixels != 256 || back.LatentWidth != 64 {
		t.Errorf("back at its own size: %+v, %v", back, err)
	}
	if same, err := wide.At(0, 0); err != nil || same.ImageWidth != 768 {
		t.Errorf("no size: %d, %v", same.ImageWidth, err)
	}

	fixed := own
	fixed.Resizable = false
	for _, test := range []struct {
		spec          Spec
		width, height int
		want          error
	}{
		{fixed, 768, 512, ErrFixedSize}, {fixed, 512, 512, nil}, {fixed, 0, 0, nil},
		{own, 520, 512, ErrSizeMultiple}, {own, 512, 8, ErrSizeMultiple},
		{own, -64, 512, ErrSizeBounds}, {own, 512, 0, ErrSizeBounds}, {own, 1 << 40, 512, ErrSizeBounds},
	} {
		if _, err := test.spec.At(test.width, test.height); !errors.Is(err, test.want) {
			t.Errorf("%d×%d: %v, want %v", test.width, test.height, err, test.want)
		}
	}
}

// The layers that hold structure are those of 16² in Stable Diffusion 1.x, and
// of a quarter of the latents' sides in models of larger pictures.
func TestStructureLevel(t *testing.T) {
	for _, test := range []struct{ height, width, want int }{
		{16, 16, 0}, {32, 32, 1}, {64, 64, 2}, {96, 96, 2}, {128, 128, 2}, {104, 152, 2}, {64, 96, 2},
	} {
		if got := structureLevel(test.height, test.width); got != test.want {
			t.Errorf("latents of %d×%d: level %d, want %d", test.height, test.width, got, test.want)
		}
	}
}
