package graph

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// Options are what a controlled graph has besides the control itself.
type Options struct {
	// Capture lists the layers whose maps can be fetched, as outputs p2p_probs_l.
	Capture []int
	// Cache lists the layers that can take maps of an earlier run for their
	// source, from inputs p2p_cache_l.
	Cache []int
	// MapLevel is the level that Maps should be of: it is the mean of the
	// cross-attention layers at this level, or at the next one that has any, or
	// at the last.
	MapLevel int
	// Unseen lists the self-attention layers whose maps nobody takes over and
	// nobody looks at: they are computed without them, where the graph allows it,
	// and what [SelfSource] says of them is ignored then.
	Unseen []int
}

// Inputs and outputs that the rewriter adds. In their shapes B counts rows, L
// all attention layers, M tokens; h and N are a layer's heads and pixels. All
// floating-point ones are float32, whatever the UNet's precision.
const (
	// CrossSource is, for every row, the row that its cross-attention maps
	// come from; B+i is row i of the layer's cache. int64 [B]
	CrossSource = "p2p_cross_source"
	// Mapper takes a source's tokens (rows) to a row's own (columns).
	// float32 [B, M, M]
	Mapper = "p2p_mapper"
	// Take is the share of each token's mapped source map. float32 [B, M]
	Take = "p2p_take"
	// Keep is the share of each token's own map. float32 [B, M]
	Keep = "p2p_keep"
	// SelfSource is, for every layer and row, the row that its self-attention
	// map comes from, like CrossSource. What it says of cross-attention layers
	// is ignored. int64 [L, B]
	SelfSource = "p2p_self_source"
	// ValueSource is, for every layer and row, the row that values come from.
	// int64 [L, B]
	ValueSource = "p2p_value_source"
	// SelfValueMix is the share of the source's values in self-attention.
	// What it says of cross-attention layers is ignored. float32 [L, B]
	SelfValueMix = "p2p_self_value_mix"
	// CrossValueMix is the share of the source's mapped values in each
	// token's value. float32 [B, M]
	CrossValueMix = "p2p_cross_value_mix"
	// Depth is how many times the control is applied: 1 where sources are rows
	// that are not controlled themselves, d for a chain of d rows each
	// controlled by the one before. int64 scalar
	Depth = "p2p_depth"
	// CaptureRows are the rows whose maps go to the p2p_probs outputs; none is
	// an empty tensor. Only there with Options.Capture. int64 [K]
	CaptureRows = "p2p_capture"
	// Maps is the mean over heads and over the cross-attention layers of one
	// resolution, after the control. float32 [B, N, M]
	Maps = "p2p_maps"
)

// CacheInput names the input for maps that layer l may have as sources.
// float32 [C, h, N, M]; C may be 0.
func CacheInput(layer int) string { return fmt.Sprintf("%scache_%d", prefix, layer) }

// ProbsOutput names the output for the maps of layer l, after the control.
// float32 [K, h, N, M]
func ProbsOutput(layer int) string { return fmt.Sprintf("%sprobs_%d", prefix, layer) }

// minOpset is the first operator set in which all operators that are spliced in
// exist for the types that they are used with.
const minOpset = 11

// A Controlled is a UNet whose attention can be controlled.
type Controlled struct {
	// Graph is the ONNX model. The same input gives the same bytes. Weights in
	// other files stay there.
	Graph []byte
	// Info describes the graph's interface: latents, text and noise are
	// float32 in it, whatever the precision.
	Info Info
	// Inputs and Outputs are all that the graph has, in order.
	Inputs, Outputs []Value
	// MapLayers are the layers that Maps is the mean of, and MapLevel is how
	// often the sides of the latents are halved before each of them.
	MapLayers []int
	MapLevel  int
}

