package models_test

import (
	"slices"
	"testing"

	"pentimento/models"
)

// rowOf is a batch of one row: row at of b, without control.
func rowOf(t testing.TB, m *models.Model, b *models.Batch, at int) *models.Batch {
	t.Helper()
	s := m.Spec()
	return &models.Batch{
		Rows: 1, Timestep: b.Timestep,
		Latents: row(b.Latents, b.Rows, at), Text: row(b.Text, b.Rows, at),
		Control: models.Identity(1, len(s.Layers), s.ContextLength),
	}
}

// Given a source and an edit in one batch, when the edit has the source's
// captured maps instead, in a batch of its own, then it is the same.
func TestCachedMapsEqualTheRowTheyCameFrom(t *testing.T) {
	m := openPocket(t)
	both := batchOf(t, m, blond, red)
	take(m, both, 1, 0)
	both.Capture = []int{1, 0}
	want := denoise(t, m, both)
	if len(want.Captured) != 2 {
		t.Fatalf("captured %d rows", len(want.Captured))
	}
	for l := range m.Spec().Layers {
		if got := len(want.Captured[0][l]); got != m.Spec().MapSize(l) {
			t.Errorf("layer %d has maps of %d values, not %d", l, got, m.Spec().MapSize(l))
		}
		// Row 1 took everything: what is captured is after the control.
		if !m.Spec().Layers[l].Cross && !slices.Equal(want.Captured[0][l], want.Captured[1][l]) {
			t.Errorf("layer %d: the captured maps are not the source's", l)
		}
	}

	alone := rowOf(t, m, both, 1)
	take(m, alone, 0, 1)
	alone.Cached = want.Captured[1:]
	alone.Capture = []int{0}
	got := denoise(t, m, alone)
	if !slices.Equal(got.Noise, row(want.Noise, 2, 1)) {
		t.Errorf("with cached maps the noise differs by %g", difference(got.Noise, row(want.Noise, 2, 1)))
	}
	for l := range m.Spec().Layers {
		if !slices.Equal(got.Captured[0][l], want.Captured[0][l]) {
			t.Errorf("layer %d: the captured maps differ", l)
		}
	}
}

// Sources of several runs keep their numbers, also where one lacks a layer.
func TestSeveralCachedMaps(t *testing.T) {
	m := openPocket(t)
	sources := batchOf(t, m, blond, "a red car")
	sources.Capture = []int{0, 1}
	captured := denoise(t, m, sources).Captured
	edit := rowOf(t, m, batchOf(t, m, red), 0)
	draw := func(source int, cached ...models.Maps) []float32 {
		edit.Control = models.Identity(1, len(m.Spec().Layers), m.Spec().ContextLength)
		take(m, edit, 0, source)
		edit.Cached = cached
		return denoise(t, m, edit).Noise
	}
	if !slices.Equal(draw(1, captured[1]), draw(2, captured[0], captured[1])) {
		t.Error("the second cached maps are not what they are alone")
	}
	nothing := make(models.Maps, len(m.Spec().Layers))
	if !slices.Equal(draw(1, captured[1]), draw(2, nothing, captured[1])) {
		t.Error("maps that are missing move those after them")
	}
}

func TestDenoiseRefusesCachedMaps(t *testing.T) {
	m := openPocket(t)
	whole := batchOf(t, m, blond)
	whole.Capture = []int{0}
	maps := denoise(t, m, whole).Captured[0]
	without := func(layer int) models.Maps {
		partial := slices.Clone(maps)
		partial[layer] = nil
		return partial
	}
	const self, cross = 0, 1
	for name, spoil := range map[string]func(b *models.Batch){
		"no such maps":        func(b *models.Batch) { take(m, b, 0, 2) },
		"maps without a self": func(b *models.Batch) { b.Cached[0] = without(self) },
		"maps without cross":  func(b *models.Batch) { b.Cached[0] = without(cross) },
		"maps of few layers":  func(b *models.Batch) { b.Cached[0] = maps[1:] },
		"maps too short": func(b *models.Batch) {
			b.Cached[0] = without(self)
			b.Cached[0][self] = maps[self][1:]
		},
		"cached values":       func(b *models.Batch) { b.Control.ValueSource[0] = 1 },
		"capture row outside": func(b *models.Batch) { b.Capture = []int{1} },
		"capture negative":    func(b *models.Batch) { b.Capture = []int{-1} },
	} {
		b := batchOf(t, m, red)
		b.Cached = []models.Maps{maps}
		take(m, b, 0, 1)
		spoil(b)
		if _, err := m.Denoise(t.Context(), b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
