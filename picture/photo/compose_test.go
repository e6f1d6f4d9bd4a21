package photo_test

import (
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"

	"pentimento/picture/photo"
)

// noise is a picture of chance, with alpha where it is asked for.
func noise(width, height int, clear bool) *image.NRGBA {
	dice := rand.New(rand.NewPCG(1, 2))
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range p.Pix {
		p.Pix[i] = uint8(dice.Uint32())
		if i%4 == 3 && !clear {
			p.Pix[i] = 0xff
		}
	}
	return p
}

// plain is a picture of one colour.
func plain(width, height int, c color.NRGBA) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p.SetNRGBA(x, y, c)
		}
	}
	return p
}

// middle is a mask that is open from one share of its sides to another.
func middle(side, from, to int) *photo.Mask {
	places := make([]bool, side*side)
	for i := range places {
		x, y := i%side, i/side
		places[i] = from <= x && x < to && from <= y && y < to
	}
	return photo.NewMask(places, side, side)
}

// Half a place outside the mask and further no pixel differs from the picture's,
// whatever its size and its alpha; inside it is the edit's, and of larger pictures as
// much of their noise as a plain place may have.
func TestOutsideTheMaskNothingChanges(t *testing.T) {
	edit := color.NRGBA{200, 30, 60, 0xff}
	for name, p := range map[string]*image.NRGBA{
		"3000×2000": noise(3000, 2000, false), "of the model's size": noise(128, 128, false), "smaller": noise(37, 37, false),
		"upright": noise(300, 500, false), "alpha": noise(256, 256, true), "wide": noise(600, 200, false),
	} {
		const side, from, to = 16, 5, 11
		got, err := photo.Compose(p, plain(128, 128, edit), middle(side, from, to), nil)
		if err != nil {
			t.Fatal(err)
		}
		size := p.Bounds().Size()
		placed := photo.Placed(size, image.Pt(128, 128))
		at := func(i, n, begin, length int) float64 { // in places
			return (float64(begin) + (float64(i)+.5)*float64(length)/float64(n)) / 8
		}
		changed, whole := 0, 0
		for y := range size.Y {
			for x := range size.X {
				px, py := at(x, size.X, placed.Min.X, placed.Dx()), at(y, size.Y, placed.Min.Y, placed.Dy())
				was, is := p.NRGBAAt(x, y), got.NRGBAAt(x, y)
				switch inside := min(px-from, to-px, py-from, to-py); {
				case inside <= -.5 && is != was:
					t.Fatalf("%s: pixel %d, %d outside the mask is %v, was %v", name, x, y, is, was)
				case inside >= .5:
					whole++
					if off := furthest(is, edit); off > 6 || size.X <= 128 && off > 0 {
						t.Fatalf("%s: pixel %d, %d inside the mask is %v", name, x, y, is)
					}
				case is != was:
					changed++
				}
			}
		}
		if whole == 0 || changed == 0 {
			t.Errorf("%s: %d pixels are the edit's, %d in between", name, whole, changed)
		}
	}
}

