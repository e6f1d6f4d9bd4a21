package models_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// openBound opens the bundled model with inputs that stay on the device, which is the
// CPU here.
func openBound(t testing.TB) *models.Model {
	t.Helper()
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: runtimetest.Load(t), Device: "cpu", Binding: models.BindAlways})
	return modelstest.Keep(t, m, err)
}

// toDevice is how much runs have copied to the device since it was before.
func toDevice(t testing.TB, m *models.Model, before *int64) int64 {
	t.Helper()
	moved, err := m.Moved(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { *before = moved.ToDevice }()
	return moved.ToDevice - *before
}

// Of what a run has in common with the one before nothing is copied; whatever of it
// changes is, also in memory that the caller uses again.
func TestBoundInputsFollowTheBatch(t *testing.T) {
	plain, bound := openPocket(t), openBound(t)
	s := plain.Spec()
	latents := int64(4 * s.LatentChannels * s.LatentHeight * s.LatentWidth)
	b := batchOf(t, plain, blond, "a man's face with black hair")
	b.Capture = []int{0, 1}
	captured := denoise(t, plain, b).Captured
	b.Capture = nil
	var before int64
	for _, step := range []struct {
		name   string
		change func()
		copied int64 // for two rows; 0 is anything
	}{
		{"first", func() {}, 0},
		{"again", func() {}, -1},
		{"other latents, in place", func() { b.Latents[5]++ }, 2 * latents},
		{"another timestep", func() { b.Timestep = 17 }, 16},
		{"a zero of the other sign", func() { b.Latents[0] = 0 }, 2 * latents},
		{"", func() { b.Latents[0] = -b.Latents[0] }, 2 * latents},
		{"other texts, in place", func() { b.Text[0]++ }, int64(8 * s.ContextLength * s.TextWidth)},
		{"a row takes from the other", func() { edit(plain, b) }, 0},
		{"captures", func() { b.Capture = []int{1} }, 8},
		{"cached maps", func() { b.Cached = captured[:1]; take(plain, b, 1, 2) }, 0},
		{"the same cached maps", func() {}, -1},
		{"other cached maps", func() { b.Cached = captured[1:] }, 0},
		{"two cached maps", func() { b.Cached = captured }, 0},
		{"none", func() { b.Cached = nil; b.Control = models.Identity(2, len(s.Layers), s.ContextLength) }, 0},
		{"one row", func() { *b = *rowOf(t, plain, b, 1) }, 0},
	} {
		step.change()
		want, got := denoise(t, plain, b), denoise(t, bound, b)
		same := slices.Equal(want.Noise, got.Noise) && slices.Equal(want.Maps, got.Maps) && len(want.Captured) == len(got.Captured)
		for k := range want.Captured {
			same = same && slices.EqualFunc(want.Captured[k], got.Captured[k], slices.Equal[[]float32])
		}
		if !same {
			t.Errorf("%s: other numbers with bound inputs", step.name)
		}
		switch copied := toDevice(t, bound, &before); {
		case step.copied > 0 && copied != step.copied, step.copied < 0 && copied != 0, step.copied == 0 && copied == 0:
			t.Errorf("%s: copied %d bytes, not %d", step.name, copied, max(0, step.copied))
		}
	}
}

// Runs at the same time take turns, and each computes its own.
func TestBoundInputsTakeTurns(t *testing.T) {
	plain, bound := openPocket(t), openBound(t)
	var all sync.WaitGroup
	for i, prompts := range [][]string{{blond}, {"a man's face"}, {blond, "a man's face"}} {
		b := batchOf(t, plain, prompts...)
		b.Timestep = float64(100 * i)
		want := denoise(t, plain, b)
		all.Go(func() {
			for range 3 {
				got, err := bound.Denoise(t.Context(), b)
				if err != nil || !slices.Equal(got.Noise, want.Noise) {
					t.Errorf("%v: other numbers beside other runs, %v", prompts, err)
				}
			}
		})
	}
	all.Wait()
}

// A run whose context ends gives its error, and the next one is right.
func TestBoundInputsAfterAnEnd(t *testing.T) {
	plain, bound := openPocket(t), openBound(t)
	b := batchOf(t, plain, slices.Repeat([]string{blond}, 4)...)
	want := denoise(t, plain, b)
	for _, after := range []time.Duration{0, time.Millisecond, 5 * time.Millisecond} {
		ctx, stop := context.WithTimeout(t.Context(), after)
		if _, err := bound.Denoise(ctx, b); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %s: %v", after, err)
		}
		stop()
		if got := denoise(t, bound, b); !slices.Equal(got.Noise, want.Noise) {
			t.Errorf("after %s: other numbers", after)
		}
	}
}

func TestClosedBoundModel(t *testing.T) {
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: runtimetest.Load(t), Device: "cpu", Binding: models.BindAlways})
	if err != nil {
		t.Fatal(err)
	}
	b := batchOf(t, m, blond)
	denoise(t, m, b)
	for range 2 {
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Denoise(t.Context(), b); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("after it was closed: %v", err)
		}
	}
}

// Exports take bound inputs whatever else they take beside what Stable Diffusion's
// first UNet does.
func TestExportsTakeBoundInputs(t *testing.T) {
	for _, name := range []string{"script_14", "script_17", "optimum_lcm", "optimum_sdxl", "fused"} {
		t.Run(name, func(t *testing.T) {
			source := models.Source{Path: export(t, name)}
			plain := modelstest.Open(t, source)
			m, err := models.Open(t.Context(), source, models.Options{Runtime: runtimetest.Load(t), Device: "cpu", Binding: models.BindAlways})
			bound := modelstest.Keep(t, m, err)
			if plain, err = plain.At(64, 64); err != nil {
				t.Fatal(err)
			}
			if bound, err = bound.At(64, 64); err != nil {
				t.Fatal(err)
			}
			b := batchOf(t, plain, "a", "b")
			b.Pooled = pattern(2 * plain.Spec().PooledWidth)
			b.TimestepCond = pattern(2 * plain.Spec().TimestepCondWidth)
			for i := range 3 {
				b.Latents[i]++
				want, got := denoise(t, plain, b), denoise(t, bound, b)
				if !slices.Equal(want.Noise, got.Noise) || !slices.Equal(want.Maps, got.Maps) {
					t.Errorf("run %d: other numbers with bound inputs", i)
				}
			}
		})
	}
}
