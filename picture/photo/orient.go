package photo

import (
	"encoding/binary"
	"image"
)

// orientation is how a camera was held, by the tag of that name in EXIF data (TIFF
// 6.0, page 36): 1 to 8, and 1 where it is not said.
func orientation(exif []byte) int {
	const tag, short, entrySize = 0x0112, 3, 12
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return 1
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < entrySize {
			return 1
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if v := int(order.Uint16(entries[8:])); 1 <= v && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[entrySize:]
	}
	return 1
}

// upright turns and mirrors a picture that was taken with an orientation.
func upright(picture *image.NRGBA, orientation int) *image.NRGBA {
	size := picture.Bounds().Size()
	w, h := size.X-1, size.Y-1
	// from is where a pixel of the upright picture is in the one taken.
	var from func(x, y int) (int, int)
	turned := orientation >= 5
	switch orientation {
	case 2:
		from = func(x, y int) (int, int) { return w - x, y }
	case 3:
		from = func(x, y int) (int, int) { return w - x, h - y }
	case 4:
		from = func(x, y int) (int, int) { return x, h - y }
	case 5:
		from = func(x, y int) (int, int) { return y, x }
	case 6:
		from = func(x, y int) (int, int) { return y, h - x }
	case 7:
		from = func(x, y int) (int, int) { return w - y, h - x }
	case 8:
		from = func(x, y int) (int, int) { return w - y, x }
	default:
		return picture
	}
	if turned {
		size.X, size.Y = size.Y, size.X
	}
	out := image.NewNRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			fx, fy := from(x, y)
			copy(out.Pix[out.PixOffset(x, y):][:4], picture.Pix[picture.PixOffset(fx, fy):][:4])
		}
	}
	return out
}
