package vision

import (
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"google.golang.org/protobuf/proto"

	"pentimento/models/graph/onnxpb"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

// side is that of the pictures which the tests' networks take.
const side = 4

// eyes has levels as they are, from 0 to 1.
const eyes = `{"size": 4, "crop_size": 4, "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}`

func node(op string, in []string, out string, attributes ...*onnxpb.Attribute) *onnxpb.Node {
	return &onnxpb.Node{OpType: proto.String(op), Input: in, Output: []string{out}, Attribute: attributes}
}

func integer(name string, v int64) *onnxpb.Attribute {
	return &onnxpb.Attribute{Name: proto.String(name), I: proto.Int64(v), Type: proto.Int32(2)}
}

func integers(name string, v ...int64) *onnxpb.Attribute {
	return &onnxpb.Attribute{Name: proto.String(name), Ints: v, Type: proto.Int32(7)}
}

func floats(name string, dims []int64, values []float32) *onnxpb.Tensor {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return &onnxpb.Tensor{Name: proto.String(name), DataType: proto.Int32(1), Dims: dims, RawData: raw}
}

func shape(name string, dims ...int64) *onnxpb.Tensor {
	var raw []byte
	for _, v := range dims {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return &onnxpb.Tensor{Name: proto.String(name), DataType: proto.Int32(7), Dims: []int64{int64(len(dims))}, RawData: raw}
}

// value is an input or output; dimensions of −1 are left open.
func value(name string, kind int32, dims ...int64) *onnxpb.ValueInfo {
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

func encode(t *testing.T, g *onnxpb.Graph) []byte {
	t.Helper()
	g.Name = proto.String("small")
	data, err := proto.Marshal(&onnxpb.Model{Graph: g, OpsetImport: []*onnxpb.OperatorSet{{Version: proto.Int64(17)}}})
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{8, 8}, data...) // ir_version 8, which our description leaves out
}

// weights are the same at every call.
func weights(n int) []float32 {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(random.NormFloat64())
	}
	return out
}

// width is that of the features of a patch.
const width = 6

// patches is a network of one layer: the 12 numbers of each 2 × 2 patch times
// weights. The output has the form of keys of two heads or of a hidden state.
func patches(t *testing.T, output string) []byte {
	g := &onnxpb.Graph{
		Node: []*onnxpb.Node{
			node("SpaceToDepth", []string{pixelInput}, "deep", integer("blocksize", 2)),
			node("Reshape", []string{"deep", "flat"}, "channels"),
			node("Transpose", []string{"channels"}, "rows", integers("perm", 0, 2, 1)),
			node("MatMul", []string{"rows", "weights"}, hiddenOutput),
			node("Reshape", []string{hiddenOutput, "heads"}, "split"),
			node("Transpose", []string{"split"}, keysOutput, integers("perm", 0, 2, 1, 3)),
			node("ReduceMean", []string{hiddenOutput}, "pooled"),
		},
		Initializer: []*onnxpb.Tensor{shape("flat", 1, 12, 4), shape("heads", 1, 4, 2, width/2), floats("weights", []int64{12, width}, weights(12*width))},
		Input:       []*onnxpb.ValueInfo{value(pixelInput, 1, -1, 3, side, side)},
		Output:      []*onnxpb.ValueInfo{value("pooled", 1), value(output, 1)},
	}
	return encode(t, g)
}

func structureFiles(model []byte) fstest.MapFS {
	return fstest.MapFS{"onnx/model.onnx": {Data: model}, "preprocessor_config.json": {Data: []byte(eyes)}}
}

// noisy is a picture of random levels.
func noisy(seed uint64) *image.NRGBA {
	random := rand.New(rand.NewPCG(seed, 0))
	p := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		p.SetNRGBA(i%side, i/side, color.NRGBA{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32()), 255})
	}
	return p
}

// cosinesByHand computes what the network of patches must give.
func cosinesByHand(p *image.NRGBA) [4][4]float64 {
	w := weights(12 * width)
	var features [4][width]float64
	for patch := range 4 {
		for i := range 12 { // SpaceToDepth: row, column, channel
			c, x, y := i%3, i/3%2, i/6
			level := float64(p.Pix[p.PixOffset(patch%2*2+x, patch/2*2+y)+c]) / 255
			for k := range width {
				features[patch][k] += level * float64(w[i*width+k])
			}
		}
	}
	var out [4][4]float64
	for a := range 4 {
		for b := range 4 {
			var aa, bb, ab float64
			for k := range width {
				aa += features[a][k] * features[a][k]
				bb += features[b][k] * features[b][k]
				ab += features[a][k] * features[b][k]
			}
			out[a][b] = ab / math.Sqrt(aa*bb)
		}
	}
	return out
}

