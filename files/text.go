package files

import (
	"bytes"
	"errors"
)

// ErrPointer says that a file was not fetched: what is there is what Git LFS
// keeps in its place.
var ErrPointer = errors.New("is a pointer of Git LFS and not the file itself; \"git lfs pull\" fetches that")

// IsPointer reports whether data is what Git LFS keeps in the place of a file.
func IsPointer(data []byte) bool {
	return bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/"))
}

// WithoutMark returns a text without the byte order mark that some editors put
// before it.
func WithoutMark(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }
