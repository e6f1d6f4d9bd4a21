package picture

import (
	"image"
	"image/color"
)

// Marked returns the picture with a part of it marked: what is outside is dim and
// grey, and the border is drawn. inside tells of a point, as shares of the width and
// height, whether it is in the part.
func Marked(picture []byte, inside func(x, y float64) bool) ([]byte, error) {
	base, err := decodeRGBA(picture)
	if err != nil {
		return nil, err
	}
	base = enlarged(base, shownSide)
	size := base.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			if !inside(middleOf(x, size.X), middleOf(y, size.Y)) {
				p := base.Pix[base.PixOffset(x, y):][:4]
				grey := 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
				for c := range 3 {
					p[c] = uint8(0.55*(0.8*grey+0.2*float64(p[c])) + 0.5)
				}
			}
		}
	}
	outline(base, inside)
	return Encode(base)
}

// middleOf is where the middle of a pixel is, as a share of so many.
func middleOf(i, n int) float64 { return (float64(i) + .5) / float64(n) }

// outline draws the border of a part of the picture, white within and black without.
func outline(p *image.RGBA, inside func(x, y float64) bool) {
	size := p.Bounds().Size()
	in := func(x, y int) bool {
		return inside(middleOf(min(max(x, 0), size.X-1), size.X), middleOf(min(max(y, 0), size.Y-1), size.Y))
	}
	for y := range size.Y {
		for x := range size.X {
			here := in(x, y)
			if here == in(x-1, y) && here == in(x+1, y) && here == in(x, y-1) && here == in(x, y+1) {
				continue
			}
			colour := color.RGBA{A: 0xff}
			if here {
				colour = color.RGBA{0xff, 0xff, 0xff, 0xff}
			}
			p.SetRGBA(x, y, colour)
		}
	}
}
