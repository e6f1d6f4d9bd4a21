package vision

import (
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
	"pentimento/models/runtime/runtimetest"
	"pentimento/study/vision/visiontest"
)

// noisy is a picture of random levels.
func noisy(seed uint64) *image.NRGBA {
	random := rand.New(rand.NewPCG(seed, 0))
	p := image.NewNRGBA(image.Rect(0, 0, visiontest.Side, visiontest.Side))
	for i := range visiontest.Side * visiontest.Side {
		p.SetNRGBA(i%visiontest.Side, i/visiontest.Side, color.NRGBA{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32()), 255})
	}
	return p
}

// cosinesByHand computes what the network of patches must give.
func cosinesByHand(p *image.NRGBA) [4][4]float64 {
	w := visiontest.Weights(12 * visiontest.Width)
	var features [4][visiontest.Width]float64
	for patch := range 4 {
		for i := range 12 { // SpaceToDepth: row, column, channel
			c, x, y := i%3, i/3%2, i/6
			level := float64(p.Pix[p.PixOffset(patch%2*2+x, patch/2*2+y)+c]) / 255
			for k := range visiontest.Width {
				features[patch][k] += level * float64(w[i*visiontest.Width+k])
			}
		}
	}
	var out [4][4]float64
	for a := range 4 {
		for b := range 4 {
			var aa, bb, ab float64
			for k := range visiontest.Width {
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
		s, err := OpenStructure(t.Context(), runtimetest.Load(t), visiontest.StructureFiles(visiontest.Patches(t, output)), 1)
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
	s, err := OpenStructure(t.Context(), runtimetest.Load(t), visiontest.StructureFiles(visiontest.Patches(t, keysOutput)), 1)
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

func TestSimilarityByHand(t *testing.T) {
	apart := map[string][]byte{
		"onnx/vision_model.onnx": visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.PixelsIn()}, visiontest.ImageOut()),
		"onnx/text_model.onnx":   visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.IDsIn(), visiontest.MaskIn()}, visiontest.TextOut()),
	}
	picture := noisy(4)
	var digests []string
	for name, files := range map[string]fstest.MapFS{
		"one graph":  visiontest.CLIPFiles(t, map[string][]byte{"model.onnx": visiontest.Both(t)}, "tokenizer/"),
		"two graphs": visiontest.CLIPFiles(t, apart, ""),
	} {
		c, err := OpenCLIP(t.Context(), runtimetest.Load(t), files, 1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		digests = append(digests, c.Digest())
		for _, text := range []string{"a woman's face with red hair", "a cat"} {
			words := c.words.Encode(text)
			table, w := visiontest.Weights(visiontest.Vocabulary*visiontest.Width), visiontest.Weights(3*visiontest.Width)
			var a, b [visiontest.Width]float64
			for k := range visiontest.Width {
				for _, id := range words.IDs[:words.Length] {
					b[k] += float64(table[id*visiontest.Width+k])
				}
				for i := range visiontest.Side * visiontest.Side {
					for ch := range 3 {
						a[k] += float64(picture.Pix[4*i+ch]) / 255 * float64(w[ch*visiontest.Width+k])
					}
				}
			}
			var aa, bb, ab float64
			for k := range visiontest.Width {
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
		return visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.Value(pixelInput, kind, dims...)}, visiontest.ImageOut())
	}
	external := &onnxpb.Graph{
		Node:  []*onnxpb.Node{visiontest.Node("MatMul", []string{pixelInput, "w"}, hiddenOutput)},
		Input: []*onnxpb.ValueInfo{visiontest.PixelsIn()}, Output: []*onnxpb.ValueInfo{visiontest.Value(hiddenOutput, 1)},
		Initializer: []*onnxpb.Tensor{{Name: proto.String("w"), DataType: proto.Int32(1), Dims: []int64{4, 4}, DataLocation: proto.Int32(1),
			ExternalData: []*onnxpb.StringEntry{{Key: proto.String("location"), Value: proto.String("weights.bin")}}}},
	}
	for name, test := range map[string]struct {
		model        []byte
		config, says string
	}{
		"nothing":             {nil, visiontest.Eyes, "there is no model.onnx"},
		"no configuration":    {visiontest.Patches(t, keysOutput), "", "preprocessor_config.json"},
		"a wrong one":         {visiontest.Patches(t, keysOutput), "{", "preprocessor_config.json"},
		"another size":        {visiontest.Patches(t, keysOutput), `{"size": 8, "crop_size": 8}`, "8 × 8"},
		"text":                {[]byte("once upon a time"), visiontest.Eyes, "model.onnx"},
		"half a graph":        {visiontest.Patches(t, keysOutput)[:200], visiontest.Eyes, "model.onnx"},
		"weights elsewhere":   {visiontest.Encode(t, external), visiontest.Eyes, "weights in other files"},
		"CLIP":                {visiontest.Both(t), visiontest.Eyes, "3 inputs"},
		"no features":         {visiontest.Patches(t, "split"), visiontest.Eyes, "no output last_hidden_state"},
		"not float32":         {visiontest.Encode(t, &onnxpb.Graph{Node: []*onnxpb.Node{visiontest.Node("Cast", []string{pixelInput}, keysOutput, visiontest.Integer("to", 10))}, Input: []*onnxpb.ValueInfo{visiontest.PixelsIn()}, Output: []*onnxpb.ValueInfo{visiontest.Value(keysOutput, 10)}}), visiontest.Eyes, "float32"},
		"one feature":         {sample(1, -1, 3, visiontest.Side, visiontest.Side), visiontest.Eyes, "[1, tokens, width]"},
		"pictures of numbers": {sample(7, -1, 3, visiontest.Side, visiontest.Side), visiontest.Eyes, "not for pictures"},
		"no pictures":         {sample(1, -1, 3), visiontest.Eyes, "not for pictures"},
		"features that are none": {visiontest.Encode(t, &onnxpb.Graph{Node: []*onnxpb.Node{
			visiontest.Node("Sub", []string{pixelInput, pixelInput}, "zero"), visiontest.Node("Div", []string{"zero", "zero"}, "none"), visiontest.Node("Reshape", []string{"none", "s"}, keysOutput),
		}, Initializer: []*onnxpb.Tensor{visiontest.Shape("s", 1, 4, 12)}, Input: []*onnxpb.ValueInfo{visiontest.PixelsIn()}, Output: []*onnxpb.ValueInfo{visiontest.Value(keysOutput, 1)}}), visiontest.Eyes, "numbers that are none"},
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
	vision, text := visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.PixelsIn()}, visiontest.ImageOut()), visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.IDsIn(), visiontest.MaskIn()}, visiontest.TextOut())
	for name, test := range map[string]struct {
		graphs map[string][]byte
		remove string
		says   string
	}{
		"nothing":          {nil, "", "there is no model.onnx"},
		"no text":          {map[string][]byte{"vision_model.onnx": vision}, "", "there is no text_model.onnx"},
		"no tokenizer":     {map[string][]byte{"model.onnx": visiontest.Both(t)}, "vocab.json", "vocab.json"},
		"no eyes":          {map[string][]byte{"model.onnx": visiontest.Both(t)}, "preprocessor_config.json", "preprocessor_config.json"},
		"pictures alone":   {map[string][]byte{"model.onnx": vision}, "", "text_embeds is []"},
		"texts alone":      {map[string][]byte{"vision_model.onnx": text, "text_model.onnx": text}, "", "image_embeds is []"},
		"no embeddings":    {map[string][]byte{"model.onnx": visiontest.Patches(t, keysOutput)}, "", "neither image_embeds nor text_embeds"},
		"another input":    {map[string][]byte{"model.onnx": visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.PixelsIn(), visiontest.Value("positions", 7, -1)}, visiontest.ImageOut())}, "", "positions"},
		"ids of fractions": {map[string][]byte{"model.onnx": visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.PixelsIn(), visiontest.Value(idsInput, 1, -1)}, visiontest.ImageOut())}, "", "input_ids"},
		"not a graph":      {map[string][]byte{"model.onnx": []byte("hello")}, "", "model.onnx"},
		"a short text":     {map[string][]byte{"model.onnx": visiontest.Joint(t, []*onnxpb.ValueInfo{visiontest.Value(idsInput, 7, 1, 5), visiontest.PixelsIn(), visiontest.MaskIn()}, visiontest.ImageOut(), visiontest.TextOut())}, "", "input_ids"},
	} {
		files := visiontest.CLIPFiles(t, test.graphs, "")
		maps.DeleteFunc(files, func(name string, _ *fstest.MapFile) bool { return name == test.remove })
		if _, err := OpenCLIP(t.Context(), lib, files, 1); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s for CLIP: %v, which does not say %q", name, err, test.says)
		}
	}
	folder := visiontest.StructureFiles(visiontest.Patches(t, keysOutput))
	folder["preprocessor_config.json"].Mode = fs.ModeDevice
	if _, err := OpenStructure(t.Context(), lib, folder, 1); !errors.Is(err, ErrNetwork) {
		t.Errorf("a configuration that is a device: %v", err)
	}
}
