// Package picture makes pictures of pictures: a contact sheet, a filmstrip, an
// animated GIF of a session, the heat-map of a word's attention, the
// difference of two pictures.
//
// Pictures come in and go out as encoded bytes, PNG unless said otherwise. The
// same input gives the same bytes. Start with [Sheet] for how a page is laid
// out and with [Heat] for colour maps.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"

	"golang.org/x/image/draw"
)

// Limits on what is taken in.
const (
	// MaxSide is the largest width and height of a picture, in pixels.
	MaxSide = 4096
	// MaxFrames is how many pictures go onto one page or into one animation.
	MaxFrames = 256
	// maxArea is the largest page, in pixels.
	maxArea = 1 << 26
)

// shownSide is the least width and height at which a picture is shown: smaller
// ones are enlarged.
const shownSide = 256

// ErrPicture says that the input is not a picture that can be shown.
var ErrPicture = errors.New("not a picture that can be shown")

// A Frame is a picture with a few words under it.
type Frame struct {
	// PNG is the picture.
	PNG []byte
	// Label is shown under it, "blond → red"; it may be empty.
	Label string
}

// Enlarge returns the picture at twice, three times … its size, so that
// neither side is less than side pixels, or as it is if that is so already.
func Enlarge(data []byte, side int) ([]byte, error) {
	if side < 1 || side > MaxSide {
		return nil, fmt.Errorf("enlarge to %d pixels: 1 to %d are possible", side, MaxSide)
	}
	picture, err := decode(data)
	if err != nil {
		return nil, err
	}
	return encode(enlarged(picture, side))
}

// decode reads a PNG within the limits. The result starts at (0, 0).
func decode(data []byte) (*image.RGBA, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if config.Width < 1 || config.Height < 1 || config.Width > MaxSide || config.Height > MaxSide {
		return nil, fmt.Errorf("%w: it has %d×%d pixels, up to %d×%d are shown", ErrPicture, config.Width, config.Height, MaxSide, MaxSide)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	out := image.NewRGBA(image.Rect(0, 0, config.Width, config.Height))
	draw.Draw(out, out.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return out, nil
}

// decodeFrames reads the pictures of frames, each enlarged to shownSide, and
// returns the largest width and height among them.
func decodeFrames(frames []Frame) (pictures []*image.RGBA, size image.Point, err error) {
	if len(frames) == 0 || len(frames) > MaxFrames {
		return nil, size, fmt.Errorf("%d pictures: 1 to %d can be shown together", len(frames), MaxFrames)
	}
	area := 0
	for i, frame := range frames {
		picture, err := decode(frame.PNG)
		if err != nil {
			return nil, size, fmt.Errorf("picture %d: %w", i+1, err)
		}
		picture = enlarged(picture, shownSide)
		if area += picture.Bounds().Dx() * picture.Bounds().Dy(); area > maxArea {
			return nil, size, fmt.Errorf("%w: together they have more than %d pixels", ErrPicture, maxArea)
		}
		size.X, size.Y = max(size.X, picture.Bounds().Dx()), max(size.Y, picture.Bounds().Dy())
		pictures = append(pictures, picture)
	}
	return pictures, size, nil
}

// enlarged scales by the least whole number that leaves no side under side.
func enlarged(picture *image.RGBA, side int) *image.RGBA {
	size := picture.Bounds().Size()
	least := min(size.X, size.Y)
	by := min((side+least-1)/least, MaxSide/max(size.X, size.Y))
	if by < 2 {
		return picture
	}
	out := image.NewRGBA(image.Rect(0, 0, size.X*by, size.Y*by))
	draw.CatmullRom.Scale(out, out.Bounds(), picture, picture.Bounds(), draw.Src, nil)
	return out
}

// encode writes a PNG.
func encode(picture image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("encode the picture: %w", err)
	}
	return out.Bytes(), nil
}
