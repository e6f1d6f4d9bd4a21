package photo

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/webp"
)

// isWebP reports whether a file is a WebP: a RIFF file that says so.
func isWebP(data []byte) bool {
	return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

// readWebP reads a WebP, or the first frame of an animated one. golang.org/x/image
// decodes stills alone, and no colour profile: here the chunks are parted, and it
// is given a still of those that it needs.
func readWebP(data []byte) (*raw, error) {
	out := &raw{}
	var still, alpha []byte
	var canvas image.Point
	var at image.Point
	for kind, part := range riffChunks(data[12:]) {
		switch kind {
		case "VP8X":
			if len(part) < 10 {
				return nil, errShort
			}
			canvas = image.Pt(1+uint24(part[4:]), 1+uint24(part[7:]))
		case "ICCP":
			if len(part) <= maxProfileBytes {
				out.profile = part
			}
		case "EXIF":
			out.exif = bytes.TrimPrefix(part, []byte(exifHeader))
		case "ALPH":
			alpha = part
		case "VP8 ", "VP8L":
			if still == nil {
				still = webpOf(kind, part, alpha)
			}
		case "ANMF":
			if out.animated = still != nil; out.animated {
				continue
			}
			if len(part) < 16 {
				return nil, errShort
			}
			at = image.Pt(2*uint24(part), 2*uint24(part[3:]))
			still = frameOf(part[16:])
		}
	}
	if still == nil {
		return nil, errShort
	}
	config, err := webp.DecodeConfig(bytes.NewReader(still))
	if err != nil {
		return nil, err
	}
	if canvas == (image.Point{}) {
		canvas = sizeOf(config)
	}
	if err := checkSize(canvas); err != nil {
		return nil, err
	}
	frame := image.Rectangle{Max: sizeOf(config)}.Add(at)
	if !frame.In(image.Rectangle{Max: canvas}) {
		return nil, errShort
	}
	decoded, err := webp.Decode(bytes.NewReader(still))
	if err != nil {
		return nil, err
	}
	out.image = onCanvas(fromVP8(decoded), canvas, at)
	return out, nil
}

// frameOf is the still of an animation's frame.
func frameOf(data []byte) []byte {
	var alpha []byte
	for kind, part := range riffChunks(data) {
		switch kind {
		case "ALPH":
			alpha = part
		case "VP8 ", "VP8L":
			return webpOf(kind, part, alpha)
		}
	}
	return nil
}

// webpOf is a WebP file of a picture, and of its transparency if that is apart.
func webpOf(kind string, part, alpha []byte) []byte {
	var body bytes.Buffer
	if alpha != nil && kind == "VP8 " && len(part) >= 10 {
		// The size in VP8's own header has 14 bits (RFC 6386, section 9.1).
		width, height := int(binary.LittleEndian.Uint16(part[6:]))&0x3fff, int(binary.LittleEndian.Uint16(part[8:]))&0x3fff
		const hasAlpha = 0x10
		head := []byte{hasAlpha, 0, 0, 0}
		for _, side := range []int{width - 1, height - 1} {
			head = append(head, byte(side), byte(side>>8), byte(side>>16))
		}
		writeChunk(&body, "VP8X", head)
		writeChunk(&body, "ALPH", alpha)
	}
	writeChunk(&body, kind, part)
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+body.Len()))
	return append(append(out, "WEBP"...), body.Bytes()...)
}

func writeChunk(out *bytes.Buffer, kind string, part []byte) {
	out.WriteString(kind)
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(part))))
	out.Write(part)
	if len(part)%2 == 1 {
		out.WriteByte(0)
	}
}

// riffChunks are the kinds and the data of chunks, as far as they are whole.
func riffChunks(data []byte) func(yield func(kind string, part []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for len(data) >= 8 {
			n := binary.LittleEndian.Uint32(data[4:])
			if uint64(n)+8 > uint64(len(data)) {
				return
			}
			if !yield(string(data[:4]), data[8:8+n]) {
				return
			}
			data = after(data, int(8+n+n%2))
		}
	}
}

// uint24 reads 24 bits, the lowest first.
func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// onCanvas is a picture at its place on a transparent canvas.
func onCanvas(picture *image.NRGBA, canvas, at image.Point) *image.NRGBA {
	if picture.Bounds().Size() == canvas {
		return picture
	}
	out := image.NewNRGBA(image.Rectangle{Max: canvas})
	size := picture.Bounds().Size()
	for y := range size.Y {
		copy(out.Pix[out.PixOffset(at.X, at.Y+y):], picture.Pix[y*picture.Stride:y*picture.Stride+4*size.X])
	}
	return out
}

// fromVP8 is a decoded WebP in sRGB. VP8 has luma from 16 to 235 (RFC 6386,
// section 9.2), and golang.org/x/image returns it as if that were all of 0 to 255,
// as in a JPEG: blacks would be grey. The numbers are libwebp's.
func fromVP8(decoded image.Image) *image.NRGBA {
	var ycc *image.YCbCr
	var alpha func(x, y int) uint8
	switch p := decoded.(type) {
	case *image.YCbCr:
		ycc, alpha = p, func(int, int) uint8 { return 0xff }
	case *image.NYCbCrA:
		ycc, alpha = &p.YCbCr, func(x, y int) uint8 { return p.A[p.AOffset(x, y)] }
	default:
		return Flat(decoded)
	}
	b := ycc.Bounds()
	out := image.NewNRGBA(image.Rectangle{Max: b.Size()})
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := ycc.COffset(x, y)
			luma, u, v := int(ycc.Y[ycc.YOffset(x, y)]), int(ycc.Cb[c]), int(ycc.Cr[c])
			base := luma * 19077 >> 8
			pixel := out.Pix[out.PixOffset(x-b.Min.X, y-b.Min.Y):]
			pixel[0] = level6(base + v*26149>>8 - 14234)
			pixel[1] = level6(base - u*6419>>8 - v*13320>>8 + 8708)
			pixel[2] = level6(base + u*33050>>8 - 17685)
			pixel[3] = alpha(x, y)
		}
	}
	return out
}

// level6 is a level with 6 bits after the point.
func level6(v int) uint8 { return uint8(min(max(v, 0), 255<<6+63) >> 6) }
