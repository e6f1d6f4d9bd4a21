// Package graphics shows pictures in the middle of a terminal's text: by the
// kitty graphics protocol, by iTerm2's inline images, as sixels, or where only
// colour is there with half-block characters.
//
// Start with [Detect], which tells from the environment what the terminal can
// do, and [Screen.Show].
package graphics

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"

	"golang.org/x/image/draw"
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
	maxSide      = 4096
)

// ErrPicture says that the bytes are not a PNG that can be shown.
var ErrPicture = errors.New("not a picture that can be shown")

// A Screen shows pictures on a terminal.
type Screen struct {
	protocol Protocol
	// tmux says that tmux is between us and the terminal, so that what is
	// for the terminal must be wrapped.
	tmux bool
}

// New returns a screen that uses the protocol whatever the terminal is, or nil
// for [None]. getenv gives the variables of the environment; it tells whether
// tmux is in between, which then needs "set -g allow-passthrough on".
func New(protocol Protocol, getenv func(string) string) (*Screen, error) {
	switch protocol {
	case None:
		return nil, nil
	case Kitty, ITerm2, Sixel, Blocks:
		return &Screen{protocol: protocol, tmux: inTmux(getenv)}, nil
	}
	return nil, fmt.Errorf("no way to show pictures is called %q: it is one of %s, %s, %s, %s, %s", protocol, Kitty, ITerm2, Sixel, Blocks, None)
}

// Protocol is how pictures are shown.
func (s *Screen) Protocol() Protocol { return s.protocol }

// Show writes what makes the terminal show the PNG, and moves on to a new
// line. The error is [ErrPicture], or that of w.
func (s *Screen) Show(w io.Writer, picture []byte) error {
	config, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxSide || config.Height > maxSide {
		return fmt.Errorf("%w: it has %d×%d pixels", ErrPicture, config.Width, config.Height)
	}
	var shown []byte
	switch s.protocol {
	case Kitty:
		shown = s.kitty(picture, cells(config, columns))
	case ITerm2:
		shown = s.iterm2(picture, cells(config, columns))
	case Sixel:
		shown, err = s.sixel(picture, pixels(config))
	case Blocks:
		shown, err = blocks(picture, cells(config, blockColumns))
	}
	if err != nil {
		return err
	}
	if _, err := w.Write(shown); err != nil {
		return fmt.Errorf("show a picture: %w", err)
	}
	return nil
}

// cells is the size of the picture in columns and rows.
func cells(config image.Config, columns int) image.Point {
	rows := (columns*config.Height/config.Width + 1) / 2
	if rows > maxRows {
		columns, rows = max(1, 2*maxRows*config.Width/config.Height), maxRows
	}
	return image.Pt(columns, max(1, rows))
}

// pixels is the size of the picture as sixels: a small one is enlarged by a
// whole number, a large one is not shown larger than twice sixelSide.
func pixels(config image.Config) image.Point {
	size := image.Pt(config.Width, config.Height)
	long := max(size.X, size.Y)
	if long > 2*sixelSide {
		return image.Pt(max(1, size.X*2*sixelSide/long), max(1, size.Y*2*sixelSide/long))
	}
	return size.Mul(max(1, sixelSide/long))
}

// scaled decodes the picture at size, in pixels.
func scaled(picture []byte, size image.Point) (*image.RGBA, error) {
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.CatmullRom.Scale(out, out.Bounds(), decoded, decoded.Bounds(), draw.Src, nil)
	return out, nil
}
