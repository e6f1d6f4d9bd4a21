package photo

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
)

// A Canvas is the sizes in which a model draws.
type Canvas struct {
	// Own is the model's own size in pixels.
	Own image.Point
	// Multiple divides the sides of every other one; 0 where there is no other.
	Multiple int
}

// mostStretch is how far a picture's ratio may be from that of the size it is drawn
// in, and still fill it: what is made of it is stretched back as far.
const mostStretch = 1.08

// Size is the size in which a model draws a picture: of about as many pixels as the
// model's own, and of the picture's ratio as nearly as its sides can be. Nothing of
// the picture is cut off.
func (c Canvas) Size(picture image.Point) image.Point {
	if c.Multiple == 0 {
		return c.Own
	}
	area := float64(c.Own.X * c.Own.Y)
	best, least := c.Own, math.Inf(1)
	for w := c.Multiple; w <= 4*c.Own.X; w += c.Multiple {
		for h := c.Multiple; h <= 4*c.Own.Y; h += c.Multiple {
			size := image.Pt(w, h)
			share := float64(w*h) / area
			if share < .6 || share > 1.1 {
				continue
			}
			// A ratio that is off by 5 % weighs as much as a quarter of the pixels.
			if off := math.Log(stretch(picture, size)) + .2*(1-min(share, 1)); off < least {
				best, least = size, off
			}
		}
	}
	return best
}

// stretch is how many times as much a picture is scaled one way as the other to fill
// a size, at least 1.
func stretch(picture, size image.Point) float64 {
	s := float64(picture.X) * float64(size.Y) / (float64(picture.Y) * float64(size.X))
	return max(s, 1/s)
}

// Placed is where a picture lies in the size that it is drawn in: all over it, or in
// the middle with bars at two sides where it would be stretched too far.
func Placed(picture, size image.Point) image.Rectangle {
	if stretch(picture, size) <= mostStretch {
		return image.Rectangle{Max: size}
	}
	scale := min(float64(size.X)/float64(picture.X), float64(size.Y)/float64(picture.Y))
	placed := image.Pt(max(1, int(float64(picture.X)*scale+.5)), max(1, int(float64(picture.Y)*scale+.5)))
	at := size.Sub(placed).Div(2)
	return image.Rectangle{Min: at, Max: at.Add(placed)}
}

// Fit is the picture as a model sees it: on white, in the size, with its edges drawn
// out over what it does not cover.
func Fit(picture *image.NRGBA, size image.Point) *image.RGBA {
	placed := Placed(picture.Bounds().Size(), size)
	out := image.NewRGBA(image.Rectangle{Max: size})
	opaque := onWhite(picture)
	draw.CatmullRom.Scale(out, placed, opaque, opaque.Bounds(), draw.Src, nil)
	for y := range size.Y {
		for x := range size.X {
			if at := image.Pt(x, y); !at.In(placed) {
				from := image.Pt(min(max(x, placed.Min.X), placed.Max.X-1), min(max(y, placed.Min.Y), placed.Max.Y-1))
				out.SetRGBA(x, y, out.RGBAAt(from.X, from.Y))
			}
		}
	}
	return out
}

// onWhite is the picture on white, opaque.
func onWhite(picture *image.NRGBA) *image.RGBA {
	out := image.NewRGBA(picture.Bounds())
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), picture, picture.Bounds().Min, draw.Over)
	return out
}
