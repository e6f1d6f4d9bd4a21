package picture

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// Scale returns the picture at that size, in pixels, with smooth edges
// (Catmull-Rom).
func Scale(picture image.Image, size image.Point) *image.RGBA {
	return scaled(draw.CatmullRom, picture, size)
}

// Shrink returns the picture scaled down until neither side is longer than side
// pixels, or as it is if that is so already. It is quicker than [Scale] and
// less smooth.
func Shrink(picture image.Image, side int) image.Image {
	size := picture.Bounds().Size()
	longest := max(size.X, size.Y)
	if longest <= side {
		return picture
	}
	return scaled(draw.ApproxBiLinear, picture, image.Pt(max(1, size.X*side/longest), max(1, size.Y*side/longest)))
}

// Fitting returns a PNG of at most so many bytes: the picture, or a smaller copy of it.
func Fitting(png []byte, most int) ([]byte, error) {
	if len(png) <= most {
		return png, nil
	}
	p, err := Decode(png)
	if err != nil {
		return nil, err
	}
	for len(png) > most {
		size := p.Bounds().Size()
		if max(size.X, size.Y) < 2 {
			return nil, fmt.Errorf("a picture of %v doesn't fit into %d bytes", size, most)
		}
		p = Halve(p)
		if png, err = Encode(p); err != nil {
			return nil, err
		}
	}
	return png, nil
}

// Halve returns the picture at half its width and height, scaled as by
// [Shrink].
func Halve(picture image.Image) *image.RGBA {
	size := picture.Bounds().Size()
	return scaled(draw.ApproxBiLinear, picture, image.Pt(max(1, size.X/2), max(1, size.Y/2)))
}

// enlarged scales by the least whole number that leaves no side under side,
// and not beyond [MaxSide].
func enlarged(picture *image.RGBA, side int) *image.RGBA {
	size := picture.Bounds().Size()
	least := min(size.X, size.Y)
	by := min((side+least-1)/least, MaxSide/max(size.X, size.Y))
	if by < 2 {
		return picture
	}
	return Scale(picture, size.Mul(by))
}

func scaled(by draw.Scaler, picture image.Image, size image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: size})
	by.Scale(out, out.Bounds(), picture, picture.Bounds(), draw.Src, nil)
	return out
}
