package vision

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"strings"

	"pentimento/files"
	"pentimento/models/graph"
	"pentimento/models/preprocess"
)

// Limits on the files.
const (
	maxGraph  = 2 << 30 // protobuf's own
	maxConfig = 1 << 20
)

// A folder is where a network's files are. It remembers the digest of what was
// read.
type folder struct {
	files fs.FS
	sum   hash.Hash
}

func newFolder(files fs.FS) *folder { return &folder{files, sha256.New()} }

func (f *folder) digest() string { return hex.EncodeToString(f.sum.Sum(nil)) }

// A graphFile is a graph that was read.
type graphFile struct {
	name  string
	data  []byte
	graph *graph.Model
}

// exported are the places of a graph in a folder: beside its configuration, or
// in a folder of its own as transformers.js has it.
func exported(name string) []string { return []string{name, "onnx/" + name} }

// open reads the graph of that name. [fs.ErrNotExist] says that there is none.
func (f *folder) open(name string) (graphFile, error) {
	for _, at := range exported(name) {
		data, err := f.read(at, maxGraph)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return graphFile{}, err
		}
		m, err := graph.Parse(data)
		if err != nil {
			return graphFile{}, fmt.Errorf("%w: %s: %w", ErrNetwork, at, err)
		}
		if more := m.External(); len(more) > 0 {
			return graphFile{}, fmt.Errorf("%w: %s has weights in other files (%s): export it as one file", ErrNetwork, at, more[0])
		}
		return graphFile{at, data, m}, nil
	}
	return graphFile{}, fmt.Errorf("%w: there is no %s", fs.ErrNotExist, strings.Join(exported(name), " and no "))
}

// eye reads how the network sees pictures.
func (f *folder) eye() (preprocess.Preprocessor, error) {
	const name = "preprocessor_config.json"
	data, err := f.read(name, maxConfig)
	if err != nil {
		return preprocess.Preprocessor{}, err
	}
	eye, err := preprocess.Parse(data)
	if err != nil {
		return eye, fmt.Errorf("%w: %s: %w", ErrNetwork, name, err)
	}
	return eye, nil
}

// read reads a file of at most so many bytes.
func (f *folder) read(name string, most int64) ([]byte, error) {
	data, err := files.Read(f.files, name, most)
	if errors.Is(err, files.ErrNotFile) || errors.Is(err, files.ErrTooLarge) {
		return nil, fmt.Errorf("%w: %w", ErrNetwork, err)
	}
	if err != nil {
		return nil, err
	}
	f.sum.Write(data)
	return data, nil
}
