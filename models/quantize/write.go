package quantize

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
	"pentimento/models/runtime"
)

// prefix starts every name that is added to a graph.
const prefix = "int8_"

// contrib is the domain of ONNX Runtime's own operators.
const contrib = "com.microsoft"

// A Destination is where the weights of a graph in eight bits go, and what the
// graph calls it.
type Destination struct {
	io.Writer
	Name string
}

// Write makes the graph in eight bits: ranges are those of runs of the observed
// graph, weights is the folder that the plan's model has its external weights in.
// All weights of the result lie in to, none where they did.
func (p *Plan) Write(ctx context.Context, r *runtime.Runtime, weights string, ranges Ranges, to Destination) ([]byte, error) {
	if len(ranges) != p.Observations() {
		return nil, fmt.Errorf("%d ranges for %d tensors", len(ranges)/2, len(p.observed))
	}
	w := &writer{
		plan: p, folder: newFolder(r, p.model, weights), data: &data{to: to},
		scales: map[string]scale{}, lowered: map[string]string{}, known: map[string]bool{},
	}
	w.compute = w.integer
	for i, name := range p.observed {
		w.scales[name] = scaleOf(ranges[2*i], ranges[2*i+1])
	}
	return w.write(ctx)
}

// A writer holds one graph in progress.
type writer struct {
	plan   *Plan
	folder *folder
	data   *data
	scales map[string]scale // of the observed tensors
	// lowered are the names of activations in eight bits or half precision, by that
	// of what they are.
	lowered map[string]string
	known   map[string]bool // initializers
	// compute adds the nodes of a target with its weights and its bias.
	compute func(n *pb.Node, t target, weights []float32, dims []int64, bias []float32) error

	nodes        []*pb.Node
	initializers []*pb.Tensor
}

func (w *writer) write(ctx context.Context) ([]byte, error) {
	g := w.plan.model.Graph
	gone := map[int]bool{}
	for _, t := range w.plan.targets {
		if t.added >= 0 {
			gone[t.added] = true
		}
	}
	for i, n := range g.Node {
		t, ok := w.plan.targets[i]
		switch {
		case gone[i]:
		case ok:
			if err := w.target(ctx, n, t); err != nil {
				return nil, err
			}
		default:
			w.nodes = append(w.nodes, n)
		}
	}
	if err := w.keepConstants(ctx); err != nil {
		return nil, err
	}
	m := &pb.Model{IrVersion: w.plan.model.IrVersion, Functions: w.plan.model.Functions, OpsetImport: withContrib(w.plan.model.OpsetImport)}
	m.ProtoReflect().SetUnknown(w.plan.model.ProtoReflect().GetUnknown())
	m.Graph = &pb.Graph{Node: w.nodes, Name: g.Name, Initializer: w.initializers, Input: g.Input, Output: g.Output}
	return marshal(m)
}

// target adds the nodes of a target.
func (w *writer) target(ctx context.Context, n *pb.Node, t target) error {
	values, dims, err := w.folder.values(ctx, t.weights)
	if err != nil {
		return err
	}
	var bias []float32
	if t.bias != "" {
		if bias, _, err = w.folder.values(ctx, t.bias); err != nil {
			return err
		}
	}
	return w.compute(n, t, values, dims, bias)
}

// integer adds a target in eight bits.
func (w *writer) integer(n *pb.Node, t target, values []float32, dims []int64, bias []float32) error {
	if t.conv {
		return w.conv(n, t, values, dims, bias)
	}
	return w.product(t, values, dims, bias)
}

// conv adds a convolution.
func (w *writer) conv(n *pb.Node, t target, values []float32, dims []int64, bias []float32) error {
	in, out := w.scales[t.input], w.scales[t.output]
	perChannel := len(values) / int(dims[0])
	q := quantized(values, int(dims[0]), func(i int) int { return i / perChannel }, leastSteps(bias, in))
	weights, steps, zeros, err := w.weights(t.output, q, dims)
	if err != nil {
		return err
	}
	operands := append(w.activation(t.input), weights, steps, zeros, w.step(out), w.zero(out))
	if bias != nil {
		name := prefix + t.output + "_bias"
		if err := w.add(name, element.Int32, dims[:1], appendInt32s(nil, biases(bias, q.steps, in))); err != nil {
			return err
		}
		operands = append(operands, name)
	}
	whole := prefix + t.output
	w.nodes = append(w.nodes,
		node("QLinearConv", "", operands, whole, n.Attribute...),
		node("DequantizeLinear", "", []string{whole, w.step(out), w.zero(out)}, t.output))
	return nil
}