// Rewrite makes the controlled UNet. Every attention layer becomes, for row b
// of a batch (P2P, section 3.2),
//
//	all    = concat(own [B, h, N, M], cache [C, h, N, M])
//	cross: probs_b = (all[cross_source_b] · mapper_b) · take_b + own_b · keep_b
//	       value_bj = (1 − mix_bj) value_bj + mix_bj Σ_i mapper_bij value_i    of row value_source_lb
//	self:  probs_b = all[self_source_lb]
//	       value_b = (1 − mix_lb) value_b + mix_lb value                       of row value_source_lb
//
// repeated Depth times, each time with the results of the time before as the
// sources. It fails with [ErrUnsupported] where any part of the attention
// would stay uncontrolled.
func Rewrite(m *Model, probe Probe, o Options) (*Controlled, error) {
	info, found, err := inspect(m)
	if err != nil {
		return nil, err
	}
	if m.opset < minOpset {
		return nil, unsupported("operator set %d is older than %d", m.opset, minOpset)
	}
	if err := refuseControlled(m); err != nil {
		return nil, err
	}
	if info.Layers, err = probe.layers(found); err != nil {
		return nil, err
	}
	r := &rewriter{
		info:    info,
		found:   found,
		head:    &block{builder: newBuilder(m.opset)},
		capture: layerSet(o.Capture),
		cache:   layerSet(o.Cache),
		unseen:  layerSet(o.Unseen),
		types:   elementTypes(m.proto.Graph),
		casts:   map[cast]string{},
	}
	for _, l := range slices.Concat(o.Capture, o.Cache, o.Unseen) {
		if l < 0 || l >= len(found) {
			return nil, fmt.Errorf("layer %d does not exist: there are %d", l, len(found))
		}
	}
	r.mapLayers = mapLayers(info.Layers, o.MapLevel)
	return r.rewrite(m)
}

func layerSet(layers []int) map[int]bool {
	set := map[int]bool{}
	for _, l := range layers {
		set[l] = true
	}
	return set
}

// refuseControlled refuses a graph that uses the rewriter's names already.
func refuseControlled(m *Model) error {
	g := m.proto.Graph
	var names []string
	for _, in := range g.Input {
		names = append(names, in.GetName())
	}
	for _, w := range weights(g) {
		names = append(names, w.GetName())
	}
	for _, n := range g.Node {
		names = append(names, n.Output...)
	}
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			return unsupported("the name %q is one that this rewriter gives: it was rewritten before", name)
		}
	}
	return nil
}

// mapLayers returns the cross-attention layers of the first level from wanted
// on that has any, or of the last level where none has.
func mapLayers(layers []Layer, wanted int) []int {
	best := -1
	for _, l := range layers {
		if !l.Cross {
			continue
		}
		switch fits := l.Level >= wanted; {
		case best < 0,
			fits && (best < wanted || l.Level < best),
			!fits && l.Level > best:
			best = l.Level
		}
	}
	var chosen []int
	for _, l := range layers {
		if l.Cross && l.Level == best {
			chosen = append(chosen, l.Index)
		}
	}
	return chosen
}

// A rewriter holds one rewriting in progress.
type rewriter struct {
	info           Info
	found          []attention
	capture, cache map[int]bool
	unseen         map[int]bool
	types          map[string]element.Type // of the UNet's tensors
	mapLayers      []int

	head    *block // nodes that come before the UNet's own
	tail    *block // nodes that come after them
	inputs  []Value
	outputs []Value
	casts   map[cast]string

	rows      string   // [1], the number of rows B
	chained   string   // bool scalar, Depth > 1
	layers    []active // conditions, by layer
	layerMaps []string // names of the maps [B, N, M] of mapLayers
}

// A cast is a control tensor in some layer's precision.
type cast struct {
	name string
	typ  element.Type
}

func (r *rewriter) rewrite(m *Model) (*Controlled, error) {
	r.tail = &block{builder: r.head.builder}
	g := cloneGraph(m.proto.Graph)
	r.widen(g)
	r.addControls()
	bodies := map[int]*block{}
	for i := range r.found {
		a := &r.found[i]
		if r.withoutMaps(a) {
			bodies[a.product] = r.fused(a)
		} else {
			bodies[a.product] = r.layer(a)
		}
	}
	r.addMaps()

	nodes := r.head.nodes
	for i, n := range g.Node {
		if body, ok := bodies[i]; ok {
			nodes = append(nodes, body.nodes...)
			continue
		}
		nodes = append(nodes, n)
	}
	g.Node = append(nodes, r.tail.nodes...)
	g.Initializer = slices.Concat(g.Initializer, r.head.constants)
	inputs := append(r.info.Inputs(), r.inputs...)
	outputs := append([]Value{r.info.Noise}, r.outputs...)
	g.Input = append(g.Input, infos(r.inputs)...)
	g.Output = append(g.Output, infos(r.outputs)...)
	model := m.proto
	if slices.ContainsFunc(r.found, func(a attention) bool { return r.withoutMaps(&a) }) {
		g.Node = pruned(g.Node, g.Output) // what made the maps
		model = importing(model, Contrib)
	}
	data, err := marshal(model, g)
	if err != nil {
		return nil, err
	}
	return &Controlled{
		Graph: data, Info: r.info, Inputs: inputs, Outputs: outputs,
		MapLayers: r.mapLayers, MapLevel: r.info.Layers[r.mapLayers[0]].Level,
	}, nil
}

