package picture

import (
	"image"
	"image/color"
)

// quantised returns the page in 256 colours of its own, dithered by Floyd and
// Steinberg: what a pixel is off by goes on to its neighbours, 7/16 to the
// right and 3/16, 5/16 and 1/16 below.
//
// image/draw does the same and looks through the whole palette for each pixel;
// here a colour is looked up once.
func quantised(page *image.RGBA) *image.Paletted {
	palette := paletteOf(page, 256)
	out := image.NewPaletted(page.Bounds(), palette)
	lookup := newColourLookup(palette)
	size := page.Bounds().Size()
	// The errors of this row and the next in sixteenths, with a pixel more on
	// either side so that no edge needs care.
	here, below := make([][3]int, size.X+2), make([][3]int, size.X+2)
	for y := range size.Y {
		for x := range size.X {
			p := page.Pix[page.PixOffset(x, y):]
			var want [3]int
			for j := range want {
				want[j] = min(max(int(p[j])+(here[x+1][j]+8)>>4, 0), 255)
			}
			i := lookup.nearest(want)
			out.Pix[out.PixOffset(x, y)] = i
			for j, got := range lookup.colours[i] {
				off := want[j] - int(got)
				here[x+2][j] += 7 * off
				below[x][j] += 3 * off
				below[x+1][j] += 5 * off
				below[x+2][j] += off
			}
		}
		here, below = below, here
		clear(below)
	}
	return out
}

// A colourLookup finds the nearest colour of a palette, to within the two last
// bits of a channel, and remembers it.
type colourLookup struct {
	colours [][3]float64
	known   []int16 // index + 1 for 6 bits of each channel; 0 is not known yet
}

// newColourLookup returns a lookup in a palette of at most 256 opaque colours.
func newColourLookup(palette color.Palette) *colourLookup {
	l := &colourLookup{known: make([]int16, 1<<18)}
	for _, c := range palette {
		r, g, b, _ := c.RGBA()
		l.colours = append(l.colours, [3]float64{float64(r >> 8), float64(g >> 8), float64(b >> 8)})
	}
	return l
}

// nearest returns the index of the colour that is nearest to rgb.
func (l *colourLookup) nearest(rgb [3]int) uint8 {
	key := rgb[0]>>2<<12 | rgb[1]>>2<<6 | rgb[2]>>2
	if l.known[key] == 0 {
		var middle [3]float64
		for j, v := range rgb {
			middle[j] = float64(v&^3) + 1.5
		}
		l.known[key] = int16(nearest(middle, l.colours)) + 1
	}
	return uint8(l.known[key] - 1)
}
