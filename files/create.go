package files

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// A Draft is a file that is being written. It has no name of its own until it is
// kept.
type Draft struct {
	*os.File
	name string
	kept bool
}

// Create begins a file that will have a name. It is for what is too large to be
// passed to [Write].
func Create(name string, perm fs.FileMode) (*Draft, error) {
	temp := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%x%s", filepath.Base(name), rand.Uint64(), tempSuffix))
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err
	}
	return &Draft{File: file, name: name}, nil
}

// Keep gives the file its name, in one step, and returns its size. It is closed
// then.
func (d *Draft) Keep() (size int64, err error) {
	info, err := d.Stat()
	if err == nil {
		err = d.File.Close()
	}
	if err == nil {
		err = os.Rename(d.File.Name(), d.name)
	}
	if err != nil {
		return 0, err
	}
	d.kept = true
	return info.Size(), nil
}

// Close removes a file that was not kept.
func (d *Draft) Close() error {
	if d.kept {
		return nil
	}
	err := d.File.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.Remove(d.File.Name()))
}
