package photo

import (
	"image"

	"pentimento/picture"
)

// Limits on a file and on the picture in it. They are looked at before a pixel is
// decoded: a file of a few bytes can promise any size.
const (
	// MaxBytes is how large a file may be.
	MaxBytes = 32 << 20
	// MaxPixels is how many pixels a picture may have: those of a photograph of
	// 12 megapixels.
	MaxPixels = 4096 * 3072
	// MaxSide and MinSide bound the width and height.
	MaxSide = picture.MaxSide
	MinSide = 16
	// MaxRatio is how many times as long as the other a side may be: a model sees
	// nothing in a strip.
	MaxRatio = 6
)

// checkSize refuses a picture of a size that is not opened.
func checkSize(size image.Point) error {
	long, short := max(size.X, size.Y), min(size.X, size.Y)
	switch {
	case short < 1:
		return refusef("it has no pixels")
	case short < MinSide:
		return refusef("it has %d×%d pixels, and at least %d each way are needed", size.X, size.Y, MinSide)
	case long > MaxRatio*short:
		return refusef("it has %d×%d pixels: one side may be up to %d times as long as the other. Crop it", size.X, size.Y, MaxRatio)
	case long > MaxSide || size.X*size.Y > MaxPixels:
		return refusef("it has %d×%d pixels: up to %d a side and 12 megapixels in all are opened. Scale it down", size.X, size.Y, MaxSide)
	}
	return nil
}
