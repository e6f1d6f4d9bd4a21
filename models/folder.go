package models

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"pentimento/files"
)

// The files of a model folder, in the layout that diffusers and Optimum
// export Stable Diffusion to.
const (
	indexFile       = "model_index.json"
	schedulerFile   = "scheduler/scheduler_config.json"
	tokenizerFolder = "tokenizer"
	unetFolder      = "unet"
	vocabularyFile  = "vocabulary.json"
	partConfigFile  = "config.json"
	maxConfigBytes  = 1 << 20
	maxGraphBytes   = 2 << 30 // protobuf's own limit
)

// A folder is a model folder: any file system, or a directory of the disk.
type folder struct {
	fs fs.FS
	// name is what errors call the folder.
	name string
	// dir is where the folder lies on the disk; "" when it does not. Only
	// there can ONNX Runtime read weights that are kept outside a graph.
	dir string
	// made is where the folder came from, when it was made of files of weights.
	made *made
	// sums are the digests of large files.
	sums sums
}

// path is the name of a file of the folder for messages.
func (f folder) path(file string) string {
	if f.made != nil {
		return fmt.Sprintf("%s (%s)", f.made.source.Path, path.Dir(file))
	}
	if f.dir != "" {
		return filepath.Join(f.dir, filepath.FromSlash(file))
	}
	return path.Join(f.name, file)
}

// has reports whether the folder holds file.
func (f folder) has(file string) bool {
	_, err := fs.Stat(f.fs, file)
	return err == nil
}

// read returns the contents of a file of at most limit bytes, which is not
// empty. Errors name the file.
func (f folder) read(file string, limit int64) ([]byte, error) {
	data, err := files.Read(f.fs, file, limit)
	if err == nil && len(data) == 0 {
		err = errors.New("is empty")
	}
	if err != nil {
		return nil, f.failed(file, err)
	}
	return data, nil
}

// failed puts the file's name before what is wrong with it.
func (f folder) failed(file string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = missing{}
	} else if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		err = inner.Err // its path is the one we are about to give
	}
	return fmt.Errorf("%s: %w", f.path(file), err)
}

// missing is fs.ErrNotExist in fewer words.
type missing struct{}

func (missing) Error() string        { return "is missing" }
func (missing) Is(target error) bool { return target == fs.ErrNotExist }
