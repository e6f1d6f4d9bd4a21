package photo

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// ReadArea reads the area of a picture that a file marks: a mask of the picture's
// ratio, in which white or, where it has transparent parts, what is opaque may change;
// or a copy of the picture that was painted over, in which what was painted may. The
// errors are [ErrPhoto] and [ErrArea].
func ReadArea(file []byte, picture *image.NRGBA) (Area, error) {
	opened, err := Open(file)
	if err != nil {
		return Area{}, err
	}
	marks := opened.Image
	size, of := marks.Bounds().Size(), picture.Bounds().Size()
	if stretch(size, of) > sameRatio {
		return Area{}, fmt.Errorf("%w: the mask has %d×%d pixels and the picture %d×%d: give it the same shape", ErrArea, size.X, size.Y, of.X, of.Y)
	}
	if set, ok := asMask(marks); ok {
		return painted(reduced(size, set))
	}
	return overpainted(marks, picture)
}

// sameRatio is how far the ratio of a mask may be from its picture's: as far as
// rounding to whole pixels takes that of a small copy.
const sameRatio = 1.03

// asMask says which pixels of a mask are set; ok is false for a picture that is none,
// because it has colours, or more greys than the rims of brushes have.
func asMask(marks *image.NRGBA) (set func(x, y int) bool, ok bool) {
	const (
		half    = 0x80
		colour  = 24 // levels between the channels of a grey that JPEG wrote
		midtone = 40 // levels from black or white
		most    = 10 // one in so many pixels may be of neither
	)
	size := marks.Bounds().Size()
	transparent, odd := 0, 0
	for i := 0; i < len(marks.Pix); i += 4 {
		p := marks.Pix[i : i+4]
		if p[3] < half {
			transparent++
			continue
		}
		low, high := min(p[0], p[1], p[2]), max(p[0], p[1], p[2])
		if high-low > colour || low > midtone && high < 0xff-midtone {
			odd++
		}
	}
	if transparent > 0 { // a layer that was painted on, in any colour
		return func(x, y int) bool { return marks.Pix[marks.PixOffset(x, y)+3] >= half }, true
	}
	return func(x, y int) bool { return marks.Pix[marks.PixOffset(x, y)+1] >= half }, odd*most <= size.X*size.Y
}

// What a painted-over copy may differ by and still be the picture there: JPEG and
// another size change every pixel a little, and edges more.
const (
	paintedLevels = 48 // of 255, the mean of the channels
	paintedShare  = .6 // of the pixels around, so that specks do not count
)

// overpainted is what of a copy of the picture was painted over: where it differs, and
// most of what is around does.
func overpainted(copied, picture *image.NRGBA) (Area, error) {
	// The smaller of the two sizes: neither has more to say.
	size := copied.Bounds().Size()
	if of := picture.Bounds().Size(); of.X < size.X {
		size = of
	}
	if side := max(size.X, size.Y); side > maxMaskSide {
		size = image.Pt(max(1, size.X*maxMaskSide/side), max(1, size.Y*maxMaskSide/side))
	}
	a, b := scaledTo(copied, size), scaledTo(picture, size)
	differs := make([]bool, size.X*size.Y)
	n := 0
	for i := range differs {
		sum := 0
		for c := range 3 {
			sum += absolute(int(a.Pix[4*i+c]) - int(b.Pix[4*i+c]))
		}
		if differs[i] = sum > 3*paintedLevels; differs[i] {
			n++
		}
	}
	if n*10 > 9*len(differs) {
		return Area{}, fmt.Errorf("%w: it is another picture. Send a mask in black and white, or a copy of this picture with the place painted over", ErrArea)
	}
	return painted(NewMask(despeckled(differs, size), size.X, size.Y))
}

// scaledTo is the picture on white in a size.
func scaledTo(p *image.NRGBA, size image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: size})
	opaque := onWhite(p)
	draw.CatmullRom.Scale(out, out.Bounds(), opaque, opaque.Bounds(), draw.Src, nil)
	return out
}

// despeckled leaves those places of which most around are set, too.
func despeckled(set []bool, size image.Point) []bool {
	out := make([]bool, len(set))
	for y := range size.Y {
		for x := range size.X {
			around := image.Rect(x-1, y-1, x+2, y+2).Intersect(image.Rectangle{Max: size})
			n := 0
			for v := around.Min.Y; v < around.Max.Y; v++ {
				for u := around.Min.X; u < around.Max.X; u++ {
					if set[v*size.X+u] {
						n++
					}
				}
			}
			out[y*size.X+x] = float64(n) >= paintedShare*float64(around.Dx()*around.Dy())
		}
	}
	return out
}

func absolute(n int) int { return max(n, -n) }
