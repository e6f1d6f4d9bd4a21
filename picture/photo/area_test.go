package photo_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"golang.org/x/image/draw"
	"pgregory.net/rapid"

	"pentimento/picture/photo"
)

// box is an area in per cent.
func box(t testing.TB, x, y, width, height float64) photo.Area {
	t.Helper()
	a, err := photo.Box(x, y, width, height)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whatever the region, the mask, the size and the alpha of a picture, no pixel outside
// the region differs; and one that has room for it shows some of the edit.
func TestRegionsAreStrict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := image.Pt(rapid.IntRange(16, 300).Draw(t, "width"), rapid.IntRange(16, 300).Draw(t, "height"))
		left, top := rapid.Float64Range(0, 80).Draw(t, "left"), rapid.Float64Range(0, 80).Draw(t, "top")
		width, height := rapid.Float64Range(20, 100).Draw(t, "of width"), rapid.Float64Range(20, 100).Draw(t, "of height")
		a, err := photo.Box(left, top, width, height)
		if err != nil {
			t.Fatal(err)
		}
		region, err := a.On(size, image.Pt(128, 128))
		if err != nil {
			t.Fatal(err)
		}
		p := noise(size.X, size.Y, rapid.Bool().Draw(t, "alpha"))
		got, err := photo.Compose(p, plain(128, 128, color.NRGBA{200, 30, 60, 0xff}), middle(16, 0, 16), region)
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		for y := range size.Y {
			for x := range size.X {
				u, v := 100*(float64(x)+.5)/float64(size.X), 100*(float64(y)+.5)/float64(size.Y)
				outside := u < left || v < top || u > left+width || v > top+height
				switch differs := got.NRGBAAt(x, y) != p.NRGBAAt(x, y); {
				case differs && outside:
					t.Fatalf("pixel %d, %d of %v is changed outside of %v", x, y, size, a)
				case differs:
					changed++
				}
			}
		}
		if changed == 0 {
			t.Fatalf("nothing of %v is changed in %v", size, a)
		}
	})
}

// At 3000×2000, too, and where the region is painted pixel by pixel.
func TestPaintedRegionsAreStrict(t *testing.T) {
	p := noise(3000, 2000, false)
	mask := image.NewGray(p.Bounds())
	inside := func(x, y int) bool { return (x-1500)*(x-1500)/2+(y-900)*(y-900) < 300*300 }
	for y := range 2000 {
		for x := range 3000 {
			if inside(x, y) {
				mask.SetGray(x, y, color.Gray{0xff})
			}
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, mask); err != nil {
		t.Fatal(err)
	}
	a, err := photo.ReadArea(file.Bytes(), p)
	if err != nil {
		t.Fatal(err)
	}
	region, err := a.On(p.Bounds().Size(), image.Pt(128, 128))
	if err != nil {
		t.Fatal(err)
	}
	got, err := photo.Compose(p, plain(128, 128, color.NRGBA{1, 2, 3, 0xff}), middle(16, 0, 16), region)
	if err != nil {
		t.Fatal(err)
	}
	changed, all := 0, 0
	for y := range 2000 {
		for x := range 3000 {
			differs := got.NRGBAAt(x, y) != p.NRGBAAt(x, y)
			if differs && !inside(x, y) {
				t.Fatalf("pixel %d, %d was not painted, and is changed", x, y)
			}
			if differs {
				changed++
			}
			if inside(x, y) {
				all++
			}
		}
	}
	if changed*10 < all*8 {
		t.Errorf("%d of %d painted pixels are changed", changed, all)
	}
}

// written is a picture as a file.
func written(t testing.TB, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// scene is a picture with a gradient and edges, as one that is sent as JPEG has them.
func scene(width, height int) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{uint8(255 * x / width), uint8(255 * y / height), 90, 0xff}
			if (x*8/width+y*8/height)%2 == 0 {
				c.B = 200
			}
			p.SetNRGBA(x, y, c)
		}
	}
	return p
}

