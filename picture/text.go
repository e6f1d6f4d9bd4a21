package picture

import (
	"fmt"
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// textSize is the height of the labels' type, in pixels.
const textSize = 17

// Colours of a page.
var (
	paper = color.RGBA{0xfb, 0xfa, 0xf8, 0xff}
	ink   = color.RGBA{0x2b, 0x28, 0x26, 0xff}
	faint = color.RGBA{0x8d, 0x87, 0x80, 0xff}
)

// A typesetter draws short texts in Go Regular, which ships with x/image.
type typesetter struct {
	face       font.Face
	lineHeight int
	ascent     int
}

// newTypesetter returns a typesetter for type of size pixels.
func newTypesetter(size float64) (*typesetter, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("parse the font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("open the font: %w", err)
	}
	metrics := face.Metrics()
	return &typesetter{face: face, lineHeight: metrics.Height.Ceil() + 2, ascent: metrics.Ascent.Ceil()}, nil
}

// width is how wide text is, in pixels.
func (t *typesetter) width(text string) int { return font.MeasureString(t.face, text).Ceil() }

// draw draws text with its top left corner at at.
func (t *typesetter) draw(dst *image.RGBA, at image.Point, text string, c color.Color) {
	drawer := font.Drawer{Dst: dst, Src: image.NewUniform(c), Face: t.face, Dot: fixed.P(at.X, at.Y+t.ascent)}
	drawer.DrawString(text)
}

// wrap breaks text into at most lines lines of at most width pixels, and ends
// what does not fit in an ellipsis.
func (t *typesetter) wrap(text string, width, lines int) []string {
	var out []string
	words := strings.Fields(cut(text))
	for len(words) > 0 && len(out) < lines {
		n := 1
		for n < len(words) && t.width(strings.Join(words[:n+1], " ")) <= width {
			n++
		}
		line := strings.Join(words[:n], " ")
		words = words[n:]
		if len(out) == lines-1 && len(words) > 0 {
			line += " " + words[0]
			words = nil
			line = t.shorten(line+"…", width)
		}
		out = append(out, t.shorten(line, width))
	}
	return out
}

// shorten ends text in an ellipsis where it is wider than width.
func (t *typesetter) shorten(text string, width int) string {
	if t.width(text) <= width {
		return text
	}
	runes := []rune(strings.TrimSuffix(text, "…"))
	for len(runes) > 0 && t.width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// cut bounds the work that a hostile label can cause.
func cut(text string) string {
	const most = 400 // more than a few lines show
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