// widen gives the graph float32 latents, text and noise, so that callers deal
// with one type.
func (r *rewriter) widen(g *pb.Graph) {
	for _, v := range []*Value{&r.info.Sample, &r.info.Text, &r.info.Timestep, &r.info.Pooled, &r.info.TimeIDs, &r.info.TimestepCond} {
		if !v.Type.Float() || v.Type == element.Float32 {
			continue
		}
		inner := *v
		v.Name, v.Type = prefix+inner.Name, element.Float32
		i := slices.IndexFunc(g.Input, func(in *pb.ValueInfo) bool { return in.GetName() == inner.Name })
		g.Input[i] = ValueInfo(*v)
		r.head.opTo(inner.Name, "Cast", []string{v.Name}, pb.Int("to", int64(inner.Type)))
	}
	if noise := &r.info.Noise; noise.Type != element.Float32 {
		i := slices.IndexFunc(g.Output, func(out *pb.ValueInfo) bool { return out.GetName() == noise.Name })
		inner := *noise
		noise.Name, noise.Type = prefix+inner.Name, element.Float32
		g.Output[i] = ValueInfo(*noise)
		r.tail.opTo(noise.Name, "Cast", []string{inner.Name}, pb.Int("to", int64(element.Float32)))
	}
}

// addMaps adds the output Maps from the maps of the layers.
func (r *rewriter) addMaps() {
	b := r.tail
	sum := b.op("Sum", r.layerMaps)
	b.opTo(Maps, "Mul", []string{sum, b.float(1 / float32(len(r.layerMaps)))})
	r.outputs = append(r.outputs, Value{Name: Maps, Type: element.Float32, Ranked: true, Dims: []Dim{{Name: "B"}, {Name: "N"}, {Name: "M"}}})
}

// infos describe inputs or outputs in ONNX's own words.
func infos(values []Value) []*pb.ValueInfo {
	all := make([]*pb.ValueInfo, len(values))
	for i, v := range values {
		all[i] = ValueInfo(v)
	}
	return all
}

// importing is a model that may use operators of a domain.
func importing(m *pb.Model, domain string) *pb.Model {
	if slices.ContainsFunc(m.OpsetImport, func(s *pb.OperatorSet) bool { return s.GetDomain() == domain }) {
		return m
	}
	c := &pb.Model{
		IrVersion: m.IrVersion, Functions: m.Functions,
		OpsetImport: append(slices.Clone(m.OpsetImport), &pb.OperatorSet{Domain: proto.String(domain), Version: proto.Int64(1)}),
	}
	c.ProtoReflect().SetUnknown(m.ProtoReflect().GetUnknown())
	return c
}

// cloneGraph copies a graph as far as the rewriter changes it: the lists, not
// what is in them.
func cloneGraph(g *pb.Graph) *pb.Graph {
	c := &pb.Graph{
		Node: slices.Clone(g.Node), Name: g.Name,
		Initializer: slices.Clone(g.Initializer), SparseInitializer: g.SparseInitializer,
		Input: slices.Clone(g.Input), Output: slices.Clone(g.Output),
	}
	c.ProtoReflect().SetUnknown(g.ProtoReflect().GetUnknown())
	return c
}

// marshal writes the model with another graph in it.
func marshal(m *pb.Model, g *pb.Graph) ([]byte, error) {
	c := &pb.Model{IrVersion: m.IrVersion, Graph: g, OpsetImport: m.OpsetImport, Functions: m.Functions}
	c.ProtoReflect().SetUnknown(m.ProtoReflect().GetUnknown())
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("write the rewritten graph: %w", err)
	}
	return data, nil
}
