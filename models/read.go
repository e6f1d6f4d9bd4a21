package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// ErrNotOpened says that a model was only read: its name, digest and vocabulary
// are known, but no part of it can run.
var ErrNotOpened = errors.New("the model was not opened to draw with it")

// Read reads the model of a source as [Open] does, but without opening anything:
// its name, digest, tokenizer, vocabulary and sizes are known, and the memory for
// its weights is not spent. Of the options only the cache folder and the precision
// count, and a precision need not be one for this processor. What
// runs a part of it returns [ErrNotOpened], and its spec has no layers.
func Read(ctx context.Context, s Source, o Options) (*Model, error) {
	f, err := sourceFolder(s, o)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return read(ctx, f, o.Precision)
}

// ReadFS is [Read] for the model in a file system; name is what [Model.Name]
// returns and errors call the folder.
func ReadFS(ctx context.Context, fsys fs.FS, name string, o Options) (*Model, error) {
	return read(ctx, folder{fs: fsys, name: name}, o.Precision)
}

func read(ctx context.Context, f folder, p Precision) (*Model, error) {
	in, err := inspect(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return &Model{name: f.name, digest: p.digest(in.digest), base: in.digest, precision: p, spec: in.spec, tokenizer: in.tokenizers[0], vocabulary: in.vocabulary}, nil
}
