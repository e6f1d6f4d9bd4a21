package picture

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

// Heat returns the picture with the attention of a word over it, and a legend
// with the word.
//
// The map is [height, width], row by row, of any scale. It is shown from 0 to a
// value that 2 % of it exceed, which the legend names: a single pixel that
// takes all the attention would leave the rest dark. Negative values count as
// 0.
//
// inside tells of a point, as shares of the width and height, whether it is in a part
// of the picture, whose border is drawn; nil for none.
func Heat(picture []byte, attention []float32, width, height int, word string, inside func(x, y float64) bool) ([]byte, error) {
	if width < 1 || height < 1 || width > MaxSide || height > MaxSide || len(attention) != width*height {
		return nil, fmt.Errorf("an attention map of %d values for %d×%d", len(attention), width, height)
	}
	base, err := decodeRGBA(picture)
	if err != nil {
		return nil, err
	}
	base = enlarged(base, shownSide)
	small, top, err := normalised(attention, width, height)
	if err != nil {
		return nil, err
	}
	heat := image.NewGray16(base.Bounds())
	draw.CatmullRom.Scale(heat, heat.Bounds(), small, small.Bounds(), draw.Src, nil)
	overlay(base, heat)
	if inside != nil {
		outline(base, inside)
	}
	return withLegend(base, "“"+word+"”", fmt.Sprintf("≥%.2g", top))
}

// normalised returns the map as a grey picture whose white is the value top and
// all above it.
func normalised(values []float32, width, height int) (grey *image.Gray16, top float32, err error) {
	for i, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, 0, fmt.Errorf("the map's value %d is %v", i, v)
		}
	}
	sorted := slices.Sorted(slices.Values(values))
	if top = sorted[len(sorted)-1-len(sorted)/50]; top <= 0 {
		top = sorted[len(sorted)-1]
	}
	grey = image.NewGray16(image.Rect(0, 0, width, height))
	if top <= 0 {
		return grey, 0, nil
	}
	for i, v := range values {
		share := min(max(0, float64(v)/float64(top)), 1)
		grey.SetGray16(i%width, i/width, color.Gray16{Y: uint16(share*math.MaxUint16 + 0.5)})
	}
	return grey, top, nil
}

// overlay colours the picture by the map: what has no attention is left grey
// and dim, so that a bright picture does not outshine the map.
func overlay(picture *image.RGBA, heat *image.Gray16) {
	bounds := picture.Bounds()
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			share := float64(heat.Gray16At(x, y).Y) / math.MaxUint16
			warm := heatColour(share)
			at := picture.PixOffset(x, y)
			p := picture.Pix[at : at+4]
			grey := 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
			opacity := 0.15 + 0.65*share
			for j := range 3 {
				dim := 0.85 * (0.6*grey + 0.4*float64(p[j]))
				p[j] = uint8(dim*(1-opacity) + warm[j]*opacity + 0.5)
			}
			p[3] = 0xff
		}
	}
}

// heatStops are the colours of the map from nothing to most, each lighter than
// the one before it, so that the order shows in grey too.
var heatStops = [][3]float64{
	{0x0b, 0x0a, 0x2a}, {0x3a, 0x12, 0x6b}, {0x80, 0x1f, 0x7a}, {0xc9, 0x36, 0x5f}, {0xf2, 0x6d, 0x3a}, {0xfb, 0xb4, 0x3f}, {0xfd, 0xf4, 0xb0},
}

// heatColour returns the map's colour for a share in [0, 1].
func heatColour(share float64) [3]float64 {
	at := min(max(share, 0), 1) * float64(len(heatStops)-1)
	i := min(int(at), len(heatStops)-2)
	var out [3]float64
	for j := range out {
		a, b := heatStops[i][j], heatStops[i+1][j]
		out[j] = a + (b-a)*(at-float64(i))
	}
	return out
}

// withLegend returns the picture above a line with the word, the bar of
// colours and the value that the bar ends at.
func withLegend(picture *image.RGBA, word, top string) ([]byte, error) {
	text, err := newTypesetter(textSize)
	if err != nil {
		return nil, err
	}
	size := picture.Bounds().Size()
	height := text.lineHeight + 2*labelGap
	page, err := newPage(size.X, size.Y+height)
	if err != nil {
		return nil, err
	}
	draw.Draw(page, picture.Bounds(), picture, image.Point{}, draw.Src)
	y := size.Y + labelGap
	word = text.shorten(cut(word), size.X/2-labelGap)
	text.draw(page, image.Pt(labelGap, y), word, ink)
	right := size.X - labelGap - text.width(top)
	text.draw(page, image.Pt(right, y), top, faint)
	left := labelGap + text.width(word) + labelGap + text.width("0 ")
	text.draw(page, image.Pt(labelGap+text.width(word)+labelGap, y), "0", faint)
	bar := image.Rect(left, y+4, right-labelGap/2, y+text.lineHeight-4)
	for x := bar.Min.X; x < bar.Max.X; x++ {
		c := heatColour(float64(x-bar.Min.X) / float64(max(1, bar.Dx()-1)))
		column := image.NewUniform(color.RGBA{uint8(c[0]), uint8(c[1]), uint8(c[2]), 0xff})
		draw.Draw(page, image.Rect(x, bar.Min.Y, x+1, bar.Max.Y), column, image.Point{}, draw.Src)
	}
	return Encode(page)
}
