package graph

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

func TestTinyIsControlled(t *testing.T) {
	m, err := Parse(newTiny().bytes(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Rewrite(m, tinyProbe(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Info.Layers) != 2 || c.Info.Layers[0].Cross || !c.Info.Layers[1].Cross {
		t.Errorf("layers %+v", c.Info.Layers)
	}
	again, err := Parse(c.Graph)
	if err != nil {
		t.Fatalf("the rewritten graph: %v", err)
	}
	if _, err := Rewrite(again, tinyProbe(), Options{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("rewriting it again gives %v", err)
	}
}

// Every way in which a graph can hide attention, or fail to be a UNet, is refused by
// the name of what is in the way.
func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change func(m tiny)
		want   string // in the error
	}{
		{"fused attention", func(m tiny) {
			m.node("self_out").OpType = proto.String("MultiHeadAttention")
			m.node("self_out").Domain = proto.String("com.microsoft")
		}, `com.microsoft.MultiHeadAttention node "self_out" is fused attention`},
		{"opset 23 attention", func(m tiny) {
			m.before("cross_out", "Attention", "fused", "flat", "flat", "flat")
		}, `Attention node "fused" is fused attention`},
		{"attention in a function", func(m tiny) {
			m.Functions = []*pb.Function{{Name: proto.String("block"), Domain: proto.String("local"), Node: []*pb.Node{{OpType: proto.String("Softmax"), Output: []string{"x"}}}}}
		}, "function local.block has Softmax"},
		{"attention in a loop", func(m tiny) {
			body := &pb.Graph{Node: []*pb.Node{{OpType: proto.String("Softmax"), Input: []string{"flat"}, Output: []string{"x"}}}}
			m.before("self_q", "Loop", "slices").Attribute = []*pb.Attribute{pb.Body("body", body)}
		}, `Loop node "slices" has Softmax`},
		{"Softmax that nothing uses", func(m tiny) {
			m.before("cross_q", "Softmax", "lost", "self_out")
		}, `Softmax node "lost": its role is unknown`},
		{"Softmax over something else", func(m tiny) {
			m.before("cross_q", "Softmax", "gate", "self_out")
			m.before("cross_q", "MatMul", "gated", "gate", "wq")
			m.node("cross_q").Input[0] = "gated"
		}, `Softmax node "gate"`},
		{"maps that are normalised afterwards", func(m tiny) {
			m.before("self_out", "Mul", "masked", "self_maps", "scale")
			m.node("self_out").Input[0] = "masked"
		}, `its role is unknown: its result goes into Mul node "masked"`},
		{"maps that go into two places", func(m tiny) {
			m.before("cross_q", "MatMul", "twice", "self_maps", "self_v")
			m.node("cross_q").Input[0] = "twice"
		}, `goes into both MatMul node "self_out" and MatMul node "twice"`},
		{"maps that are an output", func(m tiny) {
			m.Graph.Output = append(m.Graph.Output, ValueInfo(Value{Name: "self_maps", Type: element.Float32}))
		}, "is an output of the graph"},
		{"maps on the right of V", func(m tiny) {
			n := m.node("self_out")
			n.Input[0], n.Input[1] = n.Input[1], n.Input[0]
		}, `Softmax node "self_maps": its role is unknown`},
		{"Softmax over the queries", func(m tiny) {
			m.node("self_maps").Attribute = []*pb.Attribute{pb.Int("axis", -2)}
		}, "runs over axis -2"},
		{"Softmax over everything, as before opset 13", func(m tiny) {
			m.OpsetImport[0].Version = proto.Int64(12)
		}, "runs over axis 1"},
		{"scores that are no product", func(m tiny) {
			m.node("self_scores").OpType = proto.String("Einsum")
		}, `it works on the result of Einsum node "self_scores"`},
		{"a mask from the latents", func(m tiny) {
			m.node("self_scaled").Input[1] = "flat"
		}, `it works on the result of Mul node "self_scaled"`},
		{"keys from the latents, values from the text", func(m tiny) {
			m.node("cross_k").Input[0] = "self_out"
		}, `Softmax node "cross_maps": of its keys and values, one descends`},
		{"keys from the text, values from the latents", func(m tiny) {
			m.node("cross_v").Input[0] = "self_out"
		}, "of its keys and values"},
		{"constant keys", func(m tiny) {
			m.node("self_kt").Input[0] = "wk"
		}, "its keys descend neither"},
		{"constant values", func(m tiny) {
			m.node("self_out").Input[1] = "wv"
		}, "its values descend neither"},
		{"queries from the text", func(m tiny) {
			m.node("cross_q").Input[0] = textName
		}, "its queries do not descend from the latents"},
		{"sliced attention", func(m tiny) {
			m.before("self_scores", "Slice", "slice_1", "self_q", "shape")
			m.node("self_scores").Input[0] = "slice_1"
			m.before("cross_q", "Slice", "slice_2", "self_q", "shape")
			m.before("cross_q", "MatMul", "scores_2", "slice_2", "self_kt")
			m.before("cross_q", "Softmax", "maps_2", "scores_2")
			m.before("cross_q", "MatMul", "out_2", "maps_2", "self_v")
			m.node("cross_q").Input[0] = "out_2"
		}, "sliced attention"},
		{"no cross-attention", func(m tiny) {
			m.node("cross_k").Input[0], m.node("cross_v").Input[0] = "flat", "flat"
		}, "no cross-attention"},
		{"cross-attention without Softmax beside one with", func(m tiny) {
			m.attention("other", "cross_out", textName, "u")
			m.remove("other_maps")
			exp := m.before("other_out", "Exp", "other_maps", "other_scaled")
			exp.Name = proto.String("hand-made")
			m.remove(noiseName)
			m.add("Reshape", noiseName, "other_out", "shape")
		}, `MatMul node "other_out" lets encoder_hidden_states reach the result around`},
		{"text added to the features", func(m tiny) {
			m.before("cross_q", "Add", "conditioned", "self_out", textName)
			m.node("cross_q").Input[0] = "conditioned"
		}, `Add node "conditioned" lets encoder_hidden_states reach the result around`},
		{"self-attention over text and pixels together", func(m tiny) {
			m.before("self_k", "Concat", "both", "flat", textName)
			m.node("self_k").Input[0], m.node("self_v").Input[0] = "both", "both"
		}, `Concat node "both" lets encoder_hidden_states reach the result around`},
		{"no latents", func(m tiny) {
			m.input(sampleName).Name = proto.String("latents")
			m.node("flat").Input[0] = "latents"
		}, `the input "latents" is not one of`},
		{"no timestep", func(m tiny) {
			m.Graph.Input = append(m.Graph.Input[:1:1], m.Graph.Input[2:]...)
		}, `no input "timestep"`},
		{"no text", func(m tiny) {
			m.Graph.Input = m.Graph.Input[:2]
			m.node("cross_k").Input[0], m.node("cross_v").Input[0] = "flat", "flat"
		}, `no input "encoder_hidden_states"`},
		{"one more input", func(m tiny) {
			m.Graph.Input = append(m.Graph.Input, ValueInfo(Value{Name: "class_labels", Type: element.Int64}))
		}, `"class_labels"`},
		{"a fixed batch", func(m tiny) {
			dim := m.input(sampleName).Type.TensorType.Shape.Dim[0]
			dim.Value = &pb.Dimension_DimValue{DimValue: 2}
		}, "fixed batch size"},
		{"latents of rank 3", func(m tiny) {
			shape := m.input(sampleName).Type.TensorType.Shape
			shape.Dim = shape.Dim[:3]
		}, "has 3 dimensions, not 4"},
		{"latents of integers", func(m tiny) {
			m.input(sampleName).Type.TensorType.ElemType = proto.Int32(int32(element.Int64))
		}, "does not hold floating-point"},
		{"a boolean timestep", func(m tiny) {
			m.input(timestepName).Type.TensorType.ElemType = proto.Int32(int32(element.Bool))
		}, "timestep"},
		{"two unnamed outputs", func(m tiny) {
			m.node(noiseName).Output[0] = "a"
			m.Graph.Output[0].Name = proto.String("a")
			m.Graph.Output = append(m.Graph.Output, ValueInfo(Value{Name: "cross_out", Type: element.Float32}))
		}, `none of its 2 outputs`},
		{"maps of a type that cannot be told", func(m tiny) {
			m.before("self_out", "Cast", "cast", "self_maps")
			m.node("self_out").Input[0] = "cast"
		}, "element type"},
		{"names of the rewriter", func(m tiny) {
			m.node("flat").Output[0] = "p2p_flat"
			for _, n := range m.Graph.Node {
				for i, in := range n.Input {
					if in == "flat" {
						n.Input[i] = "p2p_flat"
					}
				}
			}
		}, "rewritten before"},
		{"operators from before opset 11", func(m tiny) {
			m.OpsetImport[0].Version = proto.Int64(10)
			for _, name := range []string{"self_maps", "cross_maps"} {
				m.node(name).Attribute = []*pb.Attribute{pb.Int("axis", 2)}
			}
		}, "operator set 10"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := newTiny()
			test.change(changed)
			m, err := Parse(changed.bytes(t))
			if err != nil {
				t.Fatalf("the test's own graph: %v", err)
			}
			_, err = Rewrite(m, tinyProbe(), Options{})
			if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestProbeRefusals(t *testing.T) {
	tests := []struct {
		name   string
		change func(m tiny, p *Probe)
		want   string
	}{
		{"a layer too few", func(_ tiny, p *Probe) { p.Shapes = p.Shapes[:1] }, "1 shapes for 2"},
		{"no rows", func(_ tiny, p *Probe) { p.Rows = 0 }, "0 rows"},
		{"rank 2", func(_ tiny, p *Probe) { p.Shapes[0] = []int64{6, 64} }, "maps of shape [6 64]"},
		{"absurd sizes", func(_ tiny, p *Probe) { p.Shapes[0][1] = 1 << 62 }, "maps of shape"},
		{"negative sizes", func(_ tiny, p *Probe) { p.Shapes[0][1] = -64 }, "maps of shape"},
		{"the batch in slices", func(_ tiny, p *Probe) { p.Shapes[0][0] = 2 }, "the batch does not come first"},
		{"the batch elsewhere", func(_ tiny, p *Probe) { p.Shapes[0] = []int64{1, 6, 64, 64} }, "the batch does not come first"},
		{"Softmax not over the last axis", func(m tiny, p *Probe) {
			m.node("self_maps").Attribute = []*pb.Attribute{pb.Int("axis", 2)}
			p.Shapes[0] = []int64{3, 2, 64, 64}
		}, "runs over axis 2"},
		{"layers that disagree on the tokens", func(m tiny, p *Probe) {
			m.attention("more", "cross_out", textName, "u")
			m.remove(noiseName)
			m.add("Reshape", noiseName, "more_out", "shape")
			p.Shapes = append(p.Shapes, []int64{6, 64, 8})
		}, "attends to 8 tokens, the others to 7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed, p := newTiny(), tinyProbe()
			test.change(changed, &p)
			m, err := Parse(changed.bytes(t))
			if err != nil {
				t.Fatalf("the test's own graph: %v", err)
			}
			_, err = Rewrite(m, p, Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestOptionsNameLayersThatExist(t *testing.T) {
	m, err := Parse(newTiny().bytes(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Capture: []int{2}}, {Cache: []int{-1}}} {
		if _, err := Rewrite(m, tinyProbe(), o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestMapLayers(t *testing.T) {
	cross := func(levels ...int) []Layer {
		layers := []Layer{{Index: 0, Level: 2}} // self-attention never counts
		for i, n := range levels {
			layers = append(layers, Layer{Index: i + 1, Cross: true, Level: n})
		}
		return layers
	}
	for name, test := range map[string]struct {
		layers []Layer
		level  int
		want   []int
	}{
		"Stable Diffusion 1.5":   {cross(0, 1, 2, 3, 2, 1, 0), 2, []int{3, 5}},
		"SDXL":                   {cross(1, 2, 2, 1), 2, []int{2, 3}},
		"none at the level":      {cross(1, 3, 1), 2, []int{2}},
		"none from the level on": {cross(0, 1, 0), 2, []int{2}},
		"all wanted":             {cross(0, 1, 0), 0, []int{1, 3}},
	} {
		if got := mapLayers(test.layers, test.level); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestLevel(t *testing.T) {
	for _, test := range []struct{ height, width, pixels, want int }{
		{64, 64, 4096, 0}, {64, 64, 256, 2}, {96, 64, 384, 2}, {9, 9, 25, 1}, {9, 9, 9, 2}, {16, 24, 6, 3}, {1, 1, 1, 0},
	} {
		if got, err := level(test.height, test.width, test.pixels); err != nil || got != test.want {
			t.Errorf("%d pixels of %d×%d: level %d, %v, want %d", test.pixels, test.height, test.width, got, err, test.want)
		}
	}
	for _, pixels := range []int{0, -1, 2, 100, 5000} {
		if got, err := level(64, 64, pixels); err == nil {
			t.Errorf("%d pixels: level %d", pixels, got)
		}
	}
}
