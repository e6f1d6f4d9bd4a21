package bot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/png"
)

// maxPixels bounds a picture that is decoded: 4096 by 4096.
const maxPixels = 1 << 24

// errTooManyPixels says that a picture is larger than any model draws.
var errTooManyPixels = errors.New("the picture is too large to be decoded")

// decodePNG reads a picture.
func decodePNG(data []byte) (image.Image, error) {
	size, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode the picture: %w", err)
	}
	if size.Width > maxPixels/max(1, size.Height) {
		return nil, errTooManyPixels
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode the picture: %w", err)
	}
	return picture, nil
}

func encodePNG(picture image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("encode the picture: %w", err)
	}
	return out.Bytes(), nil
}

// digestOf is the name under which a store keeps a picture; see
// session.Store.PutBlob.
func digestOf(picture []byte) string { return fmt.Sprintf("%x", sha256.Sum256(picture)) }
