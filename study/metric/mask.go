// Package metric compares two pictures of the same size: how much changed,
// where, and whether the shapes stayed.
//
// mask.go says where to look, change.go measures differences, structure.go
// shapes. Pictures are 8 bits per channel, distances are in levels of 255,
// and alpha is ignored.
package metric

import (
	"image"
	"math"
)

// A Mask marks pixels of a picture, row by row.
type Mask struct {
	Width, Height int
	Set           []bool
}

// Square is the mask of a square picture whose pixels are marked so, row by row.
func Square(set []bool) Mask {
	side := int(math.Sqrt(float64(len(set))))
	return Mask{side, side, set}
}

// All marks every pixel of a picture.
func All(picture *image.NRGBA) Mask {
	return Where(picture, func(int, int, [3]uint8) bool { return true })
}

// Where marks the pixels for which is holds.
func Where(picture *image.NRGBA, is func(x, y int, rgb [3]uint8) bool) Mask {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	m := Mask{w, h, make([]bool, w*h)}
	for i := range m.Set {
		at := i/w*picture.Stride + i%w*4
		m.Set[i] = is(i%w, i/w, [3]uint8(picture.Pix[at:at+3]))
	}
	return m
}

// Above marks the places of a map that exceed the share k of its largest
// value, scaled up to width × height by repeating them. The map is
// [mapHeight, mapWidth], row by row.
func Above(values []float32, mapWidth, mapHeight int, k float32, width, height int) Mask {
	var most float32
	for _, v := range values {
		most = max(most, v)
	}
	m := Mask{width, height, make([]bool, width*height)}
	for i := range m.Set {
		x, y := i%width*mapWidth/width, i/width*mapHeight/height
		m.Set[i] = most > 0 && values[y*mapWidth+x] > k*most
	}
	return m
}

// Count is the number of marked pixels.
func (m Mask) Count() int {
	n := 0
	for _, set := range m.Set {
		if set {
			n++
		}
	}
	return n
}

// Not marks what m does not.
func (m Mask) Not() Mask {
	out := Mask{m.Width, m.Height, make([]bool, len(m.Set))}
	for i, set := range m.Set {
		out.Set[i] = !set
	}
	return out
}

// Or marks what either marks. Both have one size.
func (m Mask) Or(other Mask) Mask {
	out := Mask{m.Width, m.Height, make([]bool, len(m.Set))}
	for i, set := range m.Set {
		out.Set[i] = set || other.Set[i]
	}
	return out
}

// Grow adds the pixels within n steps of the marked ones.
func (m Mask) Grow(n int) Mask { return m.move(n, true) }

// Shrink removes the marked pixels within n steps of one that is not marked.
func (m Mask) Shrink(n int) Mask { return m.move(n, false) }

// move shifts the mask's edge by n pixels, outwards or inwards.
func (m Mask) move(n int, outwards bool) Mask {
	for range n {
		next := Mask{m.Width, m.Height, make([]bool, len(m.Set))}
		for i := range m.Set {
			next.Set[i] = m.Set[i]
			for _, j := range m.neighbours(i) {
				if m.Set[j] == outwards {
					next.Set[i] = outwards
				}
			}
		}
		m = next
	}
	return m
}

// neighbours of a pixel, up to four.
func (m Mask) neighbours(i int) []int {
	out := make([]int, 0, 4)
	x, y := i%m.Width, i/m.Width
	if x > 0 {
		out = append(out, i-1)
	}
	if x < m.Width-1 {
		out = append(out, i+1)
	}
	if y > 0 {
		out = append(out, i-m.Width)
	}
	if y < m.Height-1 {
		out = append(out, i+m.Width)
	}
	return out
}

// Largest keeps the largest connected region.
func (m Mask) Largest() Mask {
	seen := make([]bool, len(m.Set))
	var best []int
	for start := range m.Set {
		if !m.Set[start] || seen[start] {
			continue
		}
		seen[start] = true
		region := []int{start}
		for k := 0; k < len(region); k++ {
			for _, j := range m.neighbours(region[k]) {
				if m.Set[j] && !seen[j] {
					seen[j] = true
					region = append(region, j)
				}
			}
		}
		if len(region) > len(best) {
			best = region
		}
	}
	out := Mask{m.Width, m.Height, make([]bool, len(m.Set))}
	for _, i := range best {
		out.Set[i] = true
	}
	return out
}
