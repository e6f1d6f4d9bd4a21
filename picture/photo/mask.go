package photo

import (
	"errors"
	"fmt"
	"image"
	"sort"
)

// A Mask says which part of a picture an edit changed, in places that are those of
// a model's latents: eight pixels each way, mostly.
type Mask struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	// Bits has the places row by row, eight to a byte, the first in the lowest bit.
	Bits []byte `json:"bits"`
}

// ErrMask says that a mask is not one.
var ErrMask = errors.New("the mask of an edit does not have its size")

// maxMaskSide is more than the latents of any picture have.
const maxMaskSide = 512

// NewMask returns the mask of places, row by row; nil of none, which is an edit that
// may have changed everything.
func NewMask(places []bool, width, height int) *Mask {
	if places == nil {
		return nil
	}
	m := &Mask{width, height, make([]byte, (width*height+7)/8)}
	for i, open := range places {
		if open {
			m.Bits[i/8] |= 1 << (i % 8)
		}
	}
	return m
}

// Validate reports [ErrMask] for a mask that is not whole.
func (m *Mask) Validate() error {
	if m.Width < 1 || m.Height < 1 || m.Width > maxMaskSide || m.Height > maxMaskSide || len(m.Bits) != (m.Width*m.Height+7)/8 {
		return fmt.Errorf("%w: %d×%d places in %d bytes", ErrMask, m.Width, m.Height, len(m.Bits))
	}
	return nil
}

// At reports whether a place is open; those outside are as the nearest inside.
func (m *Mask) At(x, y int) bool {
	i := min(max(y, 0), m.Height-1)*m.Width + min(max(x, 0), m.Width-1)
	return m.Bits[i/8]&(1<<(i%8)) != 0
}

// opacity is how far an edit covers a picture at a point, given as shares of its
// width and height: 1 in the mask, and less and less over half a place around it.
// That far a decoder spreads what changes: an edge within the mask would leave a rim
// of what was there before. Without a mask it is 1.
func (m *Mask) opacity(x, y float64) float64 {
	if m == nil {
		return 1
	}
	x, y = x*float64(m.Width)-.5, y*float64(m.Height)-.5 // a place is where its middle is
	left, top := floor(x), floor(y)
	dx, dy := x-float64(left), y-float64(top)
	sum := 0.
	for _, corner := range []struct {
		x, y  int
		share float64
	}{{left, top, (1 - dx) * (1 - dy)}, {left + 1, top, dx * (1 - dy)}, {left, top + 1, (1 - dx) * dy}, {left + 1, top + 1, dx * dy}} {
		if m.At(corner.x, corner.y) {
			sum += corner.share
		}
	}
	return min(1, 2*sum)
}

// part is a rectangle outside of which no pixel is covered, of those whose middles
// are at these shares of the width and height.
func (m *Mask) part(columns, rows []float64) image.Rectangle {
	all := image.Rect(0, 0, len(columns), len(rows))
	if m == nil {
		return all
	}
	open := image.Rectangle{}
	for y := range m.Height {
		for x := range m.Width {
			if m.At(x, y) {
				open = open.Union(image.Rect(x-1, y-1, x+2, y+2))
			}
		}
	}
	within := func(shares []float64, from, to, places int) (first, last int) {
		first = sort.SearchFloat64s(shares, float64(from)/float64(places))
		return first, sort.SearchFloat64s(shares, float64(to)/float64(places))
	}
	var part image.Rectangle
	part.Min.X, part.Max.X = within(columns, open.Min.X, open.Max.X, m.Width)
	part.Min.Y, part.Max.Y = within(rows, open.Min.Y, open.Max.Y, m.Height)
	return part
}

// floor rounds down.
func floor(v float64) int {
	if i := int(v); v >= float64(i) {
		return i
	}
	return int(v) - 1
}

// Places are the mask's, row by row.
func (m *Mask) Places() []bool {
	out := make([]bool, m.Width*m.Height)
	for i := range out {
		out[i] = m.Bits[i/8]&(1<<(i%8)) != 0
	}
	return out
}

// mapped is the mask of which a place is open if it is so by what a function tells of
// it.
func mapped(width, height int, open func(x, y int) bool) *Mask {
	places := make([]bool, width*height)
	for i := range places {
		places[i] = open(i%width, i/width)
	}
	return NewMask(places, width, height)
}

// Within is what of the mask is in a region of finer places, in those of the region;
// the mask itself for no region.
func (m *Mask) Within(region *Mask) *Mask {
	if region == nil {
		return m
	}
	return mapped(region.Width, region.Height, func(x, y int) bool {
		return region.At(x, y) && m.At(x*m.Width/region.Width, y*m.Height/region.Height)
	})
}

// Grown is the mask with what is up to n places beyond it, or, of less than 0, without
// what is as near to its border.
func (m *Mask) Grown(n int) *Mask {
	for range max(n, -n) {
		last := m
		m = mapped(m.Width, m.Height, func(x, y int) bool {
			if n < 0 {
				return last.At(x, y) && last.At(x-1, y) && last.At(x+1, y) && last.At(x, y-1) && last.At(x, y+1)
			}
			return last.At(x, y) || last.At(x-1, y) || last.At(x+1, y) || last.At(x, y-1) || last.At(x, y+1)
		})
	}
	return m
}

// Moved is the mask so many places further right and down; what leaves it is lost.
func (m *Mask) Moved(right, down int) *Mask {
	return mapped(m.Width, m.Height, func(x, y int) bool {
		x, y = x-right, y-down
		return x >= 0 && y >= 0 && x < m.Width && y < m.Height && m.At(x, y)
	})
}

// Lifted is the mask, which lies over a canvas, as one over the picture that is drawn
// or lies in that: with as many places where it lies all over it, else with those that
// show the picture.
func (m *Mask) Lifted(picture, canvas image.Point) *Mask {
	return NewMask(Uncovered(m.Places(), m.Width, m.Height, picture, canvas))
}

// Uncovered is a map over a canvas, [height, width], without what is at the bars beside
// a picture that lies in it.
func Uncovered[T any](values []T, width, height int, picture, canvas image.Point) (out []T, w, h int) {
	placed := Placed(picture, canvas)
	if placed.Size() == canvas {
		return values, width, height
	}
	left, right := placed.Min.X*width/canvas.X, ceiling(placed.Max.X*width, canvas.X)
	top, bottom := placed.Min.Y*height/canvas.Y, ceiling(placed.Max.Y*height, canvas.Y)
	for y := top; y < bottom; y++ {
		out = append(out, values[y*width+left:y*width+right]...)
	}
	return out, right - left, bottom - top
}
