package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
)

// maxScans is how many passes a progressive JPEG may take over the picture: each
// can be a few bytes and take as long as the whole.
const maxScans = 100

// readJPEG reads a JPEG.
func readJPEG(data []byte) (*raw, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, unsupported(err)
	}
	if err := checkSize(sizeOf(config)); err != nil {
		return nil, err
	}
	if bytes.Count(data, []byte("\xff\xda")) > maxScans {
		return nil, refusef("it is built up in more than %d passes. Save it once more, as a plain JPEG", maxScans)
	}
	out := &raw{subtractive: config.ColorModel == color.CMYKModel}
	out.exif, out.profile = jpegSegments(data)
	if out.image, err = jpeg.Decode(bytes.NewReader(data)); err != nil {
		return nil, unsupported(err)
	}
	return out, nil
}

// unsupported says of a JPEG of a rare kind that it is one.
func unsupported(err error) error {
	if _, ok := errors.AsType[jpeg.UnsupportedError](err); ok {
		return &refusal{"it is a JPEG of a kind that is not read here. Save it once more, as a plain JPEG or as PNG", err}
	}
	return err
}

// What begins the data of a JPEG's segments.
const (
	exifHeader    = "Exif\x00\x00"
	profileHeader = "ICC_PROFILE\x00"
)

// jpegSegments returns the EXIF data and the colour profile of a JPEG, which may
// be in several segments that are numbered from 1; nil for none.
func jpegSegments(data []byte) (exif, profile []byte) {
	parts, total := map[byte][]byte{}, 0
	for rest := data[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		marker, n := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == 0xff { // padding
			rest = rest[1:]
			continue
		}
		if marker == 0xda || n < 2 || n+2 > len(rest) {
			break // the picture itself begins
		}
		part := rest[4 : 2+n]
		rest = rest[2+n:]
		if after, ok := bytes.CutPrefix(part, []byte(exifHeader)); ok && marker == 0xe1 && exif == nil {
			exif = after
		}
		if after, ok := bytes.CutPrefix(part, []byte(profileHeader)); ok && marker == 0xe2 && len(after) > 2 {
			if total += len(after); total <= maxProfileBytes {
				parts[after[0]] = after[2:]
			}
		}
	}
	for i := byte(1); len(parts[i]) > 0; i++ {
		profile = append(profile, parts[i]...)
		if i == 255 {
			break
		}
	}
	return exif, profile
}

func sizeOf(config image.Config) image.Point { return image.Pt(config.Width, config.Height) }
