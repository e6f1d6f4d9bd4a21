// Package visiontest makes small networks with weights for tests, in folders as
// package vision opens them.
package visiontest

import (
	"encoding/binary"
	"io/fs"
	"math"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"google.golang.org/protobuf/proto"

	"pentimento/models/graph/onnxpb"
	"pentimento/models/pocket"
)

// Side is the width and height of what these networks take.
const Side = 4

// Eyes is a preprocessor_config.json that leaves levels as they are, 0 to 1.
const Eyes = `{"size": 4, "crop_size": 4, "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}`

// Node is a node with one output.
func Node(op string, in []string, out string, attributes ...*onnxpb.Attribute) *onnxpb.Node {
	return &onnxpb.Node{OpType: proto.String(op), Input: in, Output: []string{out}, Attribute: attributes}
}

// Integer is an attribute with one whole number.
func Integer(name string, v int64) *onnxpb.Attribute {
	return &onnxpb.Attribute{Name: proto.String(name), I: proto.Int64(v), Type: proto.Int32(2)}
}

// Integers is an attribute with whole numbers.
func Integers(name string, v ...int64) *onnxpb.Attribute {
	return &onnxpb.Attribute{Name: proto.String(name), Ints: v, Type: proto.Int32(7)}
}

// Floats is a constant of float32.
func Floats(name string, dims []int64, values []float32) *onnxpb.Tensor {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return &onnxpb.Tensor{Name: proto.String(name), DataType: proto.Int32(1), Dims: dims, RawData: raw}
}

// Shape is a constant of whole numbers, such as Reshape takes.
func Shape(name string, dims ...int64) *onnxpb.Tensor {
	var raw []byte
	for _, v := range dims {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return &onnxpb.Tensor{Name: proto.String(name), DataType: proto.Int32(7), Dims: []int64{int64(len(dims))}, RawData: raw}
}

// Value is an input or output; dimensions of −1 are left open.
func Value(name string, kind int32, dims ...int64) *onnxpb.ValueInfo {
	s := &onnxpb.Shape{}
	for _, d := range dims {
		one := &onnxpb.Dimension{}
		if d >= 0 {
			one.Value = &onnxpb.Dimension_DimValue{DimValue: d}
		}
		s.Dim = append(s.Dim, one)
	}
	t := &onnxpb.TensorType{ElemType: proto.Int32(kind)}
	if len(dims) > 0 {
		t.Shape = s
	}
	return &onnxpb.ValueInfo{Name: proto.String(name), Type: &onnxpb.Type{TensorType: t}}
}

// Encode writes a model of ONNX opset 17.
func Encode(t *testing.T, g *onnxpb.Graph) []byte {
	t.Helper()
	g.Name = proto.String("small")
	data, err := proto.Marshal(&onnxpb.Model{Graph: g, OpsetImport: []*onnxpb.OperatorSet{{Version: proto.Int64(17)}}})
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{8, 8}, data...) // ir_version 8, which our description leaves out
}

// Weights are random, and the same at every call.
func Weights(n int) []float32 {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(random.NormFloat64())
	}
	return out
}

// Width is that of the features of a patch.
const Width = 6

// Patches is a network of one layer: the 12 numbers of each 2 × 2 patch times
// weights. The output has the form of keys of two heads or of a hidden state.
func Patches(t *testing.T, output string) []byte {
	g := &onnxpb.Graph{
		Node: []*onnxpb.Node{
			Node("SpaceToDepth", []string{"pixel_values"}, "deep", Integer("blocksize", 2)),
			Node("Reshape", []string{"deep", "flat"}, "channels"),
			Node("Transpose", []string{"channels"}, "rows", Integers("perm", 0, 2, 1)),
			Node("MatMul", []string{"rows", "weights"}, "last_hidden_state"),
			Node("Reshape", []string{"last_hidden_state", "heads"}, "split"),
			Node("Transpose", []string{"split"}, "keys", Integers("perm", 0, 2, 1, 3)),
			Node("ReduceMean", []string{"last_hidden_state"}, "pooled"),
		},
		Initializer: []*onnxpb.Tensor{Shape("flat", 1, 12, 4), Shape("heads", 1, 4, 2, Width/2), Floats("weights", []int64{12, Width}, Weights(12*Width))},
		Input:       []*onnxpb.ValueInfo{Value("pixel_values", 1, -1, 3, Side, Side)},
		Output:      []*onnxpb.ValueInfo{Value("pooled", 1), Value(output, 1)},
	}
	return Encode(t, g)
}

