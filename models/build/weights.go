package build

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"pentimento/models/checkpoint"
	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// A source is an initializer and the file that its values lie in.
type source struct {
	initializer *pb.Tensor
	tensor      checkpoint.Tensor
}

// elementType is ONNX's number of a type that weights come in, or 0.
func elementType(t checkpoint.Type) element.Type {
	switch t {
	case checkpoint.F32:
		return element.Float32
	case checkpoint.F16:
		return element.Float16
	case checkpoint.BF16:
		return element.BFloat16
	case checkpoint.F64:
		return element.Float64
	}
	return 0
}

// find looks up a weight of the module p.
func (p part) find(name string) (canonical string, t checkpoint.Tensor, ok bool) {
	canonical = p.canonical(name)
	t, err := p.weights.Tensor(canonical)
	if err != nil {
		p.fail(err)
	}
	return canonical, t, err == nil
}

func (p part) canonical(name string) string {
	return strings.ReplaceAll(p.in(name).path, "/", ".")
}

// weight gives a weight of the module p in single precision, with what a LoRA
// adds to it, and its shape, which is nil after an error. view gives the
// dimensions that the layer wants it in; it may be nil.
func (p part) weight(name string, view func(shape []int) []int64) (string, []int) {
	canonical, t, ok := p.find(name)
	if !ok {
		return "", nil
	}
	dims := dimsOf(t.Shape)
	if view != nil {
		dims = view(t.Shape)
	}
	if terms := p.lora[canonical]; len(terms) > 0 && len(t.Shape) > 1 {
		return p.adapted(canonical, t, terms, dims), t.Shape
	}
	return p.single(canonical, t, dims), t.Shape
}

// single gives a tensor in single precision. A transposed one comes back as
// its shape says.
func (p part) single(name string, t checkpoint.Tensor, dims []int64) string {
	if t.Transposed {
		return p.op("Transpose", []string{p.widened(name, t, reversed(dims))}, pb.Ints("perm", 1, 0))
	}
	return p.widened(name, t, dims)
}

// widened gives the values of a tensor in the order of the file and in single
// precision.
func (p part) widened(name string, t checkpoint.Tensor, dims []int64) string {
	stored := p.stored(name, t, dims)
	if t.Type == checkpoint.F32 {
		return stored
	}
	return p.op("Cast", []string{stored}, pb.Int("to", int64(element.Float32)))
}

// stored adds an initializer whose values are the bytes that the file has.
func (w *writer) stored(name string, t checkpoint.Tensor, dims []int64) string {
	typ := elementType(t.Type)
	if typ == 0 {
		w.fail(fmt.Errorf("%w: %s is %s, not floating-point numbers of 16, 32 or 64 bits", ErrWeights, name, t.Type))
		return ""
	}
	if countOf(dims)*int64(t.Type.Bits()/8) != t.Length {
		w.fail(fmt.Errorf("%w: %s has %d bytes, which is not %v of %s", ErrWeights, name, t.Length, dims, t.Type))
		return ""
	}
	if w.known[name] {
		return name
	}
	w.known[name] = true
	initializer := &pb.Tensor{Name: proto.String(name), DataType: proto.Int32(int32(typ)), Dims: dims}
	w.graph.Initializer = append(w.graph.Initializer, initializer)
	w.sources = append(w.sources, source{initializer, t})
	return name
}

// external is the number of ONNX for data that lie in another file.
const external = 1

// locate says of all weights where they lie, from the folder that it returns.
func (w *writer) locate() (folder string, err error) {
	var files []string
	for _, s := range w.sources {
		if !slices.Contains(files, s.tensor.File) {
			files = append(files, s.tensor.File)
		}
	}
	folder = CommonFolder(files)
	for _, s := range w.sources {
		location, err := filepath.Rel(folder, s.tensor.File)
		if err != nil {
			return "", fmt.Errorf("name %s from %s: %w", s.tensor.File, folder, err)
		}
		s.initializer.DataLocation = proto.Int32(external)
		s.initializer.ExternalData = []*pb.StringEntry{
			entry("location", filepath.ToSlash(location)),
			entry("offset", strconv.FormatInt(s.tensor.Offset, 10)),
			entry("length", strconv.FormatInt(s.tensor.Length, 10)),
		}
	}
	return folder, nil
}

func entry(key, value string) *pb.StringEntry {
	return &pb.StringEntry{Key: proto.String(key), Value: proto.String(value)}
}

// CommonFolder is the deepest folder that all files lie in or below; empty for no
// files.
func CommonFolder(files []string) string {
	folder := ""
	for _, f := range files {
		if folder == "" {
			folder = filepath.Dir(f)
		}
		for !within(folder, f) && filepath.Dir(folder) != folder {
			folder = filepath.Dir(folder)
		}
	}
	return folder
}

func within(folder, file string) bool {
	rel, err := filepath.Rel(folder, file)
	return err == nil && filepath.IsLocal(rel)
}

func dimsOf(shape []int) []int64 {
	dims := make([]int64, len(shape))
	for i, n := range shape {
		dims[i] = int64(n)
	}
	return dims
}

func reversed(dims []int64) []int64 {
	r := slices.Clone(dims)
	slices.Reverse(r)
	return r
}

func countOf(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return n
}
