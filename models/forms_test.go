package models_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models"
	"pentimento/models/checkpoint"
	"pentimento/models/element"
	"pentimento/models/graph/onnxpb"
	"pentimento/models/modelstest"
	"pentimento/models/runtime/runtimetest"
)

// Exporters differ in the types and ranks of inputs and outputs and in where
// they put weights. The tests here rewrite the pocket model into each of these
// forms and expect it to draw the same.

// change parses a graph of a model folder, changes it and writes it back.
func change(t *testing.T, dir, file string, changes ...func(g *onnxpb.Graph)) {
	t.Helper()
	path := filepath.Join(dir, file)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m onnxpb.Model
	if err := proto.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(m.Graph)
	}
	if data, err = proto.Marshal(&m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// input gives the input called name another type and dimensions, and makes
// what the graph expects of it with nodes that read "outer" and write "inner".
func input(name string, typ element.Type, dims []string, nodes ...*onnxpb.Node) func(*onnxpb.Graph) {
	return func(g *onnxpb.Graph) {
		for _, n := range g.Node {
			for i, in := range n.Input {
				if in == name {
					n.Input[i] = name + "_inner"
				}
			}
		}
		for _, v := range g.Input {
			if v.GetName() == name {
				v.Type = tensorType(typ, dims)
			}
		}
		for _, n := range nodes {
			for i, in := range n.Input {
				n.Input[i] = strings.ReplaceAll(strings.ReplaceAll(in, "outer", name), "inner", name+"_inner")
			}
			n.Output[0] = strings.ReplaceAll(n.Output[0], "inner", name+"_inner")
			n.Name = proto.String(n.GetOpType() + " " + n.Output[0])
		}
		g.Node = append(nodes, g.Node...)
	}
}

// output gives the graph's output another type.
func output(typ element.Type) func(*onnxpb.Graph) {
	return func(g *onnxpb.Graph) {
		v := g.Output[0]
		outer := v.GetName() + "_outer"
		g.Node = append(g.Node, cast(v.GetName(), outer, typ))
		v.Name = proto.String(outer)
		v.Type.TensorType.ElemType = proto.Int32(int32(typ))
	}
}

func tensorType(typ element.Type, dims []string) *onnxpb.Type {
	shape := &onnxpb.Shape{}
	for _, d := range dims {
		dim := &onnxpb.Dimension{Value: &onnxpb.Dimension_DimParam{DimParam: d}}
		if n := int64(0); d != "" && d[0] >= '0' && d[0] <= '9' {
			if _, err := fmt.Sscan(d, &n); err == nil {
				dim.Value = &onnxpb.Dimension_DimValue{DimValue: n}
			}
		}
		shape.Dim = append(shape.Dim, dim)
	}
	return &onnxpb.Type{TensorType: &onnxpb.TensorType{ElemType: proto.Int32(int32(typ)), Shape: shape}}
}

func cast(from, to string, typ element.Type) *onnxpb.Node {
	return &onnxpb.Node{
		OpType: proto.String("Cast"), Input: []string{from}, Output: []string{to},
		Attribute: []*onnxpb.Attribute{{Name: proto.String("to"), Type: proto.Int32(2), I: proto.Int64(int64(typ))}},
	}
}

// reduce takes the largest of all elements, as [1].
func reduce(from, to string, axes bool) *onnxpb.Node {
	n := &onnxpb.Node{
		OpType: proto.String("ReduceMax"), Input: []string{from}, Output: []string{to},
		Attribute: []*onnxpb.Attribute{{Name: proto.String("keepdims"), Type: proto.Int32(2), I: proto.Int64(1)}},
	}
	if axes {
		n.Attribute = append(n.Attribute, &onnxpb.Attribute{Name: proto.String("axes"), Type: proto.Int32(7), Ints: []int64{0}})
	}
	return n
}

// one makes [1] out of a scalar.
func one(from, to string) []*onnxpb.Node {
	shape := &onnxpb.Node{
		OpType: proto.String("Constant"), Output: []string{"inner_shape"},
		Attribute: []*onnxpb.Attribute{{Name: proto.String("value"), Type: proto.Int32(4), T: &onnxpb.Tensor{
			DataType: proto.Int32(int32(element.Int64)), Dims: []int64{1}, RawData: []byte{1, 0, 0, 0, 0, 0, 0, 0},
		}}},
	}
	reshape := &onnxpb.Node{OpType: proto.String("Reshape"), Input: []string{from, "inner_shape"}, Output: []string{to}}
	return []*onnxpb.Node{shape, reshape}
}

func TestFormsOfExport(t *testing.T) {
	const text, unet, decoder, encoder = "text_encoder/model.onnx", "unet/model.onnx", "vae_decoder/model.onnx", "vae_encoder/model.onnx"
	for name, test := range map[string]struct {
		change   func(t *testing.T, dir string)
		accuracy float64
	}{
		"token ids in int32": {func(t *testing.T, dir string) {
			change(t, dir, text, input("input_ids", element.Int32, []string{"batch", "sequence"}, cast("outer", "inner", element.Int64)))
		}, 0},
		"timestep is a scalar": {func(t *testing.T, dir string) {
			change(t, dir, unet, input("timestep", element.Int64, nil, one("outer", "inner")...))
		}, 0},
		"timestep is a float": {func(t *testing.T, dir string) {
			change(t, dir, unet, input("timestep", element.Float32, []string{"1"}, cast("outer", "inner", element.Int64)))
		}, 0},
		"timestep of every row": {func(t *testing.T, dir string) {
			change(t, dir, unet, input("timestep", element.Int64, []string{"batch"}, reduce("outer", "inner", true)))
		}, 0},
		"timestep steps": {func(t *testing.T, dir string) {
			change(t, dir, unet, input("timestep", element.Int32, []string{"steps"}, cast("outer", "inner", element.Int64)))
		}, 0},
		"float16": {func(t *testing.T, dir string) {
			change(t, dir, text, output(element.Float16))
			change(t, dir, unet,
				input("sample", element.Float16, []string{"batch", "channels", "height", "width"}, cast("outer", "inner", element.Float32)),
				input("encoder_hidden_states", element.Float16, []string{"batch", "sequence", "width"}, cast("outer", "inner", element.Float32)),
				output(element.Float16))
			change(t, dir, decoder,
				input("latent_sample", element.Float16, []string{"batch", "channels", "height", "width"}, cast("outer", "inner", element.Float32)),
				output(element.Float16))
			change(t, dir, encoder,
				input("sample", element.Float16, []string{"batch", "channels", "height", "width"}, cast("outer", "inner", element.Float32)),
				output(element.Float16))
		}, 0.02},
		"weights outside": {func(t *testing.T, dir string) {
			for _, file := range []string{text, unet, decoder} {
				externalise(t, dir, file)
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := pocketDir(t)
			test.change(t, dir)
			m, pocket := modelstest.Open(t, models.Source{Path: dir}), openPocket(t)
			b, want := batchOf(t, m, blond, red), batchOf(t, pocket, blond, red)
			if d := difference(b.Text, want.Text); d > test.accuracy {
				t.Errorf("text differs by %g", d)
			}
			edit(m, b)
			edit(pocket, want)
			got, expected := denoise(t, m, b), denoise(t, pocket, want)
			if d := difference(got.Noise, expected.Noise); d > test.accuracy {
				t.Errorf("noise differs by %g", d)
			}
			if d := difference(got.Maps, expected.Maps); d > test.accuracy {
				t.Errorf("maps differ by %g", d)
			}
			picture, err := m.Decode(t.Context(), row(got.Noise, 2, 0))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.EncodeImage(t.Context(), picture); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// externalise moves the weights of a graph into a file beside it.
func externalise(t *testing.T, dir, file string) {
	t.Helper()
	var weights []byte
	change(t, dir, file, func(g *onnxpb.Graph) {
		for _, w := range g.Initializer {
			if len(w.RawData) < 1024 {
				continue
			}
			w.DataLocation = proto.Int32(1)
			for key, value := range map[string]string{
				"location": "weights.pb", "offset": fmt.Sprint(len(weights)), "length": fmt.Sprint(len(w.RawData)),
			} {
				w.ExternalData = append(w.ExternalData, &onnxpb.StringEntry{Key: proto.String(key), Value: proto.String(value)})
			}
			weights = append(weights, w.RawData...)
			w.RawData = nil
		}
	})
	if err := os.WriteFile(filepath.Join(dir, filepath.Dir(file), "weights.pb"), weights, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Weights that can't be read are found before anything runs, even where the
// UNet was prepared while they were there.
func TestWeightsOutside(t *testing.T) {
	cache := t.TempDir()
	whole := pocketDir(t)
	externalise(t, whole, "unet/model.onnx")
	if report, err := models.Prepare(t.Context(), models.Source{Path: whole}, models.Options{Runtime: runtimetest.Load(t), CacheDir: cache}); err != nil || len(report.Problems) > 0 {
		t.Fatal(report, err)
	}
	for _, part := range []string{"unet", "text_encoder", "vae_decoder"} {
		for name, test := range map[string]struct {
			spoil func(weights string) error
			says  string
		}{
			"missing":   {os.Remove, filepath.Join(part, "weights.pb") + ": is missing"},
			"cut short": {func(w string) error { return os.Truncate(w, 5000) }, filepath.Join(part, "weights.pb") + ": is cut short: it holds 5000 of"},
			"link to nowhere": {func(w string) error {
				return errors.Join(os.Remove(w), os.Symlink("nowhere", w))
			}, filepath.Join(part, "weights.pb") + ": is missing"},
			"a folder": {func(w string) error { return errors.Join(os.Remove(w), os.Mkdir(w, 0o755)) }, "is not a file"},
			"pointer": {func(w string) error {
				return os.WriteFile(w, []byte("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"), 0o644)
			}, filepath.Join(part, "weights.pb") + ": is a pointer of Git LFS"},
		} {
			t.Run(part+"/"+name, func(t *testing.T) {
				dir := pocketDir(t)
				externalise(t, dir, part+"/model.onnx")
				o := models.Options{Runtime: runtimetest.Load(t), Device: "cpu", CacheDir: cache}
				if err := test.spoil(filepath.Join(dir, part, "weights.pb")); err != nil {
					t.Fatal(err)
				}
				_, err := models.Open(t.Context(), models.Source{Path: dir}, o)
				if err == nil {
					t.Fatal("opened")
				}
				if !strings.Contains(err.Error(), test.says) {
					t.Errorf("%q is missing in: %v", test.says, err)
				}
				report, err := models.Check(t.Context(), models.Source{Path: dir}, o)
				if err != nil || len(report.Problems) == 0 || !strings.Contains(report.Problems[0].Error(), test.says) {
					t.Errorf("Check says %v, %v", report, err)
				}
			})
		}
	}
	t.Run("cut short while it is open", func(t *testing.T) {
		dir := pocketDir(t)
		externalise(t, dir, "text_encoder/model.onnx")
		m, err := models.Open(t.Context(), models.Source{Path: dir}, models.Options{Runtime: runtimetest.Load(t), Device: "cpu"})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if err := os.Truncate(filepath.Join(dir, "text_encoder", "weights.pb"), 5000); err != nil {
			t.Fatal(err)
		}
		if _, err := m.EncodeText(t.Context(), "a cat"); !errors.Is(err, checkpoint.ErrChanged) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("not on the disk", func(t *testing.T) {
		dir := pocketDir(t)
		externalise(t, dir, "unet/model.onnx")
		_, err := models.OpenFS(t.Context(), os.DirFS(dir), "virtual", models.Options{Runtime: runtimetest.Load(t)})
		if err == nil || !strings.Contains(err.Error(), "virtual/unet/weights.pb") {
			t.Errorf("got %v", err)
		}
	})
}
