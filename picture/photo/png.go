package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image/color"
	"image/png"
	"io"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// maxProfileBytes bounds the colour profile of a file. Those of printers, which
// are not followed, are larger.
const maxProfileBytes = 1 << 20

// readPNG reads a PNG.
func readPNG(data []byte) (*raw, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if err := checkSize(sizeOf(config)); err != nil {
		return nil, err
	}
	out := &raw{deep: config.ColorModel == color.Gray16Model || config.ColorModel == color.RGBA64Model || config.ColorModel == color.NRGBA64Model}
	for kind, part := range pngChunks(data) {
		switch kind {
		case "iCCP":
			out.profile = inflatedProfile(part)
		case "sRGB":
			out.profile = nil
		case "eXIf":
			out.exif = part
		case "acTL": // Animated PNG: the picture in IDAT is its first, or stands for it
			out.animated = len(part) >= 4 && binary.BigEndian.Uint32(part) > 1
		}
	}
	out.image, err = png.Decode(bytes.NewReader(data))
	return out, err
}

// pngChunks are the kinds and the data of a PNG's chunks, as far as they are whole.
func pngChunks(data []byte) func(yield func(kind string, part []byte) bool) {
	return func(yield func(string, []byte) bool) {
		rest := data[len(pngSignature):]
		for len(rest) >= 12 {
			n := binary.BigEndian.Uint32(rest)
			if uint64(n)+12 > uint64(len(rest)) {
				return
			}
			if !yield(string(rest[4:8]), rest[8:8+n]) {
				return
			}
			rest = rest[12+n:]
		}
	}
}

// inflatedProfile is the profile in an iCCP chunk: a name, a zero byte, the method
// 0, and the profile, compressed; nil if it cannot be read.
func inflatedProfile(part []byte) []byte {
	_, rest, ok := bytes.Cut(part, []byte{0})
	if !ok || len(rest) < 1 || rest[0] != 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(r, maxProfileBytes+1))
	if err != nil || len(profile) > maxProfileBytes {
		return nil
	}
	return profile
}
