package models

import (
	"errors"
	"fmt"
	"io/fs"
)

// ErrNotOpened says that a model was only read: its name, digest and vocabulary
// are known, but no part of it can run.
var ErrNotOpened = errors.New("the model was not opened to draw with it")

// ReadDir reads the model in a folder on the disk as [OpenDir] does, but
// without opening anything: its name, digest, tokenizer, vocabulary and sizes
// are known, and the memory for its weights is not spent. ONNX Runtime is not
// needed. What runs a part of it returns [ErrNotOpened], and its spec has no
// layers.
func ReadDir(dir string) (*Model, error) {
	f, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	return read(f)
}

// ReadFS is [ReadDir] for the model in a file system; name is what [Model.Name]
// returns and errors call the folder.
func ReadFS(fsys fs.FS, name string) (*Model, error) {
	return read(folder{fs: fsys, name: name})
}

func read(f folder) (*Model, error) {
	in, err := inspect(f)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return &Model{name: f.name, digest: in.digest, spec: in.spec, tokenizer: in.tokenizers[0], vocabulary: in.vocabulary}, nil
}
