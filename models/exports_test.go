package models_test

import (
	"archive/zip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/element"
	"pentimento/models/graph/onnxpb"
	"pentimento/models/modelstest"
	"pentimento/models/runtime/runtimetest"
)

// export unpacks a model folder that a real exporter wrote
// (tests/reference/export_onnx.py).
func export(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	z, err := zip.OpenReader(filepath.Join("testdata", "exports", name+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := z.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	return dir
}

// An expectation is what PyTorch computes with the weights of an export.
type expectation struct {
	Prompt                                string
	Height, Width, Timestep               int
	Text, Pooled, Noise, Picture, Encoded []int // where the values begin, and their shape
	values                                []float32
}

func expectationOf(t testing.TB, dir string) *expectation {
	t.Helper()
	var e expectation
	data, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err == nil {
		err = json.Unmarshal(data, &e)
	}
	if err == nil {
		data, err = os.ReadFile(filepath.Join(dir, "expected.f32"))
	}
	if err != nil {
		t.Fatal(err)
	}
	e.values = make([]float32, len(data)/4)
	for i := range e.values {
		e.values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return &e
}

// of gives the values of one tensor.
func (e *expectation) of(at []int) []float32 {
	if len(at) == 0 {
		return nil
	}
	n := 1
	for _, d := range at[1:] {
		n *= d
	}
	return e.values[at[0] : at[0]+n]
}

// pattern is the numbers that the script feeds: between -1 and 1.
func pattern(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(float64((i*7919+31)%2003)/1001 - 1)
	}
	return v
}

// Folders as diffusers' script, Optimum and ONNX Runtime's optimiser write them
// are opened and compute what PyTorch does with the same weights, in a size
// that is not their own.
func TestExportsComputeWhatPyTorchDoes(t *testing.T) {
	for name, own := range map[string]image.Point{
		"script_11": {512, 512}, "script_12": {512, 512}, "script_14": {512, 512}, "script_17": {512, 512}, "script_18": {512, 512}, "extended": {512, 512}, "fused": {512, 512}, "fused_packed": {512, 512},
		"optimum_sd": {64, 64}, "optimum_lcm": {64, 64}, "optimum_sdxl": {64, 64},
	} {
		t.Run(name, func(t *testing.T) {
			dir := export(t, name)
			want := expectationOf(t, dir)
			m := modelstest.Open(t, models.Source{Path: dir})
			if s := m.Spec(); s.ImageWidth != own.X || s.ImageHeight != own.Y || !s.Resizable {
				t.Errorf("draws pictures of %d×%d, in other sizes: %v; want %v", s.ImageWidth, s.ImageHeight, s.Resizable, own)
			}
			m, err := m.At(want.Width, want.Height)
			if err != nil {
				t.Fatal(err)
			}
			text, err := m.EncodeText(t.Context(), want.Prompt)
			if err != nil {
				t.Fatal(err)
			}
			if d := difference(text.Embeddings, want.of(want.Text)); d > 1e-5 {
				t.Errorf("embeddings differ by %g", d)
			}
			if d := difference(text.Pooled, want.of(want.Pooled)); len(want.Pooled)+len(text.Pooled) > 0 && d > 1e-5 {
				t.Errorf("the pooled text differs by %g", d)
			}
			checkNoise(t, m, want, text)
			checkPictures(t, m, want)
		})
	}
}

func checkNoise(t *testing.T, m *models.Model, want *expectation, text models.Text) {
	t.Helper()
	s := m.Spec()
	b := &models.Batch{
		Rows: 2, Latents: pattern(2 * s.LatentChannels * s.LatentHeight * s.LatentWidth), Timestep: float64(want.Timestep),
		TimestepCond: pattern(2 * s.TimestepCondWidth), Control: models.Identity(2, len(s.Layers), s.ContextLength),
	}
	b.AddText(text)
	b.AddText(text)
	plain := denoise(t, m, b).Noise
	if d := difference(plain, want.of(want.Noise)); d > 1e-4 {
		t.Errorf("the UNet's output differs by %g", d)
	}
	// The maps are really in the way of the pictures: with those of row 0, row 1
	// of the same prompt and other latents becomes another.
	for l := range s.Layers {
		if s.Injectable(l) {
			b.Control.SelfSource[2*l+1] = 0
		}
	}
	b.Control.CrossSource[1] = 0
	for j := range s.ContextLength {
		b.Control.Take[s.ContextLength+j], b.Control.Keep[s.ContextLength+j] = 1, 0
	}
	if taken := denoise(t, m, b).Noise; slices.Equal(row(taken, 2, 1), row(plain, 2, 1)) {
		t.Error("taking maps over changes nothing")
	} else if !slices.Equal(row(taken, 2, 0), row(plain, 2, 0)) {
		t.Error("taking maps over changes the row that they come from")
	}
}

func checkPictures(t *testing.T, m *models.Model, want *expectation) {
	t.Helper()
	s := m.Spec()
	picture, err := m.Decode(t.Context(), pattern(s.LatentChannels*s.LatentHeight*s.LatentWidth))
	if err != nil {
		t.Fatal(err)
	}
	n := s.ImageWidth * s.ImageHeight
	for i, v := range want.of(want.Picture) {
		level := math.Max(0, math.Min(255, (float64(v)/2+.5)*255))
		if got := float64(picture.Pix[i%n*4+i/n]); math.Abs(got-level) > 1 {
			t.Fatalf("pixel %d is %g, not %g", i, got, level)
		}
	}
	planes := pattern(3 * n)
	drawn := image.NewNRGBA64(image.Rect(0, 0, s.ImageWidth, s.ImageHeight))
	for i := range n {
		deep := func(c int) uint16 { return uint16(math.Round((float64(planes[c*n+i]) + 1) / 2 * 0xffff)) }
		drawn.SetNRGBA64(i%s.ImageWidth, i/s.ImageWidth, color.NRGBA64{R: deep(0), G: deep(1), B: deep(2), A: 0xffff})
	}
	latents, err := m.EncodeImage(t.Context(), drawn)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(latents, want.of(want.Encoded)); d > 1e-3 {
		t.Errorf("the encoded picture differs by %g", d)
	}
}

// What a download cache holds are links out of the folder.
func TestLinksOfADownloadCache(t *testing.T) {
	dir := export(t, "script_17")
	cache := t.TempDir()
	blobs := filepath.Join(cache, "blobs")
	snapshot := filepath.Join(cache, "snapshots", "0123")
	if err := os.Mkdir(blobs, 0o755); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		inside, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		n++
		blob := filepath.Join(blobs, fmt.Sprint(n))
		link := filepath.Join(snapshot, inside)
		up := strings.Repeat("../", strings.Count(filepath.ToSlash(inside), "/")+2)
		if err := os.Rename(path, blob); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return err
		}
		return os.Symlink(up+"blobs/"+fmt.Sprint(n), link)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := expectationOf(t, snapshot)
	kept := models.Options{Runtime: runtimetest.Load(t), Device: "cpu", CacheDir: t.TempDir()}
	for _, prepared := range []string{"first", "again"} {
		m, err := models.Open(t.Context(), models.Source{Path: snapshot}, kept)
		if err != nil {
			t.Fatal(prepared, err)
		}
		sized, err := m.At(want.Width, want.Height)
		if err != nil {
			t.Fatal(err)
		}
		text, err := m.EncodeText(t.Context(), want.Prompt)
		if err != nil {
			t.Fatal(err)
		}
		checkNoise(t, sized, want, text)
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A UNet that takes more than latents is refused by what it is for, before
// anything runs.
func TestUNetsThatDoNotOnlyDraw(t *testing.T) {
	for channels, kind := range map[int]string{9: "in-painting", 8: "pix2pix", 7: "upscaler", 5: "depth", 6: "does not only draw"} {
		dir := export(t, "optimum_sd")
		change(t, dir, "unet/model.onnx", func(g *onnxpb.Graph) {
			for _, w := range g.Initializer {
				if w.GetName() == "conv_in.weight" {
					w.Dims[1] = int64(channels)
					w.RawData = make([]byte, 4*8*channels*9)
				}
			}
			for _, in := range g.Input {
				if in.GetName() == "sample" {
					in.Type = tensorType(element.Float32, []string{"batch_size", fmt.Sprint(channels), "height", "width"})
				}
			}
		})
		editJSON(t, filepath.Join(dir, "unet", "config.json"), map[string]any{"in_channels": channels})
		report, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{})
		if err != nil || len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Error(), kind) {
			t.Errorf("%d channels: %v, %v", channels, report.Problems, err)
		}
	}
}

// A folder is known by its parts where its index was left behind.
func TestFolderWithoutIndex(t *testing.T) {
	for _, name := range []string{"script_17", "optimum_sdxl"} {
		dir := export(t, name)
		want, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, "model_index.json")); err != nil {
			t.Fatal(err)
		}
		got, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{})
		if err != nil || len(got.Problems) > 0 || got.Digest != want.Digest {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// The size that an export was made for is its own, whatever size it can take.
func TestSizesOfExports(t *testing.T) {
	m := modelstest.Open(t, models.Source{Path: export(t, "script_17")})
	for _, test := range []struct {
		width, height int
		want          error
	}{{512, 512, nil}, {0, 0, nil}, {64, 128, nil}, {72, 64, models.ErrSizeMultiple}, {8192, 64, models.ErrSizeBounds}} {
		if _, err := m.At(test.width, test.height); !errors.Is(err, test.want) {
			t.Errorf("%d×%d: %v, want %v", test.width, test.height, err, test.want)
		}
	}
	if _, err := openPocket(t).At(256, 256); !errors.Is(err, models.ErrFixedSize) {
		t.Errorf("a fixed export: %v", err)
	}
}

// A graph that was optimised for another device says which operator this one
// has no kernel for, and what to do.
func TestFusedForAnotherDevice(t *testing.T) {
	report, err := models.Check(t.Context(), models.Source{Path: export(t, "fused_gpu")}, models.Options{Runtime: runtimetest.Load(t)})
	if err != nil || len(report.Problems) != 1 {
		t.Fatal(report, err)
	}
	for _, want := range []string{"unet/model.onnx", "the cpu has no kernel for its operator ", "use the export before optimisation"} {
		if !strings.Contains(report.Problems[0].Error(), want) {
			t.Errorf("%q is missing in: %v", want, report.Problems[0])
		}
	}
}
