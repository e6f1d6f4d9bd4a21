// Package files reads files within a limit and writes them whole or not at all.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// ErrRefused says that a file was not read, because it is not a regular file
// or is larger than the limit.
var ErrRefused = errors.New("the file is refused")

// A refusal is [ErrRefused] with the reason: what the file is, to be said after
// its name.
type refusal string

func (r refusal) Error() string      { return string(r) }
func (refusal) Is(target error) bool { return target == ErrRefused }

// Read returns the contents of a file of at most limit bytes, a multiple of a
// MiB. Its errors are those of fsys, and [ErrRefused] with a reason that goes
// after the file's name: "is larger than 4 MiB".
func Read(fsys fs.FS, name string, limit int64) (data []byte, err error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, refusal("is not a file")
	case info.Size() > limit:
		return nil, refusal(fmt.Sprintf("is larger than %d MiB", limit>>20))
	}
	data = make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}
