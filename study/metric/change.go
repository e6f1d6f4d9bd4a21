package metric

import (
	"image"
	"math"
)

// Most is the peak signal-to-noise ratio that stands for equal pictures, in
// dB; the ratio of pictures with a difference of 1 in a single channel of a
// megapixel is below it.
const Most = 120

// A Change is how much two pictures differ within a mask.
type Change struct {
	// Mean is the mean absolute difference of the channels.
	Mean float64
	// PSNR is the peak signal-to-noise ratio in dB, at most [Most].
	PSNR float64
	// Max is the largest difference of any channel.
	Max int
}

// Difference compares two pictures within a mask; where nothing is marked
// nothing differs.
func Difference(a, b *image.NRGBA, within Mask) Change {
	var sum, squares float64
	var c Change
	n := 0
	for i, set := range within.Set {
		if !set {
			continue
		}
		p := i/within.Width*a.Stride + i%within.Width*4
		q := i/within.Width*b.Stride + i%within.Width*4
		for k := range 3 {
			d := int(a.Pix[p+k]) - int(b.Pix[q+k])
			d = max(d, -d)
			sum += float64(d)
			squares += float64(d * d)
			c.Max = max(c.Max, d)
			n++
		}
	}
	c.PSNR = Most
	if squares > 0 {
		c.Mean = sum / float64(n)
		c.PSNR = min(Most, 10*math.Log10(255*255*float64(n)/squares))
	}
	return c
}
