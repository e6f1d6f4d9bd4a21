package picture

import (
	"fmt"
	"image"
)

// Difference returns where two pictures of the same size differ: each pixel's
// largest difference over the channels, coloured from none to the largest one
// found, which the legend names on the scale of 0 to 255.
func Difference(a, b []byte) ([]byte, error) {
	first, err := decode(a)
	if err != nil {
		return nil, fmt.Errorf("first picture: %w", err)
	}
	second, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("second picture: %w", err)
	}
	if first.Bounds() != second.Bounds() {
		return nil, fmt.Errorf("the pictures have %v and %v pixels", first.Bounds().Size(), second.Bounds().Size())
	}
	size := first.Bounds().Size()
	shares := make([]uint8, size.X*size.Y)
	largest := uint8(0)
	for i := range shares {
		for j := range 3 {
			p, q := first.Pix[4*i+j], second.Pix[4*i+j]
			shares[i] = max(shares[i], max(p, q)-min(p, q))
		}
		largest = max(largest, shares[i])
	}
	out := image.NewRGBA(first.Bounds())
	for i, share := range shares {
		c := heatColour(float64(share) / float64(max(1, largest)))
		copy(out.Pix[4*i:], []uint8{uint8(c[0] + 0.5), uint8(c[1] + 0.5), uint8(c[2] + 0.5), 0xff})
	}
	return withLegend(enlarged(out, shownSide), "difference", fmt.Sprint(largest))
}
