// Package graphics shows pictures in the middle of a terminal's text: by the
// kitty graphics protocol, by iTerm2's inline images, as sixels, or where only
// colour is there with half-block characters.
//
// Start with [Detect], which tells from the environment what the terminal can
// do, and [Screen.Show].
package graphics

import (
	"fmt"
	"image"
	"io"

	"pentimento/picture"
)

// A Protocol is a way to show a picture in a terminal.
type Protocol string

// The protocols. None shows nothing.
const (
	None   Protocol = "none"
	Kitty  Protocol = "kitty"
	ITerm2 Protocol = "iterm2"
	Sixel  Protocol = "sixel"
	Blocks Protocol = "blocks"
)

// The sizes at which a picture is shown.
const (
	columns      = 32  // of a picture, in cells; a cell is twice as high as wide
	blockColumns = 48  // of a picture made of half blocks
	maxRows      = 64  // of any picture, in cells
	sixelSide    = 256 // of a picture made of sixels, in pixels, at least
)

// A Screen shows pictures on a terminal.
type Screen struct {
	protocol Protocol
}

// Protocol is how pictures are shown.
func (s *Screen) Protocol() Protocol { return s.protocol }

// Show writes what makes the terminal show the PNG, and moves on to a new
// line. The error is [picture.ErrPicture], or that of w.
func (s *Screen) Show(w io.Writer, data []byte) error {
	size, err := picture.Size(data)
	if err != nil {
		return err
	}
	var shown []byte
	switch s.protocol {
	case Kitty:
		shown = kitty(data, cells(size, columns))
	case ITerm2:
		shown = inline(data, cells(size, columns))
	case Sixel:
		shown, err = sixels(data, pixels(size))
	case Blocks:
		shown, err = blocks(data, cells(size, blockColumns))
	}
	if err != nil {
		return err
	}
	if _, err := w.Write(shown); err != nil {
		return fmt.Errorf("show a picture: %w", err)
	}
	return nil
}

// cells is the size of a picture of so many pixels in columns and rows.
func cells(size image.Point, columns int) image.Point {
	rows := (columns*size.Y/size.X + 1) / 2
	if rows > maxRows {
		columns, rows = max(1, 2*maxRows*size.X/size.Y), maxRows
	}
	return image.Pt(columns, max(1, rows))
}

// pixels is the size of a picture as sixels: a small one is enlarged by a
// whole number, a large one is not shown larger than twice sixelSide.
func pixels(size image.Point) image.Point {
	long := max(size.X, size.Y)
	if long > 2*sixelSide {
		return image.Pt(max(1, size.X*2*sixelSide/long), max(1, size.Y*2*sixelSide/long))
	}
	return size.Mul(max(1, sixelSide/long))
}

// scaled decodes a PNG and gives it that size, in pixels.
func scaled(data []byte, size image.Point) (*image.RGBA, error) {
	decoded, err := picture.Decode(data)
	if err != nil {
		return nil, err
	}
	return picture.Scale(decoded, size), nil
}