func TestReadArea(t *testing.T) {
	own := scene(400, 300)
	layer := image.NewNRGBA(own.Bounds()) // transparent, with a box in blue
	draw.Draw(layer, image.Rect(100, 60, 300, 240), image.NewUniform(color.NRGBA{0, 0, 0xff, 0xff}), image.Point{}, draw.Src)
	white := image.NewGray(image.Rect(0, 0, 200, 150))
	draw.Draw(white, image.Rect(50, 30, 150, 120), image.White, image.Point{}, draw.Src)
	over := scene(400, 300)
	draw.Draw(over, image.Rect(100, 60, 300, 240), image.NewUniform(color.NRGBA{0xff, 0, 0xff, 0xff}), image.Point{}, draw.Src)
	small := image.NewNRGBA(image.Rect(0, 0, 240, 180))
	draw.CatmullRom.Scale(small, small.Bounds(), over, over.Bounds(), draw.Src, nil)
	asPNG := func(p image.Image) []byte { return written(t, func(b *bytes.Buffer) error { return png.Encode(b, p) }) }
	asJPEG := func(p image.Image, quality int) []byte {
		return written(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, p, &jpeg.Options{Quality: quality}) })
	}
	want := image.Rect(25, 20, 75, 80) // in per cent
	for _, test := range []struct {
		name string
		file []byte
		off  int // how many per cent the border may be off
	}{
		{"white on black, half as large", asPNG(white), 1},
		{"white on black, as JPEG", asJPEG(white, 60), 2},
		{"a layer", asPNG(layer), 1},
		{"painted over", asPNG(over), 1},
		{"painted over, as JPEG", asJPEG(over, 70), 2},
		{"painted over, and smaller", asJPEG(small, 70), 3},
	} {
		a, err := photo.ReadArea(test.file, own)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		m, err := a.On(own.Bounds().Size(), own.Bounds().Size())
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got := image.Rectangle{}
		for i, open := range m.Places() {
			if open {
				x, y := i%m.Width, i/m.Width
				got = got.Union(image.Rect(x, y, x+1, y+1))
			}
		}
		got = image.Rect(got.Min.X*100/m.Width, got.Min.Y*100/m.Height, got.Max.X*100/m.Width, got.Max.Y*100/m.Height)
		for _, off := range []int{got.Min.X - want.Min.X, got.Min.Y - want.Min.Y, got.Max.X - want.Max.X, got.Max.Y - want.Max.Y} {
			if max(off, -off) > test.off {
				t.Errorf("%s: it is %v", test.name, got)
				break
			}
		}
		again, err := photo.ParseArea(a.String())
		if err != nil || !slices.Equal(again.Painted.Bits, a.Painted.Bits) {
			t.Errorf("%s: written and read it is another, %v", test.name, err)
		}
	}
	for name, file := range map[string][]byte{
		"nothing painted":  asPNG(image.NewGray(image.Rect(0, 0, 400, 300))),
		"the same":         asJPEG(own, 70),
		"another shape":    asPNG(image.NewGray(image.Rect(0, 0, 300, 400))),
		"another picture":  asPNG(plain(400, 300, color.NRGBA{0, 0xff, 0, 0xff})),
		"a text called so": []byte("mask.png"),
		"cut short":        asPNG(white)[:60],
	} {
		if _, err := photo.ReadArea(file, own); !errors.Is(err, photo.ErrArea) && !errors.Is(err, photo.ErrPhoto) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Boxes are written as they are read; what is none is said.
func TestBoxes(t *testing.T) {
	for text, want := range map[string]string{
		"10 20 30 40": "10 20 30 40", "0,0,50%,100%": "0 0 50 100", "-10 0 60 200": "0 0 50 100", "33.333 0 33.333 100": "33.33 0 33.33 100",
	} {
		if a, err := photo.ParseArea(text); err != nil || a.String() != want {
			t.Errorf("%q is %q, %v", text, a, err)
		}
	}
	for _, text := range []string{"", "1 2 3", "1 2 3 4 5", "a b c d", "NaN 0 10 10", "0 0 0 10", "0 0 -5 10", "100 0 10 10", "Inf 0 10 10", "painted", "painted 4x4 !", "painted 1000000000x1000000000 AA", "painted 0x0 "} {
		if a, err := photo.ParseArea(text); !errors.Is(err, photo.ErrArea) {
			t.Errorf("%q is %+v, %v", text, a, err)
		}
	}
	if _, err := box(t, 0, 0, .01, .01).On(image.Pt(128, 128), image.Pt(128, 128)); !errors.Is(err, photo.ErrArea) {
		t.Errorf("an area without a pixel: %v", err)
	}
}

// FuzzParseArea: what is read lies in the picture, and is written as itself.
func FuzzParseArea(f *testing.F) {
	f.Add("10 20 30 40")
	f.Add(photo.Area{Painted: middle(16, 4, 9)}.String())
	f.Fuzz(func(t *testing.T, text string) {
		a, err := photo.ParseArea(text)
		if err != nil {
			return
		}
		if a.Painted == nil && !(0 <= a.Left && a.Left < a.Right && a.Right <= 1 && 0 <= a.Top && a.Top < a.Bottom && a.Bottom <= 1) {
			t.Errorf("%q is %+v", text, a)
		}
		if a.Painted != nil {
			if again, err := photo.ParseArea(a.String()); err != nil || again.String() != a.String() {
				t.Errorf("%q is %q, and then %q, %v", text, a, again, err)
			}
		}
	})
}

func TestMasksAreReshaped(t *testing.T) {
	m := middle(16, 5, 11)
	for name, test := range map[string]struct{ got, want *photo.Mask }{
		"grown":         {m.Grown(2).Grown(-2), m},
		"shrunk":        {m.Grown(-1), middle(16, 6, 10)},
		"moved":         {m.Moved(3, 0).Moved(0, 2).Moved(-3, -2), m},
		"out of it":     {m.Moved(11, 0), middle(16, 0, 0)},
		"in all":        {m.Within(nil), m},
		"over a canvas": {m.Lifted(image.Pt(600, 600), image.Pt(128, 128)), m},
	} {
		if !slices.Equal(test.got.Places(), test.want.Places()) {
			t.Errorf("%s: %v", name, test.got)
		}
	}
	if wide := m.Lifted(image.Pt(600, 300), image.Pt(128, 128)); wide.Width != 16 || wide.Height != 8 || !wide.At(7, 4) || !wide.At(7, 1) {
		t.Errorf("without bars it is %+v", wide)
	}
}
