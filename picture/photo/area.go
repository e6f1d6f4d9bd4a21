package photo

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"strconv"
	"strings"
)

// An Area is a part of a picture that somebody means: a box, or what was painted.
// The zero value is none.
type Area struct {
	// Left, Top, Right and Bottom are shares of the picture's width and height.
	Left, Top, Right, Bottom float64
	// Painted are places over the picture; nil for a box.
	Painted *Mask
}

// ErrArea says that an area is not one. What it wraps in a sentence is for the user.
var ErrArea = errors.New("that is no region")

// Box returns the area with its upper left corner at x and y, in per cent of the
// picture's width and height, and of that width and height. What is beyond the
// picture is cut off. The error is [ErrArea].
func Box(x, y, width, height float64) (Area, error) {
	a := Area{Left: max(x, 0) / 100, Top: max(y, 0) / 100, Right: min(x+width, 100) / 100, Bottom: min(y+height, 100) / 100}
	if !(a.Right > a.Left && a.Bottom > a.Top) { // a number may be none
		return Area{}, fmt.Errorf("%w: say where it begins, how wide and how high it is, in per cent, such as 10 20 50 40", ErrArea)
	}
	return a, nil
}

// Empty reports whether the area is none.
func (a Area) Empty() bool { return a == Area{} }

// paintedMark begins the text of an area that was painted.
const paintedMark = "painted "

// maxAreaText bounds the text of an area: 32 KiB of places that don't compress.
const maxAreaText = 48 << 10

// String is the area as [ParseArea] reads it: "10 20 50 40" in per cent, or what was
// painted in a code.
func (a Area) String() string {
	if a.Empty() {
		return ""
	}
	if m := a.Painted; m != nil {
		var packed bytes.Buffer
		w, _ := flate.NewWriter(&packed, flate.BestCompression) // the level is one
		_, _ = w.Write(m.Bits)                                  // a buffer takes all
		_ = w.Close()
		return fmt.Sprintf("%s%dx%d %s", paintedMark, m.Width, m.Height, base64.RawURLEncoding.EncodeToString(packed.Bytes()))
	}
	perCent := func(share float64) string { return strconv.FormatFloat(math.Round(share*1e4)/100, 'f', -1, 64) }
	return strings.Join([]string{perCent(a.Left), perCent(a.Top), perCent(a.Right - a.Left), perCent(a.Bottom - a.Top)}, " ")
}

// ParseArea reads what [Area.String] wrote, or a box as people write it: four numbers
// in per cent. The error is [ErrArea].
func ParseArea(text string) (Area, error) {
	if len(text) > maxAreaText {
		return Area{}, fmt.Errorf("%w: it is too long", ErrArea)
	}
	if code, ok := strings.CutPrefix(text, paintedMark); ok {
		return parsePainted(code)
	}
	fields := strings.Fields(strings.NewReplacer("%", " ", ",", " ").Replace(text))
	var box [4]float64
	if len(fields) != len(box) {
		return Area{}, fmt.Errorf("%w: give four numbers in per cent, such as 10 20 50 40", ErrArea)
	}
	for i, field := range fields {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return Area{}, fmt.Errorf("%w: %q is not a number", ErrArea, field)
		}
		box[i] = n
	}
	return Box(box[0], box[1], box[2], box[3])
}

func parsePainted(code string) (Area, error) {
	size, packed, _ := strings.Cut(code, " ")
	w, h, _ := strings.Cut(size, "x")
	width, wrong := strconv.Atoi(w)
	height, also := strconv.Atoi(h)
	data, err := base64.RawURLEncoding.DecodeString(packed)
	if err := errors.Join(wrong, also, err); err != nil {
		return Area{}, fmt.Errorf("%w: its code is damaged", ErrArea)
	}
	m := &Mask{Width: width, Height: height}
	m.Bits, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxMaskSide*maxMaskSide/8+1))
	if err != nil || m.Validate() != nil {
		return Area{}, fmt.Errorf("%w: its code is damaged", ErrArea)
	}
	return painted(m)
}

