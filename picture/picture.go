// Package picture goes from bytes to images and back, within limits, and makes
// pictures of pictures: a contact sheet, an animated GIF of a conversation, the
// heat-map of a word's attention.
//
// [Decode] is the one reader of pictures and [Encode] the one writer. The same
// input gives the same bytes. Start with [Sheet] for how a page is laid out and
// with [Heat] for colour maps.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
)

// MaxSide is the largest width and height of a picture that is decoded, in
// pixels. It is the largest that a model draws: latents of 512 by 512, which a
// decoder enlarges eight times. A file of a few bytes can promise any size, so
// that this bounds what a picture of strangers takes: 64 MiB in memory, twice
// that with 16 bits a channel.
const MaxSide = 4096

// ErrPicture says that bytes are not a picture that can be shown: not a PNG, a
// damaged one, or one that is larger than [MaxSide].
var ErrPicture = errors.New("not a picture that can be shown")

// Size returns the width and height of a PNG without decoding it. The error is
// [ErrPicture].
func Size(data []byte) (image.Point, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return image.Point{}, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > MaxSide || config.Height > MaxSide {
		return image.Point{}, fmt.Errorf("%w: it has %d×%d pixels, up to %d×%d are shown", ErrPicture, config.Width, config.Height, MaxSide, MaxSide)
	}
	return image.Pt(config.Width, config.Height), nil
}

// Decode reads a PNG whose [Size] is within the limit. The error is
// [ErrPicture].
func Decode(data []byte) (image.Image, error) {
	if _, err := Size(data); err != nil {
		return nil, err
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return picture, nil
}

// Encode returns the picture as a PNG.
func Encode(picture image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("encode the picture: %w", err)
	}
	return out.Bytes(), nil
}
