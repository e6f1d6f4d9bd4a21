package graph

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// maxDim is the largest fixed size of a dimension that is believed.
const maxDim = 1 << 31

// A Model is a parsed ONNX model. It is not changed by anything in this
// package.
type Model struct {
	proto    *pb.Model
	opset    int64
	inputs   []Value
	outputs  []Value
	external map[string]int64
}

// Parse reads an ONNX model. It checks that every name in the graph fits
// together and fails with [ErrMalformed] otherwise. Weights in other files are
// not read; [Model.External] names the files.
func Parse(data []byte) (*Model, error) {
	if len(data) == 0 {
		return nil, malformed("the file is empty")
	}
	if int64(len(data)) > maxBytes {
		return nil, malformed("%d bytes; a protobuf file holds at most %d", len(data), int64(maxBytes))
	}
	m := &pb.Model{}
	if err := new(wireChecker).check(data, m.ProtoReflect().Descriptor(), "model", 0); err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(data, m); err != nil {
		return nil, malformed("%w", err)
	}
	if m.Graph == nil {
		return nil, malformed("there is no graph in it")
	}
	return newModel(m)
}

func newModel(m *pb.Model) (*Model, error) {
	if err := validate(m.Graph); err != nil {
		return nil, err
	}
	model := &Model{proto: m}
	var err error
	if model.opset, err = opsetOf(m); err != nil {
		return nil, err
	}
	initialized := map[string]bool{}
	for _, t := range m.Graph.Initializer {
		initialized[t.GetName()] = true
	}
	for _, in := range m.Graph.Input {
		// Before IR version 4, weights were listed as inputs too.
		if initialized[in.GetName()] {
			continue
		}
		v, err := valueOf(in)
		if err != nil {
			return nil, err
		}
		model.inputs = append(model.inputs, v)
	}
	for _, out := range m.Graph.Output {
		v, err := valueOf(out)
		if err != nil {
			return nil, err
		}
		model.outputs = append(model.outputs, v)
	}
	model.external, err = externalFiles(m.Graph)
	return model, err
}

// Inputs returns what has to be fed, in the model's order.
func (m *Model) Inputs() []Value { return slices.Clone(m.inputs) }

// Outputs returns what can be fetched, in the model's order.
func (m *Model) Outputs() []Value { return slices.Clone(m.outputs) }

// Opset returns the version of the standard operator set that the model uses.
func (m *Model) Opset() int64 { return m.opset }

// External returns the files that hold weights outside the model file, sorted,
// as slash-separated paths relative to the model's folder. They never lead out
// of that folder.
func (m *Model) External() []string { return slices.Sorted(maps.Keys(m.external)) }

// ExternalBytes is the size that one of the files of [Model.External] has at
// least.
func (m *Model) ExternalBytes(file string) int64 { return m.external[file] }

// Relocated is the model with other names for the files that hold its weights.
func Relocated(model []byte, names map[string]string) ([]byte, error) {
	m := &pb.Model{}
	if err := proto.Unmarshal(model, m); err != nil {
		return nil, malformed("%w", err)
	}
	for t := range tensors(m.GetGraph()) {
		for _, e := range t.ExternalData {
			if name, ok := names[e.GetValue()]; ok && e.GetKey() == "location" {
				e.Value = proto.String(name)
			}
		}
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(m)
}

// opsetOf returns the version of the standard operators that m imports.
func opsetOf(m *pb.Model) (int64, error) {
	for _, set := range m.OpsetImport {
		if standard(set.GetDomain()) {
			if v := set.GetVersion(); v < 1 || v > 1000 {
				return 0, malformed("operator set version %d", v)
			}
			return set.GetVersion(), nil
		}
	}
	return 0, malformed("it imports no standard operator set")
}

// standard reports whether a domain is that of ONNX's own operators.
func standard(domain string) bool { return domain == "" || domain == "ai.onnx" }

func valueOf(info *pb.ValueInfo) (Value, error) {
	tensor := info.GetType().GetTensorType()
	if tensor == nil {
		return Value{}, malformed("input or output %q is not a tensor", info.GetName())
	}
	v := Value{Name: info.GetName(), Type: element.Type(tensor.GetElemType()), Ranked: tensor.Shape != nil}
	for _, d := range tensor.GetShape().GetDim() {
		size := d.GetDimValue()
		if size < -1 || size > maxDim {
			return Value{}, malformed("a dimension of %q is %d", v.Name, size)
		}
		// Some exporters write −1 or 0 for "known at run time".
		v.Dims = append(v.Dims, Dim{Size: max(size, 0), Name: d.GetDimParam()})
	}
	return v, nil
}

// externalFiles collects the files that hold weights, and how far into each of
// them the weights reach.
func externalFiles(g *pb.Graph) (map[string]int64, error) {
	files := map[string]int64{}
	for t := range tensors(g) {
		if t.GetDataLocation() != 1 {
			continue
		}
		location := ""
		var offset, length int64
		for _, e := range t.ExternalData {
			var err error
			switch e.GetKey() {
			case "location":
				location = e.GetValue()
			case "offset":
				offset, err = strconv.ParseInt(e.GetValue(), 10, 64)
			case "length":
				length, err = strconv.ParseInt(e.GetValue(), 10, 64)
			}
			if err != nil || offset < 0 || length < 0 || length > math.MaxInt64-offset {
				return nil, malformed("weights %q have the %s %q", t.GetName(), e.GetKey(), e.GetValue())
			}
		}
		if !filepath.IsLocal(filepath.FromSlash(location)) {
			return nil, malformed("weights %q lie in %q, outside the model's folder", t.GetName(), location)
		}
		files[location] = max(files[location], offset+length)
	}
	return files, nil
}

// describe names a node for an error message.
func describe(n *pb.Node) string {
	op := n.GetOpType()
	if !standard(n.GetDomain()) {
		op = n.GetDomain() + "." + op
	}
	switch {
	case n.GetName() != "":
		return fmt.Sprintf("%s node %q", op, n.GetName())
	case len(n.Output) > 0:
		return fmt.Sprintf("%s node that makes %q", op, n.Output[0])
	}
	return op + " node"
}
