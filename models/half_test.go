package models

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/models/pocket"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// openHalf opens the bundled model in half precision on the CPU, which users may not:
// it is no quicker there.
func openHalf(t *testing.T, cache string, b Binding) *Model {
	t.Helper()
	o := Options{Runtime: runtimetest.Load(t), Precision: FP16, CacheDir: cache, Binding: b}
	in, err := inspect(t.Context(), folder{fs: pocket.Files(), name: "pocket"})
	if err != nil {
		t.Fatal(err)
	}
	prepared, unkept, err := in.prepare(t.Context(), o)
	if err := errors.Join(err, unkept); err != nil {
		t.Fatal(err)
	}
	if err := in.lower(t.Context(), o, prepared); err != nil {
		t.Fatal(err)
	}
	m, err := in.open(t.Context(), prepared, o, runtime.Device{Provider: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// In half precision the UNet predicts nearly what it does in single, it is a model of
// its own, and the second start finds what the first one prepared.
func TestHalfPrecision(t *testing.T) {
	cache := t.TempDir()
	single, err := OpenFS(t.Context(), pocket.Files(), "pocket", Options{Runtime: runtimetest.Load(t), Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := single.Close(); err != nil {
			t.Error(err)
		}
	}()
	half := openHalf(t, cache, BindCUDA)
	if half.Precision() != FP16 || half.Digest() == single.Digest() {
		t.Errorf("%s, with the digest %s", half.Precision(), half.Digest())
	}
	if p, ok := single.PrecisionOf(half.Digest()); !ok || p != FP16 {
		t.Errorf("its digest is of %s", p)
	}
	s := single.Spec()
	b := &Batch{Rows: 2, Timestep: 601, Control: Identity(2, len(s.Layers), s.ContextLength)}
	for i := range 2 * s.LatentChannels * s.LatentHeight * s.LatentWidth {
		b.Latents = append(b.Latents, float32(2*math.Sin(float64(i*i))))
	}
	for _, prompt := range []string{"a woman with red hair", ""} {
		text, err := single.EncodeText(t.Context(), prompt)
		if err != nil {
			t.Fatal(err)
		}
		b.AddText(text)
	}
	noise := func(m *Model) []float32 {
		t.Helper()
		d, err := m.Denoise(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		return d.Noise
	}
	want, got := noise(single), noise(half)
	if d := relative(got, want); !(d < .01) || d == 0 {
		t.Errorf("the prediction deviates by %.5f", d)
	} else {
		t.Logf("the prediction deviates by %.5f", d)
	}
	if bound := noise(openHalf(t, cache, BindAlways)); !slices.Equal(bound, got) {
		t.Error("with bound inputs, after a second start, it is another")
	}
	weights, err := filepath.Glob(filepath.Join(cache, "*-fp16-*.unet.bin"))
	if err != nil || len(weights) != 1 {
		t.Fatal(weights, err)
	}
	info, err := os.Stat(weights[0])
	if err != nil {
		t.Fatal(err)
	}
	if unet := half.widths.weights; info.Size() > unet {
		t.Errorf("the weights take %d bytes", info.Size())
	}
	checkHalvedAgain(t, cache)
	// What is damaged is made again.
	if err := os.Truncate(weights[0], 1000); err != nil {
		t.Fatal(err)
	}
	if again := noise(openHalf(t, cache, BindNever)); !slices.Equal(again, got) {
		t.Error("after damage it is another")
	}
}

// checkHalvedAgain lowers a UNet that is in half precision already, as exports for GPUs
// are: it stays as it is.
func checkHalvedAgain(t *testing.T, cache string) {
	t.Helper()
	o := Options{Runtime: runtimetest.Load(t), Precision: FP16, CacheDir: cache}
	in, err := inspect(t.Context(), folder{fs: pocket.Files(), name: "pocket"})
	if err != nil {
		t.Fatal(err)
	}
	prepared, _, err := in.prepare(t.Context(), o)
	if err == nil {
		err = in.lower(t.Context(), o, prepared)
	}
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(prepared.graph.Data)
	o.CacheDir = t.TempDir()
	if err := in.lower(t.Context(), o, prepared); err != nil || !slices.Equal(before, prepared.graph.Data) {
		t.Errorf("half of half precision: %v", err)
	}
}

// Preparing keeps a UNet in half precision, and a report says so, also where the device
// is elsewhere.
func TestPrepareHalfPrecision(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, pocket.Files()); err != nil {
		t.Fatal(err)
	}
	o := Options{Runtime: runtimetest.Load(t), Device: "cuda", Precision: FP16, CacheDir: t.TempDir()}
	r, err := Prepare(t.Context(), Source{Path: dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	single, half := r.Precisions[0], r.Precisions[1]
	if half.Precision != FP16 || half.Kept == 0 || half.Bytes >= single.Bytes {
		t.Errorf("%+v", r.Precisions)
	}
	if !strings.Contains(r.String(), "precision fp16: weights of ") {
		t.Error(r)
	}
	if own, err := Read(t.Context(), Source{Path: dir}, o); err != nil || own.Digest() != r.Digest {
		t.Errorf("the digest is %s and not %s, %v", own.Digest(), r.Digest, err)
	}
}

// relative is the root of the mean square of what differs, as a part of b's.
func relative(a, b []float32) float64 {
	var d, s float64
	for i := range b {
		d += float64(a[i]-b[i]) * float64(a[i]-b[i])
		s += float64(b[i]) * float64(b[i])
	}
	return math.Sqrt(d / s)
}

// Half precision is refused where it is no use, and without a place for it.
func TestHalfPrecisionIsRefused(t *testing.T) {
	for device, says := range map[string]string{
		"cpu": "device cpu: fp16 is for GPUs", "auto": "device auto: fp16 is for GPUs", "openvino": "device openvino: fp16 is for GPUs",
		"cuda": "fp16 takes a cache folder",
	} {
		_, err := OpenFS(t.Context(), pocket.Files(), "pocket", Options{Runtime: runtimetest.Load(t), Device: device, Precision: FP16})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", device, err)
		}
		if own := says != "fp16 takes a cache folder"; errors.Is(err, ErrHalf) != own {
			t.Errorf("%s: %v", device, err)
		}
	}
}