// Without a mask all is the edit's.
func TestComposeWithoutMask(t *testing.T) {
	edit := color.NRGBA{1, 2, 3, 0xff}
	got, err := photo.Compose(noise(90, 60, true), plain(64, 64, edit), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if off := farthest(got, plain(90, 60, edit)); off > 0 {
		t.Errorf("a colour is off by %d levels", off)
	}
}

func TestComposeRefusesOtherMasks(t *testing.T) {
	for _, m := range []*photo.Mask{{}, {Width: 16, Height: 16}, {Width: -1, Height: 4, Bits: []byte{1}}, {Width: 1 << 20, Height: 1 << 20, Bits: []byte{1}}} {
		if _, err := photo.Compose(noise(20, 20, false), noise(16, 16, false), m, nil); !errors.Is(err, photo.ErrMask) {
			t.Errorf("mask %+v: %v", m, err)
		}
	}
}

// A picture is drawn in its own ratio where a model can, and nothing of it is cut.
func TestSizes(t *testing.T) {
	large := photo.Canvas{Own: image.Pt(512, 512), Multiple: 64}
	for picture, want := range map[image.Point]image.Point{
		{3000, 2000}: {576, 384}, {2000, 3000}: {384, 576}, {1000, 1000}: {512, 512}, {1920, 1080}: {704, 384}, {4032, 3024}: {576, 448}, {600, 100}: {1152, 192},
	} {
		if got := large.Size(picture); got != want {
			t.Errorf("%v is drawn in %v, want %v", picture, got, want)
		}
	}
	fixed := photo.Canvas{Own: image.Pt(128, 128)}
	if got := fixed.Size(image.Pt(3000, 2000)); got != fixed.Own {
		t.Errorf("a model of one size draws in %v", got)
	}
	if got, want := photo.Placed(image.Pt(3000, 2000), fixed.Own), image.Rect(0, 21, 128, 106); got != want {
		t.Errorf("a wide picture lies at %v, want %v", got, want)
	}
	if got := photo.Placed(image.Pt(520, 500), fixed.Own); got != image.Rect(0, 0, 128, 128) {
		t.Errorf("a nearly square picture lies at %v", got)
	}
}

// What a picture does not cover has the colours of its edges, and what is
// transparent is white.
func TestFit(t *testing.T) {
	p := plain(300, 100, color.NRGBA{10, 200, 30, 0xff})
	for x := range 100 {
		for y := range 100 {
			p.SetNRGBA(x, y, color.NRGBA{A: 0})
		}
	}
	got := photo.Fit(p, image.Pt(96, 96))
	for at, want := range map[image.Point]color.RGBA{
		{5, 2}: {255, 255, 255, 255}, {5, 48}: {255, 255, 255, 255}, {90, 2}: {10, 200, 30, 255}, {90, 93}: {10, 200, 30, 255},
	} {
		if c := got.RGBAAt(at.X, at.Y); c != want {
			t.Errorf("at %v it is %v, want %v", at, c, want)
		}
	}
}

func BenchmarkCompose(b *testing.B) {
	p, edit, mask := noise(3000, 2000, false), noise(128, 128, false), middle(16, 5, 11)
	for b.Loop() {
		if _, err := photo.Compose(p, edit, mask, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// furthest is the largest difference of two colours in any channel.
func furthest(a, b color.NRGBA) int {
	off := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(off(a.R, b.R), off(a.G, b.G), off(a.B, b.B), off(a.A, b.A))
}

// hair is a picture of strands: broad ones that a model sees, and fine ones that it
// does not, turned by a quarter if across, of a colour.
func hair(side int, across bool, colour [3]float64) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			along := x
			if across {
				along = y
			}
			broad, fine := math.Sin(float64(along)*2*math.Pi/128), math.Sin(float64(along)*2*math.Pi/8)
			light := 1 + .25*broad + .15*fine
			out.SetNRGBA(x, y, color.NRGBA{uint8(colour[0] * light), uint8(colour[1] * light), uint8(colour[2] * light), 0xff})
		}
	}
	return out
}

// off is the mean difference of two pictures, in levels.
func off(a, b *image.NRGBA) float64 {
	sum := 0.
	for i := range a.Pix {
		sum += math.Abs(float64(a.Pix[i]) - float64(b.Pix[i]))
	}
	return sum / float64(len(a.Pix)) * 4 / 3 // not of alpha
}

// An edit that leaves the forms has the large picture's detail: blond strands become
// red strands, as fine as before.
func TestDetailOfTheSameForms(t *testing.T) {
	const side, small = 1024, 128
	blond, red := hair(side, false, [3]float64{180, 150, 60}), hair(side, false, [3]float64{140, 40, 20})
	edit := photo.Fit(red, image.Pt(small, small))
	got, err := photo.Compose(blond, edit, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	scaled := image.NewNRGBA(red.Rect)
	draw.CatmullRom.Scale(scaled, scaled.Rect, edit, edit.Rect, draw.Src, nil)
	if with, without := off(got, red), off(scaled, red); with > without/2 {
		t.Errorf("%.2f levels from the truth with the detail, %.2f without", with, without)
	}
}

// Other forms have nothing of the old detail.
func TestDetailOfOtherForms(t *testing.T) {
	const side, small = 1024, 128
	blond := hair(side, false, [3]float64{180, 150, 60})
	edit := photo.Fit(hair(side, true, [3]float64{180, 150, 60}), image.Pt(small, small))
	got, err := photo.Compose(blond, edit, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	scaled := image.NewNRGBA(blond.Rect)
	draw.CatmullRom.Scale(scaled, scaled.Rect, edit, edit.Rect, draw.Src, nil)
	if with := off(got, scaled); with > 1 {
		t.Errorf("%.2f levels of the old forms in the new", with)
	}
}

// Fine print on a wall that is painted over is gone, though a model never saw it.
func TestDetailOfFinePrint(t *testing.T) {
	wall := plain(1024, 1024, color.NRGBA{240, 240, 240, 0xff})
	for y := range 1024 {
		for x := range 1024 {
			if (x/2+y/2)%2 == 0 {
				wall.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 0xff})
			}
		}
	}
	paint := color.NRGBA{200, 220, 250, 0xff}
	got, err := photo.Compose(wall, plain(128, 128, paint), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 1024 {
		for x := range 1024 {
			if is := got.NRGBAAt(x, y); furthest(is, paint) > 6 {
				t.Fatalf("pixel %d, %d is %v", x, y, is)
			}
		}
	}
}
