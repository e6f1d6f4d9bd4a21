package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
)

// How long a frame of an animation stays, in hundredths of a second.
const (
	frameDelay = 130
	lastDelay  = 260
)

// Animate returns an animated GIF, which runs for ever, of the frames with
// their labels.
func Animate(frames []Frame) ([]byte, error) {
	pictures, cell, err := decodeFrames(frames)
	if err != nil {
		return nil, err
	}
	text, err := newTypesetter(textSize)
	if err != nil {
		return nil, err
	}
	labels := text.labels(frames, cell.X-2*labelGap, labelLines)
	height := text.height(labels)
	if height > 0 {
		height += labelGap
	}
	var out gif.GIF
	for i, picture := range pictures {
		page, err := newPage(cell.X, cell.Y+height)
		if err != nil {
			return nil, err
		}
		place(page, picture, image.Rectangle{Max: cell})
		text.drawLabel(page, image.Pt(labelGap, cell.Y+labelGap), cell.X-2*labelGap, labels[i])
		out.Image = append(out.Image, quantised(page))
		out.Delay = append(out.Delay, frameDelay)
	}
	out.Delay[len(out.Delay)-1] = lastDelay
	var data bytes.Buffer
	if err := gif.EncodeAll(&data, &out); err != nil {
		return nil, fmt.Errorf("encode the animation: %w", err)
	}
	return data.Bytes(), nil
}
