package models_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pentimento/models"
	"pentimento/models/checkpoint"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

// practised is a practice that runs each network once, and how often it was had.
type practised struct {
	models.Practice
	times atomic.Int32
}

func practice() *practised {
	p := &practised{}
	p.Practice = models.Practice{Name: "a run", Draw: func(ctx context.Context, m *models.Model, step func(done, of int)) error {
		p.times.Add(1)
		s := m.Spec()
		latents := make([]float32, 2*s.LatentChannels*s.LatentHeight*s.LatentWidth)
		for i := range latents {
			latents[i] = float32(2 * math.Sin(float64(i*i)))
		}
		b := &models.Batch{Rows: 2, Timestep: 601, Latents: latents, Control: models.Identity(2, len(s.Layers), s.ContextLength)}
		for _, prompt := range []string{blond, ""} {
			text, err := m.EncodeText(ctx, prompt)
			if err != nil {
				return err
			}
			b.AddText(text)
		}
		if _, err := m.Denoise(ctx, b); err != nil {
			return err
		}
		_, err := m.Decode(ctx, latents[:len(latents)/2])
		step(1, 1)
		return err
	}}
	return p
}

// eightOptions open a model in eight bits.
func eightOptions(t *testing.T, cache string, p models.Practice) models.Options {
	t.Helper()
	if err := models.Int8.Supported(); err != nil {
		t.Skip(err)
	}
	return models.Options{Runtime: runtimetest.Load(t), Device: "cpu", Precision: models.Int8, CacheDir: cache, Practice: p}
}

