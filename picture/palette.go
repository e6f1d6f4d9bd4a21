package picture

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// paletteOf returns at most n colours that show the page well: median cut,
// which splits the box of colours with the largest error until there are n,
// then a few rounds of k-means, which moves each colour to the middle of what
// it stands for. Alpha is ignored: pages are opaque.
func paletteOf(page *image.RGBA, n int) color.Palette {
	counted := countColours(page)
	boxes := cutColours(counted, n)
	centres := make([][3]float64, len(boxes))
	for i, box := range boxes {
		centres[i] = box.mean
	}
	const rounds = 4
	for range rounds {
		centres = settle(counted, centres)
	}
	palette := make(color.Palette, len(centres))
	for i, c := range centres {
		palette[i] = color.RGBA{uint8(c[0] + 0.5), uint8(c[1] + 0.5), uint8(c[2] + 0.5), 0xff}
	}
	return palette
}

// A colourCount is a colour and how many pixels have nearly that.
type colourCount struct {
	rgb [3]float64
	n   float64
}

// countColours joins colours that differ in the last two bits only.
func countColours(page *image.RGBA) []colourCount {
	counts := make(map[[3]uint8]colourCount)
	for i := 0; i+3 < len(page.Pix); i += 4 {
		key := [3]uint8{page.Pix[i] >> 2, page.Pix[i+1] >> 2, page.Pix[i+2] >> 2}
		c := counts[key]
		for j := range c.rgb {
			c.rgb[j] += float64(page.Pix[i+j])
		}
		c.n++
		counts[key] = c
	}
	out := make([]colourCount, 0, len(counts))
	for _, c := range counts {
		for j := range c.rgb {
			c.rgb[j] /= c.n
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b colourCount) int { return slices.Compare(a.rgb[:], b.rgb[:]) })
	return out
}

// A colourBox is a set of colours that one palette entry stands for.
type colourBox struct {
	colours []colourCount
	mean    [3]float64
	error   float64 // sum of squared distances to mean along axis
	axis    int     // the channel with the largest error
}

// newBox measures a box.
func newBox(colours []colourCount) colourBox {
	box := colourBox{colours: colours}
	var n float64
	var squares [3]float64
	for _, c := range colours {
		n += c.n
		for j, v := range c.rgb {
			box.mean[j] += c.n * v
			squares[j] += c.n * v * v
		}
	}
	for j := range box.mean {
		box.mean[j] /= n
		if e := squares[j] - n*box.mean[j]*box.mean[j]; e > box.error {
			box.error, box.axis = e, j
		}
	}
	return box
}

// cutColours splits the colours into at most n boxes.
func cutColours(colours []colourCount, n int) []colourBox {
	boxes := []colourBox{newBox(colours)}
	for len(boxes) < n {
		worst := 0
		for i, box := range boxes {
			if box.error > boxes[worst].error {
				worst = i
			}
		}
		box := boxes[worst]
		if box.error < 1 || len(box.colours) < 2 {
			break
		}
		slices.SortStableFunc(box.colours, func(a, b colourCount) int { return cmp.Compare(a.rgb[box.axis], b.rgb[box.axis]) })
		at, _ := slices.BinarySearchFunc(box.colours, box.mean[box.axis], func(c colourCount, mean float64) int { return cmp.Compare(c.rgb[box.axis], mean) })
		at = min(max(at, 1), len(box.colours)-1)
		boxes[worst] = newBox(box.colours[:at])
		boxes = append(boxes, newBox(box.colours[at:]))
	}
	return boxes
}

// settle moves each centre to the mean of the colours that are nearest to it.
func settle(colours []colourCount, centres [][3]float64) [][3]float64 {
	sums := make([][3]float64, len(centres))
	counts := make([]float64, len(centres))
	for _, c := range colours {
		i := nearest(c.rgb, centres)
		counts[i] += c.n
		for j, v := range c.rgb {
			sums[i][j] += c.n * v
		}
	}
	for i, n := range counts {
		if n == 0 {
			sums[i] = centres[i]
			continue
		}
		for j := range sums[i] {
			sums[i][j] /= n
		}
	}
	return sums
}

// nearest returns the index of the centre nearest to rgb.
func nearest(rgb [3]float64, centres [][3]float64) int {
	best, least := 0, 1e9
	for i, c := range centres {
		r, g, b := rgb[0]-c[0], rgb[1]-c[1], rgb[2]-c[2]
		if d := r*r + g*g + b*b; d < least {
			best, least = i, d
		}
	}
	return best
}
