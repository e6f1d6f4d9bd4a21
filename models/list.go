package models

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pentimento/models/checkpoint"
)

// A Listing is a model as [List] sees it, unchecked.
type Listing struct {
	// Name and Dir are those of the folder or file. Class is the pipeline that
	// a folder is for, or what a file of weights is.
	Name, Dir, Class string
	// Bytes is the size of all files in the folder.
	Bytes int64
}

// List gives the models in dir: dir itself, when it is one, or the folders and
// the files of weights in it, by name.
func List(dir string) ([]Listing, error) {
	if l, ok := listed(dir); ok {
		return []Listing{l}, nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list models: there is no file or folder %s", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	var found []Listing
	for _, e := range entries {
		if l, ok := listed(filepath.Join(dir, e.Name())); ok {
			found = append(found, l)
		}
	}
	return found, nil
}

// listed is the model at a path, if there is one.
func listed(path string) (Listing, bool) {
	full, err := filepath.Abs(path)
	if err != nil {
		return Listing{}, false
	}
	info, err := os.Stat(full)
	if err != nil {
		return Listing{}, false
	}
	if info.IsDir() {
		return listedFolder(full)
	}
	return listedFile(full, info.Size())
}

// listedFolder leaves out what can't be read: checking is for [Check].
func listedFolder(dir string) (Listing, bool) {
	f := folder{fs: os.DirFS(dir), name: filepath.Base(dir), dir: dir}
	l := Listing{Name: f.name, Dir: dir}
	if !f.has(indexFile) && !f.has("unet/model.onnx") {
		return l, false
	}
	if i, err := f.loadIndex(); err == nil {
		l.Class = i.Class
	}
	_ = fs.WalkDir(f.fs, ".", func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			l.Bytes += info.Size()
		}
		return nil
	})
	return l, true
}

// listedFile says what a file of weights is, or why it can't be used.
func listedFile(path string, size int64) (_ Listing, ok bool) {
	if !strings.HasSuffix(path, ".safetensors") {
		return Listing{}, false
	}
	l := Listing{Name: filepath.Base(path), Dir: path, Bytes: size}
	f, err := checkpoint.Open(path)
	if err != nil {
		l.Class = "can't be read"
		return l, true
	}
	c, err := checkpoint.Recognise(f)
	err = errors.Join(err, f.Close())
	switch refused := (*checkpoint.Refused)(nil); {
	case errors.As(err, &refused):
		l.Class = refused.What + ", can't be used"
	case err != nil:
		l.Class = "can't be used"
	default:
		l.Class = strings.TrimSpace(string(c.Family) + " " + string(c.Kind))
	}
	return l, true
}