func TestStructureByHand(t *testing.T) {
	a, b := noisy(1), noisy(2)
	want := 0.
	for i, row := range cosinesByHand(a) {
		for k, v := range row {
			d := v - cosinesByHand(b)[i][k]
			want += d * d / 16
		}
	}
	for _, output := range []string{hiddenOutput, keysOutput} {
		s, err := OpenStructure(t.Context(), runtimetest.Load(t), structureFiles(patches(t, output)), 1)
		if err != nil {
			t.Fatal(err)
		}
		of := func(p image.Image) Arrangement {
			arrangement, err := s.Of(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			return arrangement
		}
		got := of(a).Distance(of(b))
		if math.Abs(got-want) > 1e-5 || want < .01 {
			t.Errorf("%s: the distance is %g, want %g", output, got, want)
		}
		if back := of(b).Distance(of(a)); back != got {
			t.Errorf("%s: %g the other way round", output, back)
		}
		if same := of(a).Distance(of(a)); same != 0 {
			t.Errorf("%s: a picture is %g from itself", output, same)
		}
		if dark := of(image.NewNRGBA(a.Rect)).Distance(of(image.NewNRGBA(a.Rect))); dark != 0 {
			t.Errorf("%s: features of zeros are %g from themselves", output, dark)
		}
		if _, err := s.Of(t.Context(), image.NewNRGBA(image.Rectangle{})); err == nil {
			t.Errorf("%s: a picture without pixels has a structure", output)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Brightness is not structure: cosines do not see the length of features.
func TestStructureOverlooksBrightness(t *testing.T) {
	s, err := OpenStructure(t.Context(), runtimetest.Load(t), structureFiles(patches(t, keysOutput)), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	bright := noisy(3)
	dark := image.NewNRGBA(bright.Rect)
	for i := range bright.Pix {
		bright.Pix[i] &^= 1
		dark.Pix[i] = bright.Pix[i] / 2
		if i%4 == 3 {
			bright.Pix[i], dark.Pix[i] = 255, 255
		}
	}
	one, err := s.Of(t.Context(), bright)
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Of(t.Context(), dark)
	if err != nil {
		t.Fatal(err)
	}
	if d := one.Distance(other); d > 1e-10 {
		t.Errorf("half the light is a distance of %g", d)
	}
}

// joint is a CLIP in one graph: a picture's embedding is its mean colour times
// weights, a text's the mean of its tokens' rows in a table.
func joint(t *testing.T, inputs []*onnxpb.ValueInfo, outputs ...*onnxpb.ValueInfo) []byte {
	var nodes []*onnxpb.Node
	for _, out := range outputs {
		switch out.GetName() {
		case imageOutput:
			nodes = append(nodes,
				node("ReduceMean", []string{pixelInput}, "colour", integers("axes", 2, 3), integer("keepdims", 0)),
				node("MatMul", []string{"colour", "weights"}, imageOutput))
		default:
			nodes = append(nodes,
				node("Gather", []string{"table", idsInput}, "rows"),
				node("Cast", []string{maskInput}, "mask", integer("to", 1)),
				node("Reshape", []string{"mask", "column"}, "kept"),
				node("Mul", []string{"rows", "kept"}, "words"),
				node("ReduceMean", []string{"words"}, out.GetName(), integers("axes", 1), integer("keepdims", 0)))
		}
	}
	return encode(t, &onnxpb.Graph{Node: nodes, Input: inputs, Output: outputs, Initializer: []*onnxpb.Tensor{
		floats("weights", []int64{3, width}, weights(3*width)), floats("table", []int64{vocabulary, width}, weights(vocabulary*width)), shape("column", 1, -1, 1),
	}})
}

const vocabulary = 1000 // more than the bundled tokenizer has

func pixelsIn() *onnxpb.ValueInfo { return value(pixelInput, 1, -1, 3, side, side) }
func idsIn() *onnxpb.ValueInfo    { return value(idsInput, 7, -1, -1) }
func maskIn() *onnxpb.ValueInfo   { return value(maskInput, 7, -1, -1) }
func imageOut() *onnxpb.ValueInfo { return value(imageOutput, 1) }
func textOut() *onnxpb.ValueInfo  { return value(textOutput, 1) }

func both(t *testing.T) []byte {
	return joint(t, []*onnxpb.ValueInfo{idsIn(), pixelsIn(), maskIn()}, imageOut(), textOut())
}

// clipFiles is a folder with the bundled model's tokenizer and graphs.
func clipFiles(t *testing.T, graphs map[string][]byte, tokenizer string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{"preprocessor_config.json": {Data: []byte(eyes)}}
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

func TestSimilarityByHand(t *testing.T) {
	apart := map[string][]byte{
		"onnx/vision_model.onnx": joint(t, []*onnxpb.ValueInfo{pixelsIn()}, imageOut()),
		"onnx/text_model.onnx":   joint(t, []*onnxpb.ValueInfo{idsIn(), maskIn()}, textOut()),
	}
	picture := noisy(4)
	var digests []string
	for name, files := range map[string]fstest.MapFS{
		"one graph":  clipFiles(t, map[string][]byte{"model.onnx": both(t)}, "tokenizer/"),
		"two graphs": clipFiles(t, apart, ""),
	} {
		c, err := OpenCLIP(t.Context(), runtimetest.Load(t), files, 1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		digests = append(digests, c.Digest())
		for _, text := range []string{"a woman's face with red hair", "a cat"} {
			words := c.words.Encode(text)
			table, w := weights(vocabulary*width), weights(3*width)
			var a, b [width]float64
			for k := range width {
				for _, id := range words.IDs[:words.Length] {
					b[k] += float64(table[id*width+k])
				}
				for i := range side * side {
					for ch := range 3 {
						a[k] += float64(picture.Pix[4*i+ch]) / 255 * float64(w[ch*width+k])
					}
				}
			}
			var aa, bb, ab float64
			for k := range width {
				aa, bb, ab = aa+a[k]*a[k], bb+b[k]*b[k], ab+a[k]*b[k]
			}
			want := ab / math.Sqrt(aa*bb)
			got, err := c.Similarity(t.Context(), picture, text)
			if err != nil || math.Abs(got-want) > 1e-5 {
				t.Errorf("%s: %q is %g like the picture, %v; want %g", name, text, got, err, want)
			}
		}
		if _, err := c.Similarity(t.Context(), picture, strings.Repeat("red ", 500)); err != nil {
			t.Errorf("%s: a long text: %v", name, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if digests[0] == digests[1] || len(digests[0]) != 64 {
		t.Errorf("digests of different files: %v", digests)
	}
}

// What cannot be used is refused when it is opened, by name.
func TestFoldersThatAreRefused(t *testing.T) {
	lib := runtimetest.Load(t)
	sample := func(kind int32, dims ...int64) []byte {
		return joint(t, []*onnxpb.ValueInfo{value(pixelInput, kind, dims...)}, imageOut())
	}
	external := &onnxpb.Graph{
		Node:  []*onnxpb.Node{node("MatMul", []string{pixelInput, "w"}, hiddenOutput)},
		Input: []*onnxpb.ValueInfo{pixelsIn()}, Output: []*onnxpb.ValueInfo{value(hiddenOutput, 1)},
		Initializer: []*onnxpb.Tensor{{Name: proto.String("w"), DataType: proto.Int32(1), Dims: []int64{4, 4}, DataLocation: proto.Int32(1),
			ExternalData: []*onnxpb.StringEntry{{Key: proto.String("location"), Value: proto.String("weights.bin")}}}},
	}
	for name, test := range map[string]struct {
		model        []byte
		config, says string
	}{
		"nothing":             {nil, eyes, "there is no model.onnx"},
		"no configuration":    {patches(t, keysOutput), "", "preprocessor_config.json"},
		"a wrong one":         {patches(t, keysOutput), "{", "preprocessor_config.json"},
		"another size":        {patches(t, keysOutput), `{"size": 8, "crop_size": 8}`, "8 × 8"},
		"text":                {[]byte("once upon a time"), eyes, "model.onnx"},
		"half a graph":        {patches(t, keysOutput)[:200], eyes, "model.onnx"},
		"weights elsewhere":   {encode(t, external), eyes, "weights in other files"},
		"CLIP":                {both(t), eyes, "3 inputs"},
		"no features":         {patches(t, "split"), eyes, "no output last_hidden_state"},
		"not float32":         {encode(t, &onnxpb.Graph{Node: []*onnxpb.Node{node("Cast", []string{pixelInput}, keysOutput, integer("to", 10))}, Input: []*onnxpb.ValueInfo{pixelsIn()}, Output: []*onnxpb.ValueInfo{value(keysOutput, 10)}}), eyes, "float32"},
		"one feature":         {sample(1, -1, 3, side, side), eyes, "[1, tokens, width]"},
		"pictures of numbers": {sample(7, -1, 3, side, side), eyes, "not for pictures"},
		"no pictures":         {sample(1, -1, 3), eyes, "not for pictures"},
		"features that are none": {encode(t, &onnxpb.Graph{Node: []*onnxpb.Node{
			node("Sub", []string{pixelInput, pixelInput}, "zero"), node("Div", []string{"zero", "zero"}, "none"), node("Reshape", []string{"none", "s"}, keysOutput),
		}, Initializer: []*onnxpb.Tensor{shape("s", 1, 4, 12)}, Input: []*onnxpb.ValueInfo{pixelsIn()}, Output: []*onnxpb.ValueInfo{value(keysOutput, 1)}}), eyes, "numbers that are none"},
	} {
		files := fstest.MapFS{}
		if test.model != nil {
			files["model.onnx"] = &fstest.MapFile{Data: test.model}
		}
		if test.config != "" {
			files["preprocessor_config.json"] = &fstest.MapFile{Data: []byte(test.config)}
		}
		if _, err := OpenStructure(t.Context(), lib, files, 1); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s for structure: %v, which does not say %q", name, err, test.says)
		}
	}
	vision, text := joint(t, []*onnxpb.ValueInfo{pixelsIn()}, imageOut()), joint(t, []*onnxpb.ValueInfo{idsIn(), maskIn()}, textOut())
	for name, test := range map[string]struct {
		graphs map[string][]byte
		remove string
		says   string
	}{
		"nothing":          {nil, "", "there is no model.onnx"},
		"no text":          {map[string][]byte{"vision_model.onnx": vision}, "", "there is no text_model.onnx"},
		"no tokenizer":     {map[string][]byte{"model.onnx": both(t)}, "vocab.json", "vocab.json"},
		"no eyes":          {map[string][]byte{"model.onnx": both(t)}, "preprocessor_config.json", "preprocessor_config.json"},
		"pictures alone":   {map[string][]byte{"model.onnx": vision}, "", "text_embeds is []"},
		"texts alone":      {map[string][]byte{"vision_model.onnx": text, "text_model.onnx": text}, "", "image_embeds is []"},
		"no embeddings":    {map[string][]byte{"model.onnx": patches(t, keysOutput)}, "", "neither image_embeds nor text_embeds"},
		"another input":    {map[string][]byte{"model.onnx": joint(t, []*onnxpb.ValueInfo{pixelsIn(), value("positions", 7, -1)}, imageOut())}, "", "positions"},
		"ids of fractions": {map[string][]byte{"model.onnx": joint(t, []*onnxpb.ValueInfo{pixelsIn(), value(idsInput, 1, -1)}, imageOut())}, "", "input_ids"},
		"not a graph":      {map[string][]byte{"model.onnx": []byte("hello")}, "", "model.onnx"},
		"a short text":     {map[string][]byte{"model.onnx": joint(t, []*onnxpb.ValueInfo{value(idsInput, 7, 1, 5), pixelsIn(), maskIn()}, imageOut(), textOut())}, "", "input_ids"},
	} {
		files := clipFiles(t, test.graphs, "")
		maps.DeleteFunc(files, func(name string, _ *fstest.MapFile) bool { return name == test.remove })
		if _, err := OpenCLIP(t.Context(), lib, files, 1); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s for CLIP: %v, which does not say %q", name, err, test.says)
		}
	}
	folder := structureFiles(patches(t, keysOutput))
	folder["preprocessor_config.json"].Mode = fs.ModeDevice
	if _, err := OpenStructure(t.Context(), lib, folder, 1); !errors.Is(err, ErrNetwork) {
		t.Errorf("a configuration that is a device: %v", err)
	}
}
