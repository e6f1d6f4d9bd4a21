package graph

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	pb "pentimento/models/graph/onnxpb"
)

func TestParseReadsTheInterface(t *testing.T) {
	tests := []struct {
		file     string
		inputs   []string
		outputs  []string
		opset    int64
		external []string
	}{
		{"folded_14.onnx", []string{"sample float32 [batch, 4, height, width]", "timestep int64 []", "encoder_hidden_states float32 [batch, 7, 6]"},
			[]string{"out_sample float32 [batch, 4, Convout_sample_dim_2, Convout_sample_dim_3]"}, 14, nil},
		{"sdpa_14.onnx", []string{"sample float32 [batch, 4, height, width]", "timestep float32 [batch]", "encoder_hidden_states float32 [batch, 7, 6]"},
			nil, 14, nil},
		{"external_17/model.onnx", nil, nil, 17, []string{"weights.bin"}},
		{"half_17.onnx", []string{"sample float16 [batch, 4, height, width]", "timestep int64 [1]", "encoder_hidden_states float16 [batch, 7, 6]"},
			nil, 17, nil},
	}
	for _, test := range tests {
		m, err := Parse(readFile(t, "testdata/"+test.file))
		if err != nil {
			t.Fatalf("%s: %v", test.file, err)
		}
		if got := texts(m.Inputs()); test.inputs != nil && !slices.Equal(got, test.inputs) {
			t.Errorf("%s: inputs %q", test.file, got)
		}
		if got := texts(m.Outputs()); test.outputs != nil && !slices.Equal(got, test.outputs) {
			t.Errorf("%s: outputs %q", test.file, got)
		}
		if m.Opset() != test.opset || !slices.Equal(m.External(), test.external) {
			t.Errorf("%s: opset %d, weights in %q", test.file, m.Opset(), m.External())
		}
	}
}

func texts(values []Value) []string {
	var s []string
	for _, v := range values {
		s = append(s, v.String())
	}
	return s
}

// What the generated messages do not describe must survive reading and
// writing: a graph that is written without a change keeps every byte's worth.
func TestUnknownFieldsSurvive(t *testing.T) {
	data := readFile(t, "testdata/folded_14.onnx")
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	out, err := marshal(m.proto, cloneGraph(m.proto.Graph))
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != len(data) {
		t.Errorf("%d bytes became %d", len(data), len(out))
	}
	if !bytes.Contains(out, []byte("pytorch")) {
		t.Error("the producer's name was lost")
	}
}

func TestTruncatedFiles(t *testing.T) {
	data := readFile(t, "testdata/sdpa_17.onnx")
	for n := 0; n < len(data); n += 1 + n/50 {
		_, err := Parse(data[:n])
		if !errors.Is(err, ErrMalformed) {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(data), err)
		}
	}
	_, err := Parse(data[:len(data)/2])
	if want := "the file is cut short: it ends within model.graph"; !strings.Contains(err.Error(), want) {
		t.Errorf("cut in half: %v, want %q", err, want)
	}
}

