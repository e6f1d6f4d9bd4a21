package graph

import (
	"fmt"
	"slices"
	"strings"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// A Layer is one attention layer of the UNet:
//
//	probs = softmax(scale · Q Kᵀ)    [B, heads, pixels, tokens or pixels]
//	out   = probs V
type Layer struct {
	// Index counts the layers in the order in which they are computed.
	Index int `json:"index"`
	// Name is the layer's path in the model, such as
	// "down_blocks.0/attentions.0/transformer_blocks.0/attn2".
	Name string `json:"name"`
	// Cross tells cross-attention (keys and values from the text) from
	// self-attention (from the pixels).
	Cross bool `json:"cross"`
	// Heads is the number of attention heads, 0 before a probing run.
	Heads int `json:"heads"`
	// Level is how often the sides of the latents are halved before the layer,
	// 0 before a probing run.
	Level int `json:"level"`
	// Pixels is the number of queries at the resolution of the probing run, 0
	// before it.
	Pixels int `json:"pixels"`
}

// attention is where a layer is in the graph.
type attention struct {
	Layer
	queries string       // left operand of the MatMul Q·Kᵀ
	keys    string       // its right operand
	product int          // node of the MatMul probs·V
	probs   string       // its left operand [B·h, N, M] or [B, h, N, M]
	value   string       // its right operand [B·h, M, d] or [B, h, M, d]
	out     string       // its result
	typ     element.Type // element type of all three
	axis    int64        // of the Softmax
	rank    int          // of the maps, 0 before a probing run
	// plain: between Q·Kᵀ and the Softmax there is nothing but factors.
	plain   bool
	factors []factor
	// alpha is the factor of the product Q·Kᵀ itself. turned: it turns its right
	// operand, which is [.., M, d].
	alpha  float32
	turned bool
}

// A finder looks for attention in a graph.
type finder struct {
	graph     *pb.Graph
	opset     int64
	producers map[string]int   // tensor → node
	consumers map[string][]int // tensor → nodes
	outputs   map[string]bool
	taints    map[string]taint
	types     map[string]element.Type
	constants map[string]*pb.Tensor // initializers
}

func newFinder(m *Model, sample, text string) *finder {
	g := m.proto.Graph
	f := &finder{
		graph:     g,
		opset:     m.opset,
		producers: map[string]int{},
		consumers: map[string][]int{},
		outputs:   map[string]bool{},
		taints:    taints(g, map[string]taint{sample: fromSample, text: fromText}, nil),
		types:     elementTypes(g),
		constants: map[string]*pb.Tensor{},
	}
	for _, t := range g.Initializer {
		f.constants[t.GetName()] = t
	}
	for i, n := range g.Node {
		for _, out := range n.Output {
			f.producers[out] = i
		}
		for _, in := range operands(n) {
			if c := f.consumers[in]; len(c) == 0 || c[len(c)-1] != i {
				f.consumers[in] = append(c, i)
			}
		}
	}
	// The empty name stands for an operand or result that was left out.
	delete(f.producers, "")
	delete(f.consumers, "")
	for _, out := range g.Output {
		f.outputs[out.GetName()] = true
	}
	return f
}

// findAttention returns the attention layers of m, whose latents and text are
// called sample and text. It refuses a graph in which it cannot be sure to
// have found all of them.
func findAttention(m *Model, sample, text string) ([]attention, error) {
	if err := refuseHidden(m.proto); err != nil {
		return nil, err
	}
	f := newFinder(m, sample, text)
	var layers []attention
	queries := map[string]string{}
	for i, n := range m.proto.Graph.Node {
		if n.GetOpType() != "Softmax" {
			continue
		}
		l, query, err := f.layer(i)
		if err != nil {
			return nil, err
		}
		if first, ok := queries[query]; ok && query != "" {
			return nil, unsupported("%s and %s attend with parts of the same queries %q: sliced attention; export without attention slicing", first, describe(n), query)
		}
		queries[query] = describe(n)
		l.Index = len(layers)
		layers = append(layers, l)
	}
	if !slices.ContainsFunc(layers, func(l attention) bool { return l.Cross }) {
		return nil, unsupported("no cross-attention was found: no Softmax attends to %s", text)
	}
	return layers, f.refuseBypass(layers, text)
}

// refuseHidden refuses attention that is not spelled out in the main graph.
func refuseHidden(m *pb.Model) error {
	for _, n := range m.Graph.Node {
		if strings.Contains(strings.ToLower(n.GetOpType()), "attention") {
			return unsupported("%s is fused attention, which hides the maps; use the export before optimisation", describe(n))
		}
		for sub := range subgraphs(n) {
			if inner := hiding(sub.Node); inner != nil {
				return unsupported("%s has %s in its body", describe(n), describe(inner))
			}
		}
	}
	for _, f := range m.Functions {
		if inner := hiding(f.Node); inner != nil {
			return unsupported("function %s.%s has %s in its body; inline the model's functions", f.GetDomain(), f.GetName(), describe(inner))
		}
	}
	return nil
}

// hiding returns the first node among nodes and the bodies in them that could
// be attention.
func hiding(nodes []*pb.Node) *pb.Node {
	for _, n := range nodes {
		if n.GetOpType() == "Softmax" || strings.Contains(strings.ToLower(n.GetOpType()), "attention") {
			return n
		}
		for sub := range subgraphs(n) {
			if inner := hiding(sub.Node); inner != nil {
				return inner
			}
		}
	}
	return nil
}

// layer works out the attention around a Softmax. query names the tensor that
// the queries are a slice of, or is empty.
func (f *finder) layer(softmax int) (l attention, query string, err error) {
	n := f.graph.Node[softmax]
	axis, err := f.axis(n)
	if err != nil {
		return l, "", err
	}
	product, probs, err := f.product(n)
	if err != nil {
		return l, "", err
	}
	scores, err := f.scores(n)
	if err != nil {
		return l, "", err
	}
	l = attention{
		queries: f.graph.Node[scores].Input[0],
		keys:    f.graph.Node[scores].Input[1],
		product: product,
		probs:   probs,
		value:   f.graph.Node[product].Input[1],
		out:     f.graph.Node[product].Output[0],
		typ:     f.types[probs],
		axis:    axis,
	}
	l.Name = layerName(n)
	l.factors, l.plain = f.plainly(n)
	l.plain = l.plain && f.types[l.queries] == l.typ && f.types[l.keys] == l.typ && f.types[l.value] == l.typ
	l.alpha, l.turned = 1, attribute(f.graph.Node[scores], "transB").GetI() == 1
	if a := attribute(f.graph.Node[scores], "alpha"); a != nil {
		l.alpha = a.GetF()
	}
	if l.Cross, err = f.cross(n, l); err != nil {
		return l, "", err
	}
	if !l.typ.Float() {
		return l, "", unsupported("%s: the element type of its maps cannot be told (%s)", describe(n), l.typ)
	}
	return l, f.slicedFrom(l.queries), nil
}

// axis returns the axis of a Softmax, which has to be the last one. A positive
// axis is compared with the rank after the probing run.
func (f *finder) axis(n *pb.Node) (int64, error) {
	if len(n.Input) != 1 || len(n.Output) != 1 {
		return 0, malformed("%s has %d inputs and %d outputs", describe(n), len(n.Input), len(n.Output))
	}
	axis := int64(-1)
	if f.opset < 13 {
		axis = 1 // and all that follow
	}
	if a := attribute(n, "axis"); a != nil {
		axis = a.GetI()
	}
	if axis != -1 && axis != 2 && axis != 3 {
		return 0, unsupported("%s runs over axis %d, not over the keys", describe(n), axis)
	}
	return axis, nil
}

// layoutOps are the operators between Softmax and probs·V that change neither
// a map's values nor its last two dimensions.
var layoutOps = []string{"Cast", "CastLike", "Identity", "Dropout", "Expand", "Reshape", "Squeeze", "Unsqueeze"}

// product follows the maps from their Softmax to the MatMul with V. The maps
// must go nowhere else, or something would see them without control.
func (f *finder) product(softmax *pb.Node) (node int, probs string, err error) {
	probs = softmax.Output[0]
	for {
		if f.outputs[probs] {
			return 0, "", unsupported("%s: its result is an output of the graph", describe(softmax))
		}
		node, err := f.onlyConsumer(softmax, probs)
		if err != nil {
			return 0, "", err
		}
		n := f.graph.Node[node]
		if !standard(n.GetDomain()) {
			return 0, "", unsupported("%s: its role is unknown: its result goes into %s", describe(softmax), describe(n))
		}
		if n.GetOpType() == "MatMul" && len(n.Input) == 2 && n.Input[0] == probs && n.Input[1] != probs {
			return node, probs, nil
		}
		if !slices.Contains(layoutOps, n.GetOpType()) || len(n.Input) == 0 || n.Input[0] != probs {
			return 0, "", unsupported("%s: its role is unknown: its result goes into %s", describe(softmax), describe(n))
		}
		probs = n.Output[0]
	}
}

// onlyConsumer returns the node that takes the data of a tensor.
func (f *finder) onlyConsumer(softmax *pb.Node, name string) (int, error) {
	found := -1
	for _, c := range f.consumers[name] {
		n := f.graph.Node[c]
		if op := n.GetOpType(); standard(n.GetDomain()) && (op == "Shape" || op == "Size") {
			continue
		}
		if found >= 0 {
			return 0, unsupported("%s: its result goes into both %s and %s", describe(softmax), describe(f.graph.Node[found]), describe(n))
		}
		found = c
	}
	if found < 0 {
		return 0, unsupported("%s: its role is unknown: nothing uses its result", describe(softmax))
	}
	return found, nil
}

// scaleOps are the operators between Q·Kᵀ and Softmax: scale, mask, precision.
var scaleOps = []string{"Mul", "Div", "Add", "Sub", "Cast", "CastLike", "Identity", "Reshape", "Squeeze", "Unsqueeze"}

// scores walks back from a Softmax to the MatMul Q·Kᵀ.
func (f *finder) scores(softmax *pb.Node) (int, error) {
	name := softmax.Input[0]
	for {
		i, ok := f.producers[name]
		if !ok {
			return 0, unsupported("%s: its role is unknown: it works on %q", describe(softmax), name)
		}
		n := f.graph.Node[i]
		if isProduct(n) && len(n.Input) == 2 {
			return i, nil
		}
		name = f.onlyData(n)
		if name == "" || !standard(n.GetDomain()) || !slices.Contains(scaleOps, n.GetOpType()) {
			return 0, unsupported("%s: its role is unknown: it works on the result of %s", describe(softmax), describe(n))
		}
	}
}

// isProduct reports whether a node is Q·Kᵀ: a MatMul, or one into which ONNX
// Runtime put the scale and the transposition of K.
func isProduct(n *pb.Node) bool {
	return standard(n.GetDomain()) && n.GetOpType() == "MatMul" || n.GetDomain() == Contrib && n.GetOpType() == "FusedMatMul"
}

// onlyData returns the one operand of n that descends from the latents or the
// text, or "" where none or several do.
func (f *finder) onlyData(n *pb.Node) string {
	in := n.Input
	if count, ok := dataOperands[n.GetOpType()]; ok {
		in = in[:min(count, len(in))]
	}
	data := ""
	for _, name := range in {
		if f.taints[name] == 0 {
			continue
		}
		if data != "" {
			return ""
		}
		data = name
	}
	return data
}

// cross tells cross-attention from self-attention by what keys and values
// descend from: the text alone, or the latents.
func (f *finder) cross(softmax *pb.Node, l attention) (bool, error) {
	q, k, v := f.taints[l.queries], f.taints[l.keys], f.taints[l.value]
	switch {
	case q&fromSample == 0:
		return false, unsupported("%s: its queries do not descend from the latents", describe(softmax))
	case k == 0:
		return false, unsupported("%s: its keys descend neither from the latents nor from the text", describe(softmax))
	case v == 0:
		return false, unsupported("%s: its values descend neither from the latents nor from the text", describe(softmax))
	case k&fromSample != v&fromSample:
		return false, unsupported("%s: of its keys and values, one descends from the latents and the other does not", describe(softmax))
	}
	return k&fromSample == 0, nil
}

// projectionOps make queries out of features; going back from Q stops there.
var projectionOps = []string{"MatMul", "Gemm", "Conv", "Einsum"}

// slicedFrom returns the tensor that the queries of a layer were cut out of,
// or "" where they were not cut at all.
func (f *finder) slicedFrom(query string) string {
	sliced := false
	for {
		i, ok := f.producers[query]
		if !ok {
			break
		}
		n := f.graph.Node[i]
		if slices.Contains(projectionOps, n.GetOpType()) {
			break
		}
		if op := n.GetOpType(); op == "Slice" || op == "Split" || op == "Gather" {
			sliced = true
		}
		next := f.onlyData(n)
		if next == "" {
			break
		}
		query = next
	}
	if !sliced {
		return ""
	}
	return query
}

// refuseBypass refuses a graph in which the text reaches the result on any
// path but through the keys and values of the cross-attention that was found:
// then some of it was not found, and an edit would control the rest only.
func (f *finder) refuseBypass(layers []attention, text string) error {
	cut := map[string]bool{}
	var free []string // what the text must not reach
	for _, l := range layers {
		free = append(free, l.queries)
		if l.Cross {
			cut[l.out] = true
		} else {
			free = append(free, l.keys, l.value)
		}
	}
	for _, out := range f.graph.Output {
		free = append(free, out.GetName())
	}
	reached := taints(f.graph, map[string]taint{text: fromText}, cut)
	for _, name := range free {
		if reached[name] != 0 {
			return unsupported("%s lets %s reach the result around the cross-attention that was found", f.meeting(name, reached), text)
		}
	}
	return nil
}

// meeting walks back from a tensor along what the text reached, to the node
// where the text meets the latents, and describes it.
func (f *finder) meeting(name string, reached map[string]taint) string {
	for {
		i, ok := f.producers[name]
		if !ok {
			return fmt.Sprintf("%q", name)
		}
		n := f.graph.Node[i]
		next := ""
		for _, in := range operands(n) {
			if reached[in] == 0 {
				continue
			}
			if f.taints[in]&fromSample == 0 {
				return describe(n)
			}
			if next == "" {
				next = in
			}
		}
		if next == "" {
			return describe(n)
		}
		name = next
	}
}

// layerName is the path of a layer, from the name of its Softmax.
func layerName(n *pb.Node) string {
	name := n.GetName()
	if name == "" {
		name = n.Output[0]
	}
	return strings.TrimSuffix(strings.Trim(name, "/"), "/Softmax")
}
