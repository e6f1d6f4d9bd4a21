// Package checkpoint reads the files that people own models in: it finds the
// tensors of a .safetensors file, recognises what they are, and gives those of
// a Stable Diffusion model one set of names, whatever tool wrote the file.
// Nothing that a file says is believed before it is checked, and no weight is
// read unless it is asked for.
package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"pentimento/files"
)

// ErrChanged says that a file is not what it was when it was opened.
var ErrChanged = errors.New("was changed or cut short after it was opened: start again when it is whole")

// A File is a .safetensors file, or the files that a .safetensors.index.json
// names, as one. It is safe for concurrent use.
type File struct {
	path     string
	sources  []*source
	tensors  map[string]Tensor
	metadata map[string]string
}

// A source is an opened file of the disk, and how it was then.
type source struct {
	*os.File
	path string
	info fs.FileInfo
}

// Open opens a .safetensors file, or all the files of an index if path ends
// with .index.json or with .index.VARIANT.json. Only headers are read. A file of another kind is refused
// with [*Refused] if it is known, and errors name the file.
func Open(path string) (*File, error) {
	f := &File{path: path, tensors: map[string]Tensor{}, metadata: map[string]string{}}
	var err error
	if isIndex(path) {
		err = f.openIndex()
	} else {
		err = f.add(path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close closes the file. Its tensors can no longer be read.
func (f *File) Close() error {
	var errs []error
	for _, s := range f.sources {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Path is the path that the file was opened by.
func (f *File) Path() string { return f.path }

// Sources are the paths of the files of the disk that were opened, links
// followed.
func (f *File) Sources() []string {
	paths := make([]string, len(f.sources))
	for i, s := range f.sources {
		paths[i] = s.path
	}
	return paths
}

// Names are the names of the tensors, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.tensors)) }

// Tensor is the tensor that the file calls name.
func (f *File) Tensor(name string) (Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Metadata is what the header says beside its tensors, in words of the tool
// that wrote it. It must not be changed.
func (f *File) Metadata() map[string]string { return f.metadata }

// Unchanged returns [ErrChanged] if a file is no longer what was opened: a
// program that maps it into its memory would be ended by the system at the
// first byte that is not there.
func (f *File) Unchanged() error {
	for _, s := range f.sources {
		if err := s.unchanged(); err != nil {
			return err
		}
	}
	return nil
}

// add opens the file at path and takes its tensors in.
func (f *File) add(path string) error {
	s, err := openSource(path)
	if err != nil {
		return failed(path, err)
	}
	f.sources = append(f.sources, s)
	head, err := s.header()
	if err != nil {
		return failed(path, err)
	}
	for _, t := range head.tensors {
		if _, twice := f.tensors[t.Name]; twice {
			return failed(path, fmt.Errorf("tensor %q is in another file of the set, too", t.Name))
		}
		t.File, t.data = s.path, s
		f.tensors[t.Name] = t
	}
	maps.Copy(f.metadata, head.metadata)
	return nil
}

// openSource opens a regular file.
func openSource(path string) (*source, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	if resolved, err = filepath.Abs(resolved); err != nil {
		return nil, err
	}
	// Opening a named pipe would wait for whoever writes to it.
	if info, err := os.Stat(resolved); err != nil {
		return nil, err
	} else if info.IsDir() {
		return nil, errors.New("is a folder, not a file")
	} else if !info.Mode().IsRegular() {
		return nil, files.ErrNotFile
	}
	opened, err := os.Open(resolved)
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return &source{File: opened, path: resolved, info: info}, nil
}

// header reads the file's header. It takes no more memory than the file has
// bytes.
func (s *source) header() (header, error) {
	size := s.info.Size()
	start := make([]byte, min(size, sniffBytes))
	if err := s.readFull(start, 0); err != nil {
		return header{}, err
	}
	if err := sniff(start); err != nil {
		return header{}, err
	}
	if size < lengthSize {
		return header{}, fmt.Errorf("is no .safetensors file: it has %d bytes", size)
	}
	length := binary.LittleEndian.Uint64(start)
	if length > maxHeader {
		return header{}, fmt.Errorf("is no .safetensors file: its header would have %d bytes, and %d are the most", length, maxHeader)
	}
	if int64(length) > size-lengthSize {
		return header{}, fmt.Errorf("is cut short, or no .safetensors file: its header has %d bytes, and the whole file %d", length, size)
	}
	if length == 0 || start[lengthSize] != '{' {
		return header{}, errors.New("is no .safetensors file: it does not begin with a header")
	}
	data := make([]byte, length)
	if err := s.readFull(data, lengthSize); err != nil {
		return header{}, err
	}
	return parseHeader(data, lengthSize+int64(length), size)
}

func (s *source) readFull(data []byte, at int64) error {
	_, err := s.ReadAt(data, at)
	if errors.Is(err, io.EOF) {
		return ErrChanged
	}
	return err
}

func (s *source) unchanged() error {
	info, err := os.Stat(s.path)
	if err != nil || !os.SameFile(info, s.info) || info.Size() != s.info.Size() || !info.ModTime().Equal(s.info.ModTime()) {
		return failed(s.path, ErrChanged)
	}
	return nil
}

// holds returns [ErrChanged] if the file has become too short for t: memory for
// it is then not taken.
func (s *source) holds(t Tensor) error {
	info, err := s.Stat()
	if err == nil && info.Size() < t.Offset+t.Length {
		err = ErrChanged
	}
	if err != nil {
		return fmt.Errorf("read tensor %q: %w", t.Name, failed(s.path, err))
	}
	return nil
}

// failed puts the file's path before what is wrong with it.
func failed(path string, err error) error {
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		err = inner.Err // its path is the one we are about to give
	}
	return fmt.Errorf("%s: %w", path, err)
}