// product adds a product of an activation and a matrix.
func (w *writer) product(t target, values []float32, dims []int64, bias []float32) error {
	rows, columns := int(dims[0]), int(dims[1])
	if t.transposed {
		values = transposed(values, rows, columns)
		rows, columns = columns, rows
	}
	q := quantized(values, columns, func(i int) int { return i % columns }, nil)
	weights, steps, zeros, err := w.weights(t.output, q, []int64{int64(rows), int64(columns)})
	if err != nil {
		return err
	}
	in := w.activation(t.input)
	operands := []string{in[0], weights, in[1], steps, in[2], zeros}
	if bias != nil {
		name := prefix + t.output + "_bias"
		if err := w.add(name, element.Float32, []int64{int64(columns)}, appendFloats(nil, bias)); err != nil {
			return err
		}
		operands = append(operands, name)
	}
	w.nodes = append(w.nodes, node("MatMulIntegerToFloat", contrib, operands, t.output))
	return nil
}

// activation gives an activation in eight bits, its step and its zero.
func (w *writer) activation(name string) []string {
	s := w.scales[name]
	if w.lowered[name] == "" {
		w.lowered[name] = prefix + name + "_q"
		w.nodes = append(w.nodes, node("QuantizeLinear", "", []string{name, w.step(s), w.zero(s)}, w.lowered[name]))
	}
	return []string{w.lowered[name], w.step(s), w.zero(s)}
}

func (w *writer) step(s scale) string {
	return w.small(fmt.Sprintf("%sstep_%g", prefix, s.step), element.Float32, nil, appendFloats(nil, []float32{s.step}))
}

func (w *writer) zero(s scale) string {
	return w.small(fmt.Sprintf("%szero_%d", prefix, s.zero), element.Uint8, nil, []byte{s.zero})
}

// weights adds the weights of what makes output, their steps and their zeros.
func (w *writer) weights(output string, q integers, dims []int64) (weights, steps, zeros string, err error) {
	weights, steps = prefix+output+"_weights", prefix+output+"_steps"
	n := []int64{int64(len(q.steps))}
	err = errors.Join(
		w.add(weights, element.Int8, dims, q.values),
		w.add(steps, element.Float32, n, appendFloats(nil, q.steps)))
	zeros = w.small(fmt.Sprintf("%szeros_%d", prefix, n[0]), element.Int8, n, make([]byte, n[0]))
	return weights, steps, zeros, err
}

// keepConstants takes over the constants that the nodes still need.
func (w *writer) keepConstants(ctx context.Context) error {
	w.dropUnused()
	computing, constant := w.nodes, w.plan.constant
	w.nodes = nil
	var makers []*pb.Node // of constants that stay as they are made
	for _, n := range computing {
		if made(n, constant) {
			makers = append(makers, n)
			continue
		}
		w.nodes = append(w.nodes, n)
	}
	needed := map[string]bool{}
	need := func(name string) {
		if constant[name] {
			needed[name] = true
		}
	}
	for _, n := range w.nodes {
		for _, name := range graph.Operands(n) {
			need(name)
		}
	}
	for _, out := range w.plan.model.Graph.Output {
		need(out.GetName())
	}
	// Large numbers are computed here, once and for all.
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		if w.plan.types[name] != element.Float32 || !w.folder.large(name) {
			continue
		}
		delete(needed, name)
		values, dims, err := w.folder.values(ctx, name)
		if err != nil {
			return err
		}
		if err := w.add(name, element.Float32, dims, appendFloats(nil, values)); err != nil {
			return err
		}
	}
	return w.keepSmall(needed, makers)
}

// keepSmall takes over constants as they are, with the nodes that make them.
func (w *writer) keepSmall(needed map[string]bool, makers []*pb.Node) error {
	var kept []*pb.Node
	for _, n := range slices.Backward(makers) {
		if !slices.ContainsFunc(n.Output, func(out string) bool { return needed[out] }) {
			continue
		}
		for _, name := range graph.Operands(n) {
			needed[name] = true
		}
		kept = append(kept, n)
	}
	slices.Reverse(kept)
	w.nodes = append(kept, w.nodes...)
	for _, t := range w.plan.model.Graph.Initializer {
		switch {
		case !needed[t.GetName()]:
		case t.GetDataLocation() == external:
			return fmt.Errorf("weights %s are of the type %s, which is not taken over", t.GetName(), element.Type(t.GetDataType()))
		default:
			w.initializers = append(w.initializers, t)
		}
	}
	return nil
}

