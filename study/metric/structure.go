package metric

import (
	"image"
	"math"
)

// A plane is the luma of a picture, 0.299 R + 0.587 G + 0.114 B, row by row.
type plane struct {
	width, height int
	values        []float64
}

func luma(picture *image.NRGBA) plane {
	p := plane{picture.Rect.Dx(), picture.Rect.Dy(), nil}
	p.values = make([]float64, p.width*p.height)
	for i := range p.values {
		at := i/p.width*picture.Stride + i%p.width*4
		p.values[i] = .299*float64(picture.Pix[at]) + .587*float64(picture.Pix[at+1]) + .114*float64(picture.Pix[at+2])
	}
	return p
}

// at reads the plane; outside it, the nearest pixel.
func (p plane) at(x, y int) float64 {
	return p.values[min(max(y, 0), p.height-1)*p.width+min(max(x, 0), p.width-1)]
}

// The window and constants of structural similarity (Wang et al. 2004).
const (
	windowRadius = 5
	windowSigma  = 1.5
	c1           = .01 * 255 * .01 * 255
	c2           = .03 * 255 * .03 * 255
)

// gaussian is the window's weights along one axis, of sum 1.
func gaussian() [2*windowRadius + 1]float64 {
	var w [2*windowRadius + 1]float64
	sum := 0.
	for i := range w {
		d := float64(i - windowRadius)
		w[i] = math.Exp(-d * d / (2 * windowSigma * windowSigma))
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

// blurred is the plane's mean under the window around every pixel.
func (p plane) blurred() plane {
	w := gaussian()
	out := plane{p.width, p.height, make([]float64, len(p.values))}
	padded := make([]float64, p.width+2*windowRadius)
	along := make([]float64, len(p.values))
	for y := range p.height {
		for i := range padded {
			padded[i] = p.at(i-windowRadius, y)
		}
		for x := range p.width {
			for k, weight := range w {
				along[y*p.width+x] += weight * padded[x+k]
			}
		}
	}
	for y := range p.height {
		row := out.values[y*p.width : (y+1)*p.width]
		for k, weight := range w {
			from := min(max(y+k-windowRadius, 0), p.height-1) * p.width
			for x := range row {
				row[x] += weight * along[from+x]
			}
		}
	}
	return out
}

// product multiplies two planes pixel by pixel.
func product(a, b plane) plane {
	out := plane{a.width, a.height, make([]float64, len(a.values))}
	for i := range out.values {
		out.values[i] = a.values[i] * b.values[i]
	}
	return out
}

// SSIM is the structural similarity of two pictures' luma at every pixel, at
// most 1 (Wang et al. 2004, eq. 13, with the Gaussian window of 11 × 11 pixels
// and σ 1.5). The window repeats the picture's edge beyond it.
type SSIM []float64

// SSIMOf compares two pictures.
func SSIMOf(a, b *image.NRGBA) SSIM {
	x, y := luma(a), luma(b)
	meanX, meanY := x.blurred(), y.blurred()
	xx, yy, xy := product(x, x).blurred(), product(y, y).blurred(), product(x, y).blurred()
	s := make(SSIM, len(x.values))
	for i := range s {
		mx, my := meanX.values[i], meanY.values[i]
		varX, varY, cov := xx.values[i]-mx*mx, yy.values[i]-my*my, xy.values[i]-mx*my
		s[i] = (2*mx*my + c1) * (2*cov + c2) / ((mx*mx + my*my + c1) * (varX + varY + c2))
	}
	return s
}

// Mean is the mean within a mask, and 1 where nothing is marked. The windows of
// pixels near the edge of the mask reach beyond it.
func (s SSIM) Mean(within Mask) float64 {
	sum, n := 0., 0
	for i, set := range within.Set {
		if set {
			sum += s[i]
			n++
		}
	}
	if n == 0 {
		return 1
	}
	return sum / float64(n)
}

// gradients is the length of the Sobel gradient at every pixel.
func (p plane) gradients() []float64 {
	out := make([]float64, len(p.values))
	for i := range out {
		x, y := i%p.width, i/p.width
		gx := p.at(x+1, y-1) + 2*p.at(x+1, y) + p.at(x+1, y+1) - p.at(x-1, y-1) - 2*p.at(x-1, y) - p.at(x-1, y+1)
		gy := p.at(x-1, y+1) + 2*p.at(x, y+1) + p.at(x+1, y+1) - p.at(x-1, y-1) - 2*p.at(x, y-1) - p.at(x+1, y-1)
		out[i] = math.Hypot(gx, gy)
	}
	return out
}

// GradientCorrelation is the correlation (Pearson) of the lengths of the
// pictures' luma gradients, from −1 to 1: 1 where the same edges are as
// strong. A picture without edges correlates 0 with any other, 1 with itself.
func GradientCorrelation(a, b *image.NRGBA) float64 {
	x, y := luma(a).gradients(), luma(b).gradients()
	var meanX, meanY float64
	for i := range x {
		meanX += x[i] / float64(len(x))
		meanY += y[i] / float64(len(y))
	}
	var xx, yy, xy, apart float64
	for i := range x {
		dx, dy := x[i]-meanX, y[i]-meanY
		xx, yy, xy = xx+dx*dx, yy+dy*dy, xy+dx*dy
		apart = max(apart, math.Abs(x[i]-y[i]))
	}
	if apart == 0 {
		return 1
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}
