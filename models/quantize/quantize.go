// Package quantize has a graph compute most of its convolutions and matrix
// products in eight bits.
//
// Start with [Find], which chooses what of a graph is computed so. [Plan.Observed]
// is the graph with one more output, the [Ranges] of everything whose range has to
// be known; runs of it are what the graph is calibrated with. [Plan.Write] then
// makes the graph in eight bits.
//
// Numbers are (q − zero)·scale. Activations are uint8 with one scale for a whole
// tensor, which is a constant: so no row of a batch changes what another gives.
// Weights are int8 with a scale for every output channel and a zero of 0.
//
//	conv     QuantizeLinear → QLinearConv → DequantizeLinear
//	product  QuantizeLinear → MatMulIntegerToFloat
//
// Sums are integers and exact, so the result does not depend on how many threads
// there are. What has few channels (the first and the last convolution), what
// computes with the timestep alone, products of two activations (attention) and
// normalisations stay in single precision. See docs/decisions.
//
// [Plan.WriteHalf] computes the same nodes in half precision instead, for GPUs.
package quantize

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
)

// ErrNothing says that a graph has nothing that could be computed in eight bits,
// such as one in half precision.
var ErrNothing = errors.New("has no convolution or matrix product in single precision that could be computed in eight bits")

// fewChannels is the number of channels below which a convolution stays as it is:
// it takes latents or makes them, or pictures, of which every bit is seen.
const fewChannels = 16

// A Plan says what of a graph is computed in eight bits.
type Plan struct {
	model   *pb.Model
	targets map[int]target // by node
	// observed are the tensors whose ranges have to be known.
	observed []string
	// constant are the tensors that are made of weights alone.
	constant map[string]bool
	types    map[string]element.Type
	dims     map[string][]int64 // of constants
}

// A target is a node that is computed in eight bits.
type target struct {
	conv                 bool
	input, weights, bias string // bias may be empty
	output               string
	transposed           bool // a product's weights are [out, in] and not [in, out]
	added                int  // the node that adds the bias, which goes; -1 for none
}

// Find chooses what of a model is computed in eight bits. inputs are those that
// carry data: what descends from none of them stays as it is.
func Find(model []byte, inputs []string) (*Plan, error) {
	m := &pb.Model{}
	if err := proto.Unmarshal(model, m); err != nil {
		return nil, fmt.Errorf("%w: %w", graph.ErrMalformed, err)
	}
	g := m.GetGraph()
	p := &Plan{model: m, targets: map[int]target{}, constant: constants(g), types: graph.ElementTypes(g)}
	p.dims = constantDims(g, p.constant)
	f := finder{Plan: p, data: graph.Descendants(g, inputs...), consumers: consumers(g)}
	for i, n := range g.Node {
		t, ok := f.target(n)
		if !ok {
			continue
		}
		p.targets[i] = t
		p.observe(t.input)
		if t.conv {
			p.observe(t.output)
		}
	}
	if len(p.targets) == 0 {
		return nil, ErrNothing
	}
	return p, nil
}

// observe adds a tensor to those whose ranges have to be known.
func (p *Plan) observe(name string) {
	if !slices.Contains(p.observed, name) {
		p.observed = append(p.observed, name)
	}
}

// Bytes is how much the weights take in single precision, how much in half and how
// much in eight bits, about.
func (p *Plan) Bytes() (single, half, eight int64) {
	for _, t := range p.model.Graph.Initializer {
		values := int64(1)
		for _, n := range t.Dims {
			values *= n
		}
		single += 4 * values
	}
	half, eight = single, single
	for _, t := range p.targets {
		values := int64(1)
		for _, n := range p.dims[t.weights] {
			values *= n
		}
		half -= 2 * values
		eight -= 3 * values
	}
	return single, half, eight
}

// Len is how many nodes are computed in eight bits.
func (p *Plan) Len() int { return len(p.targets) }

// A finder looks for targets.
type finder struct {
	*Plan
	data      map[string]bool
	consumers map[string][]int
}

// target is what a node computes, if it can be computed in eight bits.
func (f finder) target(n *pb.Node) (target, bool) {
	if len(n.Input) < 2 || len(n.Output) != 1 || !standard(n.GetDomain()) || !f.data[n.Input[0]] {
		return target{}, false
	}
	t := target{input: n.Input[0], weights: n.Input[1], output: n.Output[0], added: -1}
	if len(n.Input) > 2 {
		t.bias = n.Input[2]
	}
	dims := f.dims[t.weights]
	if !f.single(t.weights) || t.bias != "" && !f.single(t.bias) {
		return target{}, false
	}
	switch n.GetOpType() {
	case "Conv":
		t.conv = true
		return t, len(dims) == 4 && dims[0] >= fewChannels && dims[1]*groups(n) >= fewChannels
	case "Gemm":
		t.transposed = graph.Attribute(n, "transB").GetI() == 1
		return t, len(dims) == 2 && plain(n) && f.fitsBias(t)
	case "MatMul":
		if len(dims) != 2 {
			return t, false
		}
		return f.withBias(t), true
	}
	return target{}, false
}

// single reports whether a tensor is a constant in single precision.
func (f finder) single(name string) bool {
	return f.constant[name] && f.types[name] == element.Float32
}

// fitsBias reports whether the bias of a Gemm is one number for each column.
func (f finder) fitsBias(t target) bool {
	columns := f.dims[t.weights][1]
	if t.transposed {
		columns = f.dims[t.weights][0]
	}
	return t.bias == "" || slices.Equal(f.dims[t.bias], []int64{columns})
}

// withBias takes the addition of a bias behind a product into it.
func (f finder) withBias(t target) target {
	users := f.consumers[t.output]
	if len(users) != 1 || users[0] < 0 {
		return t
	}
	add := f.model.Graph.Node[users[0]]
	if add.GetOpType() != "Add" || !standard(add.GetDomain()) || len(add.Input) != 2 {
		return t
	}
	bias := add.Input[0]
	if bias == t.output {
		bias = add.Input[1]
	}
	if !f.single(bias) || !slices.Equal(f.dims[bias], f.dims[t.weights][1:]) {
		return t
	}
	t.bias, t.output, t.added = bias, add.Output[0], users[0]
	return t
}

// plain reports whether a Gemm is a product and a sum and no more.
func plain(n *pb.Node) bool {
	one := func(name string) bool {
		a := graph.Attribute(n, name)
		return a == nil || a.GetF() == 1
	}
	return one("alpha") && one("beta") && graph.Attribute(n, "transA").GetI() == 0
}

func groups(n *pb.Node) int64 { return max(1, graph.Attribute(n, "group").GetI()) }

func standard(domain string) bool { return domain == "" || domain == "ai.onnx" }

// consumers are the nodes that read each tensor; -1 stands for the outputs of the
// graph.
func consumers(g *pb.Graph) map[string][]int {
	all := map[string][]int{}
	for i, n := range g.Node {
		for _, name := range graph.Operands(n) {
			all[name] = append(all[name], i)
		}
	}
	for _, out := range g.Output {
		all[out.GetName()] = append(all[out.GetName()], -1)
	}
	return all
}
