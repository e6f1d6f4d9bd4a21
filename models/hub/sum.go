package hub

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"regexp"
)

// ErrWrongSum says that a file's contents are not what the hub announced.
var ErrWrongSum = errors.New("has a wrong sum")

// A Sum is what a file's contents add up to: SHA-256 for large files, which Git
// LFS keeps, and what git calls the blob (a SHA-1) for the others.
type Sum struct {
	hex string
	git bool
}

// String is the sum in hexadecimal digits.
func (s Sum) String() string { return s.hex }

func (s Sum) valid() bool {
	digits := 64
	if s.git {
		digits = 40
	}
	return len(s.hex) == digits && regexp.MustCompile(`^[0-9a-f]+$`).MatchString(s.hex)
}

// adder returns what adds up the contents of a file of that size.
func (s Sum) adder(size int64) hash.Hash {
	if !s.git {
		return sha256.New()
	}
	h := sha1.New()
	_, _ = fmt.Fprintf(h, "blob %d\x00", size) // a hash takes everything
	return h
}

// is reports whether the contents that were added up are the file's.
func (s Sum) is(h hash.Hash) bool { return hex.EncodeToString(h.Sum(nil)) == s.hex }

// holds reports whether an open file is that file, of its size and sum.
func (f File) holds(file fs.File) (bool, error) {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != f.Size {
		return false, err
	}
	sum := f.Sum.adder(f.Size)
	if _, err := io.Copy(sum, file); err != nil {
		return false, err
	}
	return f.Sum.is(sum), nil
}
