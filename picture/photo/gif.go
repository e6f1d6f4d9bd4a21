package photo

import (
	"bytes"
	"image"
	"image/draw"
	"image/gif"
)

// readGIF reads the first frame of a GIF.
func readGIF(data []byte) (*raw, error) {
	config, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if err := checkSize(sizeOf(config)); err != nil {
		return nil, err
	}
	frame, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	// A frame may cover a part of the picture; the rest is transparent.
	canvas := image.NewNRGBA(image.Rectangle{Max: sizeOf(config)})
	draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return &raw{image: canvas, animated: gifFrames(data) > 1}, nil
}

// gifFrames counts the frames of a GIF (GIF89a, appendix B) up to 2, without
// decoding any.
func gifFrames(data []byte) int {
	const header, descriptor = 13, 9
	table := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	if len(data) < header {
		return 0
	}
	rest, frames := after(data[header:], table(data[10])), 0
	for len(rest) > 0 && frames < 2 {
		switch rest[0] {
		case 0x21: // an extension: its label, and blocks
			rest = afterBlocks(after(rest, 2))
		case 0x2c: // an image: where it is, its colours, the least code size, and blocks
			if len(rest) < 1+descriptor {
				return frames
			}
			frames++
			rest = afterBlocks(after(rest, 1+descriptor+table(rest[descriptor])+1))
		default:
			return frames
		}
	}
	return frames
}

// after is data without its first n bytes.
func after(data []byte, n int) []byte { return data[min(n, len(data)):] }

// afterBlocks is data behind blocks that each begin with their length, up to one
// of none.
func afterBlocks(data []byte) []byte {
	for len(data) > 0 && data[0] != 0 {
		data = after(data, 1+int(data[0]))
	}
	return after(data, 1)
}