// painted is the area of a mask, in which something must be open.
func painted(m *Mask) (Area, error) {
	for _, b := range m.Bits {
		if b != 0 {
			return Area{Painted: m}, nil
		}
	}
	return Area{}, fmt.Errorf("%w: nothing in it is painted", ErrArea)
}

// On is the area of a picture of that size as places over the canvas that it is drawn
// in, or lies in: a place is open only if all of it that shows the picture is in the
// area. The error is [ErrArea] where nothing is.
func (a Area) On(picture, canvas image.Point) (*Mask, error) {
	placed := Placed(picture, canvas)
	grid := gridOf(canvas, picture != canvas)
	places := make([]bool, grid.X*grid.Y)
	open := false
	for y := range grid.Y {
		top, bottom := within(y, grid.Y, canvas.Y, placed.Min.Y, placed.Dy())
		for x := range grid.X {
			left, right := within(x, grid.X, canvas.X, placed.Min.X, placed.Dx())
			if left < right && top < bottom && a.holds(left, top, right, bottom) {
				places[y*grid.X+x], open = true, true
			}
		}
	}
	if !open {
		return nil, fmt.Errorf("%w: it is too small for this picture. Make it larger", ErrArea)
	}
	return NewMask(places, grid.X, grid.Y), nil
}

// gridOf is the grid of regions over a canvas: its pixels, or as many of them
// together as a grid can have places; or finer than they are, for a picture that has
// more.
func gridOf(canvas image.Point, finer bool) image.Point {
	side := max(canvas.X, canvas.Y)
	if side > maxMaskSide {
		n := (side + maxMaskSide - 1) / maxMaskSide
		return image.Pt(max(1, canvas.X/n), max(1, canvas.Y/n))
	}
	if !finer {
		return canvas
	}
	return canvas.Mul(maxMaskSide / side)
}

// within are the ends of place i of n over a side of the canvas, as shares of the
// picture that lies on it from there and is so long.
func within(i, n, canvas, from, length int) (begin, end float64) {
	share := func(i int) float64 {
		return min(max((float64(i)*float64(canvas)/float64(n)-float64(from))/float64(length), 0), 1)
	}
	return share(i), share(i + 1)
}

// rounding is how far the end of a place may be from the border of an area that it
// lies at.
const rounding = 1e-6

// holds reports whether all of a rectangle of the picture is in the area.
func (a Area) holds(left, top, right, bottom float64) bool {
	m := a.Painted
	if m == nil {
		return left >= a.Left-rounding && top >= a.Top-rounding && right <= a.Right+rounding && bottom <= a.Bottom+rounding
	}
	for y := floor(top*float64(m.Height) + rounding); float64(y) < bottom*float64(m.Height)-rounding; y++ {
		for x := floor(left*float64(m.Width) + rounding); float64(x) < right*float64(m.Width)-rounding; x++ {
			if !m.At(x, y) {
				return false
			}
		}
	}
	return true
}

// reduced is a mask of what is set of a picture of that size: a place is open only if
// all pixels in it are set.
func reduced(size image.Point, set func(x, y int) bool) *Mask {
	side := max(size.X, size.Y)
	grid := size
	if side > maxMaskSide {
		grid = image.Pt(max(1, size.X*maxMaskSide/side), max(1, size.Y*maxMaskSide/side))
	}
	places := make([]bool, grid.X*grid.Y)
	for y := range grid.Y {
		for x := range grid.X {
			places[y*grid.X+x] = allSet(image.Rect(x*size.X/grid.X, y*size.Y/grid.Y, ceiling((x+1)*size.X, grid.X), ceiling((y+1)*size.Y, grid.Y)), set)
		}
	}
	return NewMask(places, grid.X, grid.Y)
}

func allSet(r image.Rectangle, set func(x, y int) bool) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if !set(x, y) {
				return false
			}
		}
	}
	return true
}

// ceiling is a/b rounded up.
func ceiling(a, b int) int { return (a + b - 1) / b }
