package models

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"pentimento/files"
	"pentimento/models/build"
	"pentimento/models/checkpoint"
	"pentimento/models/graph"
	"pentimento/models/runtime"
)

// located says where the weights of a part are that lie outside its graph. The
// files of a download cache are links into a folder of their own, and ONNX
// Runtime refuses links that leave the folder of the graph: they are followed
// here, and the graph is told where they lead.
type located struct {
	dir   string            // that all of them are in
	names map[string]string // by what the graph calls them, in dir
	moved bool              // some are not where the graph says
	// found is how the files were, by where they really are.
	found map[string]fs.FileInfo
}

// locate finds the weights outside a part's graph, and refuses those that ONNX
// Runtime could not read.
func (f folder) locate(part string, g *graph.Model) (located, error) {
	l := located{names: map[string]string{}}
	real := map[string]string{}
	if f.made != nil && len(g.External()) > 0 {
		return f.made.locate(part, g)
	}
	for _, name := range g.External() {
		file := part + "/" + filepath.ToSlash(name)
		if f.dir == "" {
			return l, f.failed(file, errors.New("holds weights outside the graph, which only works in a folder on the disk"))
		}
		path, err := filepath.EvalSymlinks(f.path(file))
		if err == nil {
			err = checkWeights(path, g.ExternalBytes(name))
		}
		if err != nil {
			return l, f.failed(file, err)
		}
		real[name] = path
	}
	l.dir = build.CommonFolder(slices.Collect(maps.Values(real)))
	for name, path := range real {
		inside, err := filepath.Rel(l.dir, path)
		if err != nil {
			return l, f.failed(part, err)
		}
		l.names[name] = filepath.ToSlash(inside)
		l.moved = l.moved || l.names[name] != name
	}
	return l, l.look()
}

// look remembers how the files are.
func (l *located) look() error {
	l.found = map[string]fs.FileInfo{}
	for name := range l.names {
		info, err := os.Stat(l.path(name))
		if err != nil {
			return err
		}
		l.found[l.path(name)] = info
	}
	return nil
}

// unchanged returns [checkpoint.ErrChanged] if a file is no longer the one that
// was found.
func (l located) unchanged() error {
	for path, found := range l.found {
		if info, err := os.Stat(path); err != nil || !os.SameFile(info, found) {
			return fmt.Errorf("%s: %w", path, checkpoint.ErrChanged)
		}
	}
	return l.intact()
}

// intact returns [checkpoint.ErrChanged] if a file was cut short or written to:
// a session has it in its memory, and the system ends a program that reads what
// is gone. A file that another took the place of is still there for the session.
func (l located) intact() error {
	for path, found := range l.found {
		info, err := os.Stat(path)
		if err == nil && os.SameFile(info, found) && (info.Size() != found.Size() || !info.ModTime().Equal(found.ModTime())) {
			return fmt.Errorf("%s: %w", path, checkpoint.ErrChanged)
		}
	}
	return nil
}

// checkWeights refuses a file that does not hold so many bytes of weights.
func checkWeights(path string, size int64) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("is not a file")
	case info.Size() >= size && size > 0:
		return nil
	}
	// Only a small file can be a pointer, and weights that begin like one are
	// larger than a pointer is.
	if start, err := files.ReadFile(path, 4096); err == nil && files.IsPointer(start) || errors.Is(err, files.ErrPointer) {
		return files.ErrPointer
	}
	if size == 0 {
		return nil // the graph does not say
	}
	return fmt.Errorf("is cut short: it holds %d of %d bytes", info.Size(), size)
}

// path is where a file of weights really is.
func (l located) path(name string) string {
	return filepath.Join(l.dir, filepath.FromSlash(l.names[name]))
}

// attach says in a graph where its weights are. ONNX Runtime takes that only
// together with the graph's bytes.
func (l located) attach(g runtime.Graph) (runtime.Graph, error) {
	if len(l.names) == 0 {
		return g, nil
	}
	var err error
	if g.Path != "" {
		if g.Data, err = os.ReadFile(g.Path); err != nil {
			return g, err
		}
		g.Path = ""
	}
	if l.moved {
		if g.Data, err = graph.Relocated(g.Data, l.names); err != nil {
			return g, err
		}
	}
	g.Weights = l.dir
	return g, nil
}