// StructureFiles is a folder with a network for the structure of pictures.
func StructureFiles(model []byte) fstest.MapFS {
	return fstest.MapFS{"onnx/model.onnx": {Data: model}, "preprocessor_config.json": {Data: []byte(Eyes)}}
}

// Joint is a CLIP, or the half of it that the outputs ask for: a picture's
// embedding is its mean colour times weights, a text's the mean of its tokens'
// rows in a table.
func Joint(t *testing.T, inputs []*onnxpb.ValueInfo, outputs ...*onnxpb.ValueInfo) []byte {
	var nodes []*onnxpb.Node
	for _, out := range outputs {
		switch out.GetName() {
		case "image_embeds":
			nodes = append(nodes,
				Node("ReduceMean", []string{"pixel_values"}, "colour", Integers("axes", 2, 3), Integer("keepdims", 0)),
				Node("MatMul", []string{"colour", "weights"}, "image_embeds"))
		default:
			nodes = append(nodes,
				Node("Gather", []string{"table", "input_ids"}, "rows"),
				Node("Cast", []string{"attention_mask"}, "mask", Integer("to", 1)),
				Node("Reshape", []string{"mask", "column"}, "kept"),
				Node("Mul", []string{"rows", "kept"}, "words"),
				Node("ReduceMean", []string{"words"}, out.GetName(), Integers("axes", 1), Integer("keepdims", 0)))
		}
	}
	return Encode(t, &onnxpb.Graph{Node: nodes, Input: inputs, Output: outputs, Initializer: []*onnxpb.Tensor{
		Floats("weights", []int64{3, Width}, Weights(3*Width)), Floats("table", []int64{Vocabulary, Width}, Weights(Vocabulary*Width)), Shape("column", 1, -1, 1),
	}})
}

// Vocabulary is how many tokens the table has: more than the bundled tokenizer.
const Vocabulary = 1000

// PixelsIn is the input for a picture.
func PixelsIn() *onnxpb.ValueInfo { return Value("pixel_values", 1, -1, 3, Side, Side) }

// IDsIn is the input for a text's tokens.
func IDsIn() *onnxpb.ValueInfo { return Value("input_ids", 7, -1, -1) }

// MaskIn is the input that tells tokens from padding.
func MaskIn() *onnxpb.ValueInfo { return Value("attention_mask", 7, -1, -1) }

// ImageOut is a picture's embedding.
func ImageOut() *onnxpb.ValueInfo { return Value("image_embeds", 1) }

// TextOut is a text's embedding.
func TextOut() *onnxpb.ValueInfo { return Value("text_embeds", 1) }

// Both is a CLIP in one graph.
func Both(t *testing.T) []byte {
	return Joint(t, []*onnxpb.ValueInfo{IDsIn(), PixelsIn(), MaskIn()}, ImageOut(), TextOut())
}

// CLIPFiles is a folder with graphs, and with the bundled model's tokenizer in
// the folder of that name, which ends in a slash or is empty.
func CLIPFiles(t *testing.T, graphs map[string][]byte, tokenizer string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{"preprocessor_config.json": {Data: []byte(Eyes)}}
	for name, data := range graphs {
		files[name] = &fstest.MapFile{Data: data}
	}
	for _, name := range []string{"vocab.json", "merges.txt", "tokenizer_config.json"} {
		data, err := fs.ReadFile(pocket.Files(), "tokenizer/"+name)
		if err != nil {
			t.Fatal(err)
		}
		files[tokenizer+name] = &fstest.MapFile{Data: data}
	}
	return files
}
