// Package files reads files within a limit and writes them whole or not at all.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Why [Read] refuses a file.
var (
	ErrNotFile  = errors.New("is not a file")
	ErrTooLarge = errors.New("is too large")
)

// tooLarge is [ErrTooLarge] with the limit in bytes.
type tooLarge int64

func (t tooLarge) Error() string      { return fmt.Sprintf("is larger than %d MiB", int64(t)>>20) }
func (tooLarge) Is(target error) bool { return target == ErrTooLarge }

// Read returns the contents of a file of at most limit bytes, a whole number of
// MiB. It takes no more memory than that. A file that is not regular, is larger
// or was not fetched gives [ErrNotFile], [ErrTooLarge] or [ErrPointer]; other
// errors are those of fsys.
// All are a [fs.PathError] with the file's name.
func Read(fsys fs.FS, name string, limit int64) (data []byte, err error) {
	refuse := func(err error) ([]byte, error) { return nil, &fs.PathError{Op: "read", Path: name, Err: err} }
	// Opening a named pipe would wait for whoever writes to it.
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return refuse(ErrNotFile)
	case info.Size() > limit:
		return refuse(tooLarge(limit))
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	data = make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return refuse(err)
	}
	if IsPointer(data) {
		return refuse(ErrPointer)
	}
	return data, nil
}

// ReadFile is [Read] for the file at a path, which the errors name in full.
func ReadFile(path string, limit int64) ([]byte, error) {
	data, err := Read(os.DirFS(filepath.Dir(path)), filepath.Base(path), limit)
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		failed.Path = path
	}
	return data, err
}