func TestMalformedGraphs(t *testing.T) {
	tests := []struct {
		name   string
		change func(m tiny)
		want   string
	}{
		{"no graph", func(m tiny) { m.Graph = nil }, "no graph"},
		{"no operator set", func(m tiny) { m.OpsetImport = nil }, "no standard operator set"},
		{"absurd operator set", func(m tiny) { m.OpsetImport[0].Version = proto.Int64(-3) }, "version -3"},
		{"a cycle", func(m tiny) { m.node("self_q").Input[0] = "self_out" }, `MatMul node "self_q" uses "self_out", which nothing before it makes`},
		{"a node that feeds itself", func(m tiny) { m.node("self_q").Input[0] = "self_q" }, `uses "self_q"`},
		{"a missing producer", func(m tiny) { m.remove("self_k") }, `uses "self_k", which nothing before it makes`},
		{"missing weights", func(m tiny) { m.Graph.Initializer = m.Graph.Initializer[1:] }, `uses "wq"`},
		{"a name used twice", func(m tiny) { m.node("self_v").Output[0] = "self_k" }, `two tensors are called "self_k"`},
		{"an output like an input", func(m tiny) { m.node("self_v").Output[0] = sampleName }, `two tensors are called "sample"`},
		{"two inputs of one name", func(m tiny) { m.Graph.Input = append(m.Graph.Input, m.Graph.Input[0]) }, "two tensors"},
		{"weights without a name", func(m tiny) { m.Graph.Initializer[0].Name = nil }, "without a name"},
		{"an input without a name", func(m tiny) { m.Graph.Input[0].Name = nil }, "without a name"},
		{"an input that is no tensor", func(m tiny) { m.Graph.Input[0].Type = nil }, "not a tensor"},
		{"a node without an operator", func(m tiny) { m.node("flat").OpType = nil }, "without an operator"},
		{"a node without a result", func(m tiny) { m.node("flat").Output = nil }, "no result"},
		{"an output that nothing makes", func(m tiny) { m.Graph.Output[0].Name = proto.String("x") }, `nothing makes the output "x"`},
		{"an absurd dimension", func(m tiny) {
			m.Graph.Input[0].Type.TensorType.Shape.Dim[1].Value = &pb.Dimension_DimValue{DimValue: 1 << 60}
		}, "a dimension of \"sample\""},
		{"a negative dimension", func(m tiny) {
			m.Graph.Input[0].Type.TensorType.Shape.Dim[1].Value = &pb.Dimension_DimValue{DimValue: -7}
		}, "is -7"},
		{"weights outside the folder", func(m tiny) { external(m, "../secret") }, "outside the model's folder"},
		{"weights at an absolute path", func(m tiny) { external(m, "/etc/passwd") }, "outside the model's folder"},
		{"weights nowhere", func(m tiny) { external(m, "") }, "outside the model's folder"},
		{"a body that uses what it does not see", func(m tiny) {
			body := &pb.Graph{Node: []*pb.Node{{OpType: proto.String("Relu"), Input: []string{"cross_out"}, Output: []string{"x"}}}}
			m.before("self_q", "Loop", "loop").Attribute = []*pb.Attribute{pb.Body("body", body)}
		}, `body of Loop node "loop"`},
		{"bodies in bodies", func(m tiny) {
			body := &pb.Graph{}
			for range 2 * maxDepth {
				body = &pb.Graph{Node: []*pb.Node{{OpType: proto.String("Loop"), Output: []string{"x"}, Attribute: []*pb.Attribute{pb.Body("body", body)}}}}
			}
			m.before("self_q", "Loop", "loop").Attribute = []*pb.Attribute{pb.Body("body", body)}
		}, "nested deeper"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newTiny()
			test.change(m)
			_, err := Parse(m.bytes(t))
			if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// external moves the first weights into another file.
func external(m tiny, location string) {
	t := m.Graph.Initializer[0]
	t.DataLocation = proto.Int32(1)
	t.ExternalData = []*pb.StringEntry{{Key: proto.String("location"), Value: proto.String(location)}}
}

// A message of two bytes takes hundreds in memory: many of them are refused
// before any is made.
func TestManyEmptyMessages(t *testing.T) {
	node := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), nil)
	graph := bytes.Repeat(node, maxMessages+1)
	data := protowire.AppendBytes(protowire.AppendTag(nil, 7, protowire.BytesType), graph)
	_, err := Parse(data)
	if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "more than 1000000 messages") {
		t.Errorf("got %v", err)
	}
}

func TestNotProtobuf(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("PK\x03\x04 a zip file"), []byte("version https://git-lfs.github.com/spec/v1\n"), []byte("{}")} {
		if _, err := Parse(data); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", data, err)
		}
	}
}
