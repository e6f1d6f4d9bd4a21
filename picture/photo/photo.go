// Package photo opens pictures of people's own: photographs and drawings in the
// files that phones, cameras and programs write.
//
// [Open] makes one kind of picture of all of them: upright, in sRGB, with 8 bits
// a channel. Nothing else of a file goes on: not where and when it was taken, nor
// with which camera. Files come from strangers, so that everything is bounded
// before it is decoded.
//
// Start with [Open]. format.go tells the formats apart, limits.go has the bounds,
// orient.go and icc.go make a picture upright and sRGB, jpeg.go, png.go, gif.go
// and webp.go read the parts of files that the decoders leave out. fit.go fits a
// picture to a model's size, and compose.go puts what the model made of it back. area.go
// has the parts of a picture that somebody means, and painted.go reads them from files.
package photo

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"

	"pentimento/files"
)

// ErrPhoto says that a file cannot be opened as a picture. What it wraps in a
// sentence is for the user.
var ErrPhoto = errors.New("that picture cannot be opened")

// A Photo is a picture that somebody opened.
type Photo struct {
	// Image is upright, sRGB, and begins at (0, 0).
	Image *image.NRGBA
	// Notices are sentences about what was not taken as it is in the file.
	Notices []string
}

// Open reads a PNG, JPEG, GIF or WebP. The error is [ErrPhoto].
func Open(data []byte) (*Photo, error) {
	if files.IsPointer(data) {
		return nil, fmt.Errorf("%w: it %w", ErrPhoto, files.ErrPointer)
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%w: the file has more than %d MiB. Save it smaller, as JPEG for instance", ErrPhoto, MaxBytes>>20)
	}
	read, err := readerOf(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPhoto, err)
	}
	raw, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPhoto, sentence(err))
	}
	out := &Photo{Image: Flat(raw.image), Notices: raw.notices()}
	if profile, ok := parseProfile(raw.profile); ok && !raw.subtractive {
		if name, converted := profile.convert(out.Image); converted {
			out.Notices = append(out.Notices, fmt.Sprintf("Its colours are converted from %s to sRGB.", name))
		}
	}
	out.Image = upright(out.Image, orientation(raw.exif))
	return out, nil
}

// A raw picture is what is in a file, before anything is made of it.
type raw struct {
	image image.Image
	// profile is the ICC profile, exif the EXIF data; nil for none.
	profile, exif []byte
	// animated says that there are more frames, subtractive that the colours are
	// inks, deep that there are more than 8 bits a channel.
	animated, subtractive, deep bool
}

func (r *raw) notices() []string {
	var out []string
	if r.animated {
		out = append(out, "It moves; I took its first frame.")
	}
	if r.deep {
		out = append(out, "Of its 16 bits a channel the upper 8 are kept.")
	}
	if r.subtractive {
		out = append(out, "It is made for printing (CMYK); its colours are converted to sRGB without its profile.")
	}
	return out
}

// sentence says of a decoder's error what a user can do about it, unless it says
// so itself.
func sentence(err error) error {
	if _, ok := errors.AsType[*refusal](err); ok {
		return err
	}
	return &refusal{"the file is damaged or cut short. Save or send it once more", err}
}

// A refusal is a sentence for the user, with the error behind it.
type refusal struct {
	text string
	err  error
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.err }

// refusef returns a refusal with no other error behind it.
func refusef(format string, args ...any) error { return &refusal{text: fmt.Sprintf(format, args...)} }

// Digest names a picture by its colours: the SHA-256, in hexadecimal, of its width
// and height (32 bits each, big endian) and then R, G, B and A of every pixel, row
// by row. It is the same however the picture was written to a file.
func Digest(picture *image.NRGBA) string {
	size := picture.Bounds().Size()
	sum := sha256.New()
	var head [8]byte
	binary.BigEndian.PutUint32(head[:], uint32(size.X))
	binary.BigEndian.PutUint32(head[4:], uint32(size.Y))
	sum.Write(head[:]) // never fails
	for y := range size.Y {
		row := picture.Pix[y*picture.Stride:]
		sum.Write(row[:4*size.X])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// IsDigest reports whether text can be what [Digest] returns.
func IsDigest(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == sha256.Size && !bytes.ContainsAny([]byte(text), "ABCDEF")
}
