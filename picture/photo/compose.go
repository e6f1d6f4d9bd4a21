package photo

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// Compose puts an edit into the picture that it edits, in that one's own size. edit
// is what a model made of [Fit], and mask the part of it that the model changed; nil
// is all of it.
//
// Inside the mask every pixel is the edit's, scaled up, with the picture's own detail
// where the edit leaves its forms; over half a place around it,
// and at its corners, something between, and outside of that the picture's own, alpha
// and all. What was transparent becomes opaque as far as it is covered.
//
// region is the part of the edit that may be put in, of finer places; nil is all of
// it. It is strict: the picture is its own where the middle of a pixel is outside,
// and what is inside fades towards its edge. The error is [ErrMask].
func Compose(picture *image.NRGBA, edit image.Image, mask, region *Mask) (*image.NRGBA, error) {
	size, drawn := picture.Bounds().Size(), edit.Bounds().Size()
	for _, m := range []*Mask{mask, region} {
		if m == nil {
			continue
		}
		if err := m.Validate(); err != nil {
			return nil, err
		}
	}
	if size.X < 1 || size.Y < 1 || drawn.X < 1 || drawn.Y < 1 {
		return nil, fmt.Errorf("put an edit of %v into a picture of %v", drawn, size)
	}
	placed := Placed(size, drawn)
	columns, rows := places(size.X, placed.Min.X, placed.Dx(), drawn.X), places(size.Y, placed.Min.Y, placed.Dy(), drawn.Y)
	part := mask.part(columns, rows).Intersect(region.part(columns, rows))
	edge, detail := newEdge(region, mask), newDetail(picture, edit, placed, part)
	scaled := image.NewRGBA(part)
	draw.CatmullRom.Scale(scaled, image.Rectangle{Max: size}, edit, placed.Add(edit.Bounds().Min), draw.Src, nil)
	out := image.NewNRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		copy(out.Pix[y*out.Stride:(y+1)*out.Stride], picture.Pix[y*picture.Stride:])
	}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if opacity := min(mask.opacity(columns[x], rows[y]), edge.opacity(columns[x], rows[y])); opacity > 0 {
				pixel, at := out.Pix[out.PixOffset(x, y):][:4], scaled.PixOffset(x, y)
				own, colour := opaque(pixel), [3]float64{float64(scaled.Pix[at]), float64(scaled.Pix[at+1]), float64(scaled.Pix[at+2])}
				detail.add(&colour, own, image.Pt(x, y), columns[x], rows[y])
				cover(pixel, own, colour, opacity)
			}
		}
	}
	return out, nil
}

// places are where the middles of n pixels are in what was drawn, as shares of it:
// they lie in a part of it that begins at from and is so long.
func places(n, from, length, drawn int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = (float64(from) + (float64(i)+.5)*float64(length)/float64(n)) / float64(drawn)
	}
	return out
}

// opaque is the colour of a pixel, R, G, B and A, on white.
func opaque(pixel []uint8) (out [3]float64) {
	for c := range out {
		out[c] = 255 - float64(pixel[3])/255*(255-float64(pixel[c]))
	}
	return out
}

// cover puts a colour over a pixel, R, G, B and A, that looks like own on white, as far
// as opacity says. On white it looks like the mean of the two.
func cover(pixel []uint8, own, colour [3]float64, opacity float64) {
	before := float64(pixel[3]) / 255
	alpha := before + opacity*(1-before)
	for c := range 3 {
		mixed := own[c] + opacity*(colour[c]-own[c])
		pixel[c] = uint8(min(max(255-(255-mixed)/alpha, 0), 255) + .5)
	}
	pixel[3] = uint8(alpha*255 + .5)
}
