package picture

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// MaxFrames is how many pictures go onto one page or into one animation.
const MaxFrames = 256

// maxArea is the largest page, and all the pictures of one together, in pixels.
const maxArea = 1 << 26

// shownSide is the least width and height at which a picture is shown: smaller
// ones are enlarged.
const shownSide = 256

// A Frame is a picture with a few words under it.
type Frame struct {
	// PNG is the picture.
	PNG []byte
	// Label is shown under it, "blond → red"; it may be empty.
	Label string
}

// decodeFrames reads the pictures of frames, each enlarged to shownSide, and
// returns the largest width and height among them.
func decodeFrames(frames []Frame) (pictures []*image.RGBA, size image.Point, err error) {
	if len(frames) == 0 || len(frames) > MaxFrames {
		return nil, size, fmt.Errorf("%d pictures: 1 to %d can be shown together", len(frames), MaxFrames)
	}
	area := 0
	for i, frame := range frames {
		picture, err := decodeRGBA(frame.PNG)
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

// decodeRGBA is [Decode] into an image that can be drawn over and starts at
// (0, 0).
func decodeRGBA(data []byte) (*image.RGBA, error) {
	picture, err := Decode(data)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rectangle{Max: picture.Bounds().Size()})
	draw.Draw(out, out.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return out, nil
}
