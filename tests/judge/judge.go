// Package judge is how benchmarks and tests see the bundled model's pictures:
// the study's rules and differences, for blond hair that was edited.
package judge

import (
	"image"

	"pentimento/study/metric"
	"pentimento/study/rules/rulestest"
)

// Blond, Brown, Red and Black are the hair colours that can be told apart.
const (
	Blond = "blond"
	Brown = "brown"
	Red   = "red"
	Black = "black"
)

// A Mask marks pixels of a picture.
type Mask = metric.Mask

// Hair finds blond hair.
func Hair(picture *image.NRGBA) Mask {
	m, _ := rulestest.Pocket().Find(picture, "hair", Blond)
	return m
}

// Share is the share of the mask's inner pixels that show the hair colour.
func Share(picture *image.NRGBA, m Mask, colour string) float64 {
	return rulestest.Pocket().Share(picture, m, colour)
}

// Outside is everything more than margin pixels away from the mask.
func Outside(m Mask, margin int) Mask { return m.Grow(margin).Not() }

// Difference is the mean absolute difference of two pictures within a mask,
// and the peak signal-to-noise ratio in dB.
func Difference(a, b *image.NRGBA, within Mask) (mean, psnr float64) {
	c := metric.Difference(a, b, within)
	return c.Mean, c.PSNR
}

// MaxDifference is the largest difference of any channel of any pixel.
func MaxDifference(a, b *image.NRGBA) int { return metric.Difference(a, b, metric.All(a)).Max }
