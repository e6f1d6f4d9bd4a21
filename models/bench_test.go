package models_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"pentimento/models"
	"pentimento/models/element"
	"pentimento/models/pocket"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// BenchmarkUNet times one run of the UNet by the number of rows: the untouched
// graph; the controlled one left alone (plain generation); with every second
// row edited by the one before it; left alone, but with the last row's maps
// captured; and with the last row edited by maps captured before. They take
// turns, so that they suffer alike from whatever else the machine does; the
// figures are the quickest runs in ms and their ratios to the untouched
// graph's.
func BenchmarkUNet(b *testing.B) {
	m := openPocket(b)
	untouched := openUntouched(b)
	for _, rows := range []int{1, 2, 3, 4, 8} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			plain := batchOf(b, m, slices.Repeat([]string{blond}, rows)...)
			edited := batchOf(b, m, slices.Repeat([]string{blond}, rows)...)
			edit(m, edited)
			captured, cached := *plain, *plain
			captured.Capture = []int{rows - 1}
			cached.Cached = denoise(b, m, &captured).Captured
			cached.Control = models.Identity(rows, len(m.Spec().Layers), m.Spec().ContextLength)
			take(m, &cached, rows-1, rows)
			inputs, outputs := untouched.tensors(b, m, plain)
			runs := []func(){
				func() {
					if err := untouched.session.Run(b.Context(), inputs, outputs); err != nil {
						b.Fatal(err)
					}
				},
				func() { denoise(b, m, plain) },
				func() { denoise(b, m, edited) },
				func() { denoise(b, m, &captured) },
				func() { denoise(b, m, &cached) },
			}
			quickest := make([]time.Duration, len(runs))
			for b.Loop() {
				for i, run := range runs {
					start := time.Now()
					run()
					if took := time.Since(start); quickest[i] == 0 || took < quickest[i] {
						quickest[i] = took
					}
				}
			}
			for i, name := range []string{"untouched", "plain", "edit", "capture", "cached"} {
				b.ReportMetric(float64(quickest[i].Microseconds())/1000, name+"-ms")
				b.ReportMetric(float64(quickest[i])/float64(quickest[0]), name+"-ratio")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// edit lets every second row take the cross- and self-attention maps of the
// row before it.
func edit(m *models.Model, b *models.Batch) {
	for row := 1; row < b.Rows; row += 2 {
		take(m, b, row, row-1)
	}
}

// take lets a row take all maps of a source.
func take(m *models.Model, b *models.Batch, row, source int) {
	n := m.Spec().ContextLength
	b.Control.CrossSource[row] = int64(source)
	for j := range n {
		b.Control.Take[row*n+j], b.Control.Keep[row*n+j] = 1, 0
	}
	for l := range m.Spec().Layers {
		b.Control.SelfSource[l*b.Rows+row] = int64(source)
	}
}

func BenchmarkOpen(b *testing.B) {
	for name, cache := range map[string]string{"first": "", "prepared": b.TempDir()} {
		b.Run(name, func(b *testing.B) {
			o := models.Options{Runtime: runtimetest.Load(b), Device: "cpu", CacheDir: cache}
			for b.Loop() {
				m, err := models.OpenFS(b.Context(), pocket.Files(), "pocket", o)
				if err != nil {
					b.Fatal(err)
				}
				if err := m.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	m := openPocket(b)
	latents := batchOf(b, m, blond).Latents
	for b.Loop() {
		if _, err := m.Decode(b.Context(), latents); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeText(b *testing.B) {
	m := openPocket(b)
	for b.Loop() {
		if _, err := m.EncodeText(b.Context(), blond); err != nil {
			b.Fatal(err)
		}
	}
}

// untouched is the pocket model's UNet as it was exported.
type untouched struct{ session *runtime.Session }

func openUntouched(t testing.TB) untouched {
	t.Helper()
	data, err := fs.ReadFile(pocket.Files(), "unet/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	session, err := runtimetest.Load(t).Open(runtime.Graph{Data: bytes.Clone(data)}, runtime.SessionOptions{
		Inputs: []string{"sample", "timestep", "encoder_hidden_states"}, Outputs: []string{"out_sample"},
		Device: runtime.Device{Provider: runtime.CPU},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return untouched{session}
}

// tensors makes the tensors of one run; outputs[0] holds the noise after it.
func (u untouched) tensors(t testing.TB, m *models.Model, b *models.Batch) (inputs, outputs []*runtime.Tensor) {
	t.Helper()
	s := m.Spec()
	latents := []int{b.Rows, s.LatentChannels, s.LatentHeight, s.LatentWidth}
	make1 := func(x *runtime.Tensor, err error) *runtime.Tensor {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := x.Destroy(); err != nil {
				t.Error(err)
			}
		})
		return x
	}
	sample := make1(runtime.FloatTensor(element.Float32, latents, b.Latents))
	step := make1(runtime.IntTensor(element.Int64, []int{1}, []int64{int64(b.Timestep)}))
	text := make1(runtime.FloatTensor(element.Float32, []int{b.Rows, s.ContextLength, s.TextWidth}, b.Text))
	noise := make1(runtime.FloatTensor(element.Float32, latents, make([]float32, len(b.Latents))))
	return []*runtime.Tensor{sample, step, text}, []*runtime.Tensor{noise}
}
