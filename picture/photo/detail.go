package photo

import (
	"image"
	"math"

	"golang.org/x/image/draw"
)

// A detail is what a large picture has between the pixels of a model: what is lost
// where [Fit] makes it small. An edit that leaves the forms of what it changes, such
// as of hair whose colour becomes another one, gets it back and is as sharp as the
// rest. Where something else is now, the old has nothing to say.
type detail struct {
	// soft is the picture as the model saw it, in the picture's own size.
	soft *image.RGBA
	// share is how much of the detail each of the model's pixels takes, and most how
	// much that is at the most, in levels of 255. [height, width]
	share, most   []float64
	width, height int
}

// newDetail finds the detail of a part of a picture for an edit that was drawn of it
// and lies there. It is nil where the picture is no larger than what was drawn.
func newDetail(picture *image.NRGBA, edit image.Image, placed, part image.Rectangle) *detail {
	size, drawn := picture.Bounds().Size(), edit.Bounds().Size()
	if size.X <= placed.Dx() || size.Y <= placed.Dy() || part.Empty() {
		return nil
	}
	seen := Fit(picture, drawn)
	d := &detail{soft: image.NewRGBA(part), width: drawn.X, height: drawn.Y}
	d.share, d.most = alike(luma(seen), luma(edit), drawn.X, drawn.Y)
	draw.CatmullRom.Scale(d.soft, image.Rectangle{Max: size}, seen, placed, draw.Src, nil)
	return d
}

// add adds the detail of a pixel to the colour of an edit there, R, G and B; own is the
// pixel's own colour, and x and y are where it is as shares of what was drawn.
func (d *detail) add(colour *[3]float64, own [3]float64, at image.Point, x, y float64) {
	if d == nil {
		return
	}
	share := d.at(d.share, x, y)
	if share == 0 {
		return
	}
	most := d.at(d.most, x, y)
	soft := d.soft.Pix[d.soft.PixOffset(at.X, at.Y):]
	for c := range colour {
		lost := min(max(share*(own[c]-float64(soft[c])), -most), most)
		colour[c] = min(max(colour[c]+lost, 0), 255)
	}
}

// at is the value of a plane at a point, between the model's pixels something between.
func (d *detail) at(plane []float64, x, y float64) float64 {
	x, y = x*float64(d.width)-.5, y*float64(d.height)-.5
	left, top := floor(x), floor(y)
	dx, dy := x-float64(left), y-float64(top)
	of := func(column, row int) float64 {
		return plane[min(max(row, 0), d.height-1)*d.width+min(max(column, 0), d.width-1)]
	}
	return (of(left, top)*(1-dx)+of(left+1, top)*dx)*(1-dy) + (of(left, top+1)*(1-dx)+of(left+1, top+1)*dx)*dy
}

// What two places count as alike by.
const (
	// alikeRadius is how many pixels around one are compared with it.
	alikeRadius = 3
	// Correlations up to the least are of other forms; from the most on they are of the
	// same.
	leastAlike, mostAlike = .5, .9
	// plainVariance is that of a place where there are no forms, in levels squared. Two
	// such places are alike.
	plainVariance = 4
	// mostDeviations is how much more than the contrast of an edit its detail may have:
	// fine print on a wall that is painted over looks as plain to a model as the wall.
	mostDeviations = 3
	// mostContrast is how many times the contrast of the picture its detail may have.
	mostContrast = 1.25
)

// alike tells for each pixel how much of a picture's detail the edit of it can take:
// nothing where the forms around it do not correlate, and all of it, as much stronger
// or weaker as their contrast is, where they do; and the most of it, in levels. Both are
// luma. [h, w]
func alike(before, after []float64, w, h int) (share, most []float64) {
	product, squareBefore, squareAfter := make([]float64, w*h), make([]float64, w*h), make([]float64, w*h)
	for i, b := range before {
		product[i], squareBefore[i], squareAfter[i] = b*after[i], b*b, after[i]*after[i]
	}
	for _, plane := range []*[]float64{&before, &after, &product, &squareBefore, &squareAfter} {
		*plane = boxMean(*plane, w, h)
	}
	share, most = make([]float64, w*h), make([]float64, w*h)
	for i := range share {
		of, to := squareBefore[i]-before[i]*before[i]+plainVariance, squareAfter[i]-after[i]*after[i]+plainVariance
		correlation := (product[i] - before[i]*after[i] + plainVariance) / math.Sqrt(of*to)
		share[i] = min(max((correlation-leastAlike)/(mostAlike-leastAlike), 0), 1) * min(math.Sqrt(to/of), mostContrast)
		most[i] = mostDeviations * math.Sqrt(to)
	}
	return share, most
}

// boxMean is the mean around each pixel, of those that there are. [h, w]
func boxMean(plane []float64, w, h int) []float64 {
	rows := alongLines(plane, h, w, w, 1)
	return alongLines(rows, w, h, 1, w)
}

// alongLines is the mean around each value along lines of a plane: lines of them, of n
// values; line and next are how far apart lines, and values of one, are.
func alongLines(plane []float64, lines, n, line, next int) []float64 {
	out := make([]float64, len(plane))
	for l := range lines {
		at := func(i int) float64 { return plane[l*line+i*next] }
		sum, count := 0., 0
		for i := range min(alikeRadius, n) {
			sum, count = sum+at(i), count+1
		}
		for i := range n {
			if in := i + alikeRadius; in < n {
				sum, count = sum+at(in), count+1
			}
			if gone := i - alikeRadius - 1; gone >= 0 {
				sum, count = sum-at(gone), count-1
			}
			out[l*line+i*next] = sum / float64(count)
		}
	}
	return out
}

// luma is the brightness of a picture's pixels in levels of 255 (ITU-R BT.601). [h, w]
func luma(p image.Image) []float64 {
	b := p.Bounds()
	out := make([]float64, 0, b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, blue, _ := p.At(x, y).RGBA()
			out = append(out, (.299*float64(r)+.587*float64(g)+.114*float64(blue))/257)
		}
	}
	return out
}