// openSmall opens the model in dir, which is small enough to be prepared often.
func openSmall(t *testing.T, dir string, o models.Options) (*models.Model, error) {
	t.Helper()
	m, err := models.Open(t.Context(), models.Source{Path: dir}, o)
	if err == nil {
		t.Cleanup(func() {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return m, err
}

// cachedFiles are the files of a cache folder, by the end of their names.
func cachedFiles(t *testing.T, dir, end string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*-int8-*"+end))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEightBits(t *testing.T) {
	p := practice()
	o := eightOptions(t, t.TempDir(), p.Practice)
	var steps int
	o.Practised = func(int, int) { steps++ }
	open := func(threads int) *models.Model {
		o.Threads = threads
		m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", o)
		return modelstest.Keep(t, m, err)
	}
	m, single := open(1), openPocket(t)
	if steps != 1 {
		t.Errorf("the practice told of %d steps", steps)
	}

	t.Run("computes what single precision does, nearly", func(t *testing.T) {
		b := batchOf(t, m, blond)
		a, c := denoise(t, m, b).Noise, denoise(t, single, b).Noise
		var d, s float64
		for i := range c {
			d += float64(a[i]-c[i]) * float64(a[i]-c[i])
			s += float64(c[i]) * float64(c[i])
		}
		if off := math.Sqrt(d / s); off == 0 || off > .1 {
			t.Errorf("the noise is off by %.3f", off)
		}
	})

	// What a row gives does not depend on the others of its batch, on the threads, or
	// on whether its source's maps are computed or kept: else a picture would depend on
	// more than its recipe.
	t.Run("rows", func(t *testing.T) {
		both := batchOf(t, m, blond, red, "a cat on a sofa")
		row(both.Latents, 3, 2)[5] = 1e3 // a row far from what was practised
		take(m, both, 1, 0)
		both.Capture = []int{0}
		together := denoise(t, m, both)
		for _, m := range []*models.Model{m, open(3)} {
			if !slices.Equal(denoise(t, m, both).Noise, together.Noise) {
				t.Error("another number of threads gives another result")
			}
			for _, b := range []int{0, 2} {
				if !slices.Equal(denoise(t, m, rowOf(t, m, both, b)).Noise, row(together.Noise, 3, b)) {
					t.Errorf("row %d is another on its own", b)
				}
			}
			edit := rowOf(t, m, both, 1)
			edit.Cached = together.Captured
			take(m, edit, 0, 1)
			if !slices.Equal(denoise(t, m, edit).Noise, row(together.Noise, 3, 1)) {
				t.Error("an edit of kept maps is another than beside its source")
			}
		}
		if p.times.Load() != 1 {
			t.Errorf("practised %d times", p.times.Load())
		}
	})

	t.Run("digest", func(t *testing.T) {
		if m.Digest() == single.Digest() || m.Precision() != models.Int8 || single.Precision() != models.FP32 {
			t.Errorf("%.12s at %s and %.12s at %s", m.Digest(), m.Precision(), single.Digest(), single.Precision())
		}
		read, err := models.ReadFS(t.Context(), pocket.Files(), "pocket", models.Options{Precision: models.Int8})
		if err != nil || read.Digest() != m.Digest() {
			t.Errorf("read, it is %.12s, %v", read.Digest(), err)
		}
		for _, m := range []*models.Model{m, single, read} {
			eight, ok := m.PrecisionOf(read.Digest())
			fp32, too := m.PrecisionOf(single.Digest())
			if _, none := m.PrecisionOf("ab"); eight != models.Int8 || fp32 != models.FP32 || !ok || !too || none {
				t.Errorf("at %s the digests are known as %q, %v and %q, %v", m.Precision(), eight, ok, fp32, too)
			}
		}
	})
}

// What is prepared is kept, until another practice or damage make it useless.
func TestEightBitsAreKept(t *testing.T) {
	dir, cache, p := export(t, "optimum_sd"), t.TempDir(), practice()
	o := eightOptions(t, cache, p.Practice)
	open := func(times int32) []float32 {
		t.Helper()
		m, err := openSmall(t, dir, o)
		if err != nil {
			t.Fatal(err)
		}
		if n := p.times.Load(); n != times {
			t.Errorf("practised %d times, want %d", n, times)
		}
		return denoise(t, m, batchOf(t, m, blond)).Noise
	}
	want := open(1)
	open(1)
	before := cachedFiles(t, cache, ".json")
	o.Practice.Name = "another"
	open(2)
	if after := cachedFiles(t, cache, ".json"); len(after) != 1 || after[0] == before[0] {
		t.Errorf("kept are %v, before %v", after, before)
	}
	for i, damage := range []func([]byte) []byte{
		func(data []byte) []byte { data[len(data)/2]++; return data },
		func(data []byte) []byte { return data[:len(data)-1] },
		func([]byte) []byte { return []byte("{") },
	} {
		path := cachedFiles(t, cache, []string{".unet.onnx", ".unet.bin", ".json"}[i])[0]
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, damage(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(open(int32(3+i)), want) {
			t.Errorf("prepared again after damage to %s it draws another picture", path)
		}
	}
}

// Weights that are cut short while they are in use are an error before they are
// read.
func TestEightBitsThatAreCutShort(t *testing.T) {
	cache := t.TempDir()
	m, err := openSmall(t, export(t, "optimum_sd"), eightOptions(t, cache, practice().Practice))
	if err != nil {
		t.Fatal(err)
	}
	b := batchOf(t, m, blond)
	if err := os.Truncate(cachedFiles(t, cache, ".unet.bin")[0], 10); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Denoise(t.Context(), b); !errors.Is(err, checkpoint.ErrChanged) {
		t.Error(err)
	}
}

// Whoever opens a model that another is preparing waits for it.
func TestEightBitsAreMadeOnce(t *testing.T) {
	dir, p := export(t, "optimum_sd"), practice()
	o := eightOptions(t, t.TempDir(), p.Practice)
	var opening sync.WaitGroup
	for range 3 {
		opening.Go(func() {
			if _, err := openSmall(t, dir, o); err != nil {
				t.Error(err)
			}
		})
	}
	opening.Wait()
	if p.times.Load() != 1 {
		t.Errorf("practised %d times", p.times.Load())
	}
}

// A practice that does not come to its end leaves nothing.
func TestInterruptedPractice(t *testing.T) {
	cache := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	o := eightOptions(t, cache, models.Practice{Name: "stopped", Draw: func(ctx context.Context, m *models.Model, _ func(int, int)) error {
		cancel()
		_, err := m.EncodeText(ctx, blond)
		return err
	}})
	_, err := models.Open(ctx, models.Source{Path: export(t, "optimum_sd")}, o)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, end := range []string{".json", ".onnx", ".bin", ".tmp"} {
		if left := cachedFiles(t, cache, end); len(left) > 0 {
			t.Errorf("left are %v", left)
		}
	}
}

func TestEightBitsAreRefused(t *testing.T) {
	dir := export(t, "optimum_sd")
	for name, c := range map[string]struct {
		change func(*models.Options)
		says   string
	}{
		"on a GPU":           {func(o *models.Options) { o.Device = "cuda" }, "device cuda: int8 is computed on the CPU alone"},
		"without a cache":    {func(o *models.Options) { o.CacheDir = "" }, "int8 takes a cache folder"},
		"without a practice": {func(o *models.Options) { o.Practice = models.Practice{} }, "a practice"},
		"of another number":  {func(o *models.Options) { o.Precision = "int4" }, `precision "int4" is not one of fp32, fp16, int8`},
	} {
		o := eightOptions(t, t.TempDir(), practice().Practice)
		c.change(&o)
		if _, err := openSmall(t, dir, o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A check says what there is, and preparing makes it.
func TestPrecisionsOfAReport(t *testing.T) {
	source, p := models.Source{Path: export(t, "optimum_sd")}, practice()
	o := eightOptions(t, t.TempDir(), p.Practice)
	r, err := models.Check(t.Context(), source, o)
	if err != nil {
		t.Fatal(err)
	}
	if text := r.String(); !strings.Contains(text, "precision fp32: weights of") || !strings.Contains(text, "not prepared yet") || p.times.Load() != 0 {
		t.Errorf("%s\npractised %d times", text, p.times.Load())
	}
	if r, err = models.Prepare(t.Context(), source, o); err != nil {
		t.Fatal(err)
	}
	if text := r.String(); !strings.Contains(text, "prepared: ") || strings.Contains(text, "not prepared yet") || p.times.Load() != 1 {
		t.Errorf("%s\npractised %d times", text, p.times.Load())
	}
	single, eight := r.Precisions[0], r.Precisions[2]
	if single.Precision != models.FP32 || eight.Precision != models.Int8 || eight.Bytes >= single.Bytes || eight.Kept == 0 {
		t.Errorf("%+v", r.Precisions)
	}
	m, err := openSmall(t, source.Path, o)
	if err != nil || m.Digest() != r.Digest || p.times.Load() != 1 {
		t.Errorf("%v, practised %d times", err, p.times.Load())
	}
}

// A check does not read large files for their sums, and tells of the precisions all
// the same.
func TestCheckOfALargeFileTellsPrecisions(t *testing.T) {
	dir := export(t, "script_17")
	const large = 64 << 20 // from here on sums are kept
	if err := os.Truncate(filepath.Join(dir, "unet", "weights.pb"), large); err != nil {
		t.Fatal(err)
	}
	o := eightOptions(t, t.TempDir(), practice().Practice)
	o.Precision = models.FP32
	r, err := models.Check(t.Context(), models.Source{Path: dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Digest != "" || len(r.Precisions) != 3 {
		t.Errorf("the digest is %q, and there are %d precisions", r.Digest, len(r.Precisions))
	}
}
