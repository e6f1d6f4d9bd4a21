// Package judge looks at pictures of the bundled model and says what they
// show, by rules of colour and place: whether hair is red, how much of the
// rest changed. It is how benchmarks and tests see.
//
// Pictures are 8 bits per channel; distances are in levels of 255.
package judge

import (
	"image"
	"math"
)

// A Mask marks pixels of a picture, row by row.
type Mask struct {
	Width, Height int
	Set           []bool
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

// Blond, Brown, Red and Black are the hair colours that can be told apart.
const (
	Blond = "blond"
	Brown = "brown"
	Red   = "red"
	Black = "black"
)

// isColour reports whether a pixel shows the hair colour, shaded or lit.
func isColour(colour string, r, g, b uint8) bool {
	h, s, v := hsv(r, g, b)
	switch colour {
	case Blond:
		return h > 33 && h < 60 && s > .38 && v > .45
	case Red:
		return (h < 24 || h > 345) && s > .55 && v > .35
	case Brown:
		return h < 42 && s > .25 && v > .15 && v < .64
	case Black:
		return v < .34
	}
	return false
}

// Hair finds blond hair: the largest connected region of its colour above the
// shoulders.
func Hair(picture *image.NRGBA) Mask {
	m := maskOf(picture, func(x, y int, r, g, b uint8) bool {
		return y < picture.Rect.Dy()*27/32 && isColour(Blond, r, g, b)
	})
	return largest(m)
}

// Share is the share of the mask's inner pixels that show the hair colour.
// Pixels within two of the edge are left out: there two colours mix.
func Share(picture *image.NRGBA, m Mask, colour string) float64 {
	inner := Erode(m, 2)
	shown, all := 0, 0
	for i, set := range inner.Set {
		if !set {
			continue
		}
		all++
		if isColour(colour, picture.Pix[4*i], picture.Pix[4*i+1], picture.Pix[4*i+2]) {
			shown++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(shown) / float64(all)
}

// Outside is everything more than margin pixels away from the mask.
func Outside(m Mask, margin int) Mask {
	grown := grow(m, margin, true)
	for i := range grown.Set {
		grown.Set[i] = !grown.Set[i]
	}
	return grown
}

// Erode takes the outermost n pixels off a mask.
func Erode(m Mask, n int) Mask { return grow(m, n, false) }

// Difference is the mean absolute difference of two pictures within a mask,
// and the peak signal-to-noise ratio in dB.
func Difference(a, b *image.NRGBA, within Mask) (mean, psnr float64) {
	var sum, squares float64
	n := 0
	for i, set := range within.Set {
		if !set {
			continue
		}
		for c := range 3 {
			d := float64(a.Pix[4*i+c]) - float64(b.Pix[4*i+c])
			sum += math.Abs(d)
			squares += d * d
			n++
		}
	}
	if n == 0 {
		return 0, math.Inf(1)
	}
	return sum / float64(n), 10 * math.Log10(255*255/(squares/float64(n)+1e-9))
}

// MaxDifference is the largest difference of any channel of any pixel.
func MaxDifference(a, b *image.NRGBA) int {
	most := 0
	for i := range a.Pix {
		d := int(a.Pix[i]) - int(b.Pix[i])
		most = max(most, d, -d)
	}
	return most
}

// maskOf marks the pixels for which is holds.
func maskOf(picture *image.NRGBA, is func(x, y int, r, g, b uint8) bool) Mask {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	m := Mask{w, h, make([]bool, w*h)}
	for i := range m.Set {
		p := picture.Pix[4*i : 4*i+3]
		m.Set[i] = is(i%w, i/w, p[0], p[1], p[2])
	}
	return m
}

// grow moves the mask's edge by n pixels, outwards or inwards.
func grow(m Mask, n int, outwards bool) Mask {
	for range n {
		next := Mask{m.Width, m.Height, make([]bool, len(m.Set))}
		for i := range m.Set {
			next.Set[i] = m.Set[i]
			for _, j := range neighbours(m, i) {
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
func neighbours(m Mask, i int) []int {
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

// largest keeps the largest connected region of a mask.
func largest(m Mask) Mask {
	seen := make([]bool, len(m.Set))
	var best []int
	for start := range m.Set {
		if !m.Set[start] || seen[start] {
			continue
		}
		seen[start] = true
		region := []int{start}
		for k := 0; k < len(region); k++ {
			for _, j := range neighbours(m, region[k]) {
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

// hsv returns hue in degrees, saturation and value in [0, 1].
func hsv(r8, g8, b8 uint8) (h, s, v float64) {
	r, g, b := float64(r8)/255, float64(g8)/255, float64(b8)/255
	v = max(r, g, b)
	chroma := v - min(r, g, b)
	if chroma == 0 {
		return 0, 0, v
	}
	switch v {
	case r:
		h = math.Mod((g-b)/chroma+6, 6)
	case g:
		h = (b-r)/chroma + 2
	default:
		h = (r-g)/chroma + 4
	}
	return 60 * h, chroma / v, v
}
