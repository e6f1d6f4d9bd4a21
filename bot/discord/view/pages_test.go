package view

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"

	"pentimento/picture"
)

// Pictures of large models do not fit into one file that Discord takes: they are
// shown smaller.
func TestFitting(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	img := image.NewNRGBA(image.Rect(0, 0, 64, 32))
	for i := range img.Pix {
		img.Pix[i] = uint8(random.Uint32()) | 0xf0*uint8(i%4/3)
	}
	var data bytes.Buffer
	if err := png.Encode(&data, img); err != nil {
		t.Fatal(err)
	}
	frames := []picture.Frame{{PNG: data.Bytes(), Label: "one"}, {PNG: data.Bytes(), Label: "two"}}
	var sizes []image.Point
	both := func(frames []picture.Frame) ([]byte, error) {
		size, err := png.DecodeConfig(bytes.NewReader(frames[1].PNG))
		sizes = append(sizes, image.Pt(size.Width, size.Height))
		if frames[1].Label != "two" {
			t.Errorf("the second frame is %q", frames[1].Label)
		}
		return slices.Concat(frames[0].PNG, frames[1].PNG), err
	}
	whole := 2 * data.Len()
	for _, c := range []struct {
		most int
		want image.Point // of the last try
		fits bool
	}{{whole, image.Pt(64, 32), true}, {whole - 1, image.Pt(32, 16), true}, {whole / 8, image.Pt(16, 8), true}, {10, image.Pt(8, 4), false}} {
		made, err := fitting(frames, c.most, both)
		if (err == nil) != c.fits || c.fits && (len(made) > c.most || len(made) == 0) || sizes[len(sizes)-1] != c.want {
			t.Errorf("within %d bytes: %d bytes of %v, %v", c.most, len(made), sizes[len(sizes)-1], err)
		}
	}
}