// made reports whether a node makes constants.
func made(n *pb.Node, constant map[string]bool) bool {
	return slices.ContainsFunc(n.Output, func(out string) bool { return out != "" && constant[out] })
}

// dropUnused drops the nodes of which nothing is used any more.
func (w *writer) dropUnused() {
	used := map[string]bool{}
	for _, out := range w.plan.model.Graph.Output {
		used[out.GetName()] = true
	}
	var kept []*pb.Node
	for _, n := range slices.Backward(w.nodes) {
		if !slices.ContainsFunc(n.Output, func(out string) bool { return used[out] }) {
			continue
		}
		for _, name := range graph.Operands(n) {
			used[name] = true
		}
		kept = append(kept, n)
	}
	slices.Reverse(kept)
	w.nodes = kept
}

// small adds an initializer once that is the same wherever it is used.
func (w *writer) small(name string, typ element.Type, dims []int64, raw []byte) string {
	if !w.known[name] {
		w.known[name] = true
		w.initializers = append(w.initializers, rawTensor(name, typ, dims, raw))
	}
	return name
}

// add adds an initializer, with its values in the file of weights if they are many.
func (w *writer) add(name string, typ element.Type, dims []int64, raw []byte) error {
	t, err := w.data.tensor(name, typ, dims, raw)
	w.initializers = append(w.initializers, t)
	return err
}

// large reports whether many numbers go into a constant.
func (f *folder) large(name string) bool {
	if t := f.initializers[name]; t != nil {
		return t.GetDataLocation() == external || len(t.RawData) > inlineBytes
	}
	n := f.makers[name]
	return len(graph.Attribute(n, "value").GetT().GetRawData()) > inlineBytes || slices.ContainsFunc(graph.Operands(n), f.large)
}

// data is a file of weights that is being written.
type data struct {
	to Destination
	at int64
}

const (
	// inlineBytes is what a tensor holds at most that is part of the graph itself.
	inlineBytes = 1 << 10
	// alignment is what the weights begin at multiples of.
	alignment = 64
	// external is the number of ONNX for data that lie in another file.
	external = 1
)

// tensor is one whose values lie in the file if they are many.
func (d *data) tensor(name string, typ element.Type, dims []int64, raw []byte) (*pb.Tensor, error) {
	if len(raw) <= inlineBytes {
		return rawTensor(name, typ, dims, raw), nil
	}
	padded := append(make([]byte, -d.at&(alignment-1)), raw...)
	begin := d.at + int64(len(padded)-len(raw))
	n, err := d.to.Write(padded)
	d.at += int64(n)
	t := rawTensor(name, typ, dims, nil)
	t.RawData, t.DataLocation = nil, proto.Int32(external)
	t.ExternalData = []*pb.StringEntry{
		entry("location", d.to.Name), entry("offset", strconv.FormatInt(begin, 10)), entry("length", strconv.Itoa(len(raw))),
	}
	return t, err
}

func entry(key, value string) *pb.StringEntry {
	return &pb.StringEntry{Key: proto.String(key), Value: proto.String(value)}
}

func rawTensor(name string, typ element.Type, dims []int64, raw []byte) *pb.Tensor {
	return &pb.Tensor{Name: proto.String(name), DataType: proto.Int32(int32(typ)), Dims: dims, RawData: raw}
}

func node(op, domain string, in []string, out string, attributes ...*pb.Attribute) *pb.Node {
	n := &pb.Node{OpType: proto.String(op), Name: proto.String(out), Input: in, Output: []string{out}, Attribute: attributes}
	if domain != "" {
		n.Domain = proto.String(domain)
	}
	return n
}

// withContrib is the operator sets with that of ONNX Runtime's own.
func withContrib(sets []*pb.OperatorSet) []*pb.OperatorSet {
	if slices.ContainsFunc(sets, func(s *pb.OperatorSet) bool { return s.GetDomain() == contrib }) {
		return sets
	}
	return append(slices.Clone(sets), &pb.OperatorSet{Domain: proto.String(contrib), Version: proto.Int64(1)})
}

func marshal(m *pb.Model) ([]byte, error) {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the graph: %w", err)
	}
	return data, nil
}

func appendFloats(raw []byte, values []float32) []byte {
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return raw
}

func appendInt32s(raw []byte, values []int32) []byte {
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
	}
	return raw
}

// transposed is a matrix with its rows for columns.
func transposed(values []float32, rows, columns int) []float32 {
	out := make([]float32, len(values))
	for r := range rows {
		for c := range columns {
			out[c*rows+r] = values[r*columns+c]
		}
	}
	return out
}
