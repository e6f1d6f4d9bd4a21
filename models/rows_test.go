package models

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

// Rows that run one after the other give the same bits as all at once, whatever
// some of them take from others or from earlier runs.
func TestRowsInTurnGiveTheSameBits(t *testing.T) {
	m, err := OpenFS(t.Context(), pocket.Files(), "pocket", Options{Runtime: runtimetest.Load(t), Device: "cpu", Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	short := *m
	short.limit = beside + m.Need().Weights + 2*m.Need().Row // two rows, and no more
	s, random := m.Spec(), rand.New(rand.NewPCG(3, 4))
	text, err := m.EncodeText(t.Context(), "a woman with red hair")
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		const rows = 4
		in := &Batch{Rows: rows, Timestep: float64(random.IntN(1000)), Control: Identity(rows, len(s.Layers), s.ContextLength)}
		for range rows * s.LatentChannels * s.LatentHeight * s.LatentWidth {
			in.Latents = append(in.Latents, float32(random.NormFloat64()))
		}
		for range rows {
			in.AddText(text)
		}
		for k := range rows {
			if random.IntN(2) == 0 {
				in.Capture = append(in.Capture, k)
			}
		}
		first, err := m.Denoise(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		in.Cached = first.Captured
		in.takeSomething(random, s)
		want, err := m.Denoise(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := short.Denoise(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Noise, want.Noise) || !slices.Equal(got.Maps, want.Maps) {
			t.Errorf("groups %v give other noise, or other maps", in.groups())
		}
		for k := range want.Captured {
			if !slices.EqualFunc(got.Captured[k], want.Captured[k], slices.Equal[[]float32]) {
				t.Errorf("groups %v capture other maps of row %d", in.groups(), in.Capture[k])
			}
		}
	}
}

// takeSomething has rows 1 and 3 take maps of the row before them or of the cache,
// and sometimes values, too.
func (in *Batch) takeSomething(random *rand.Rand, s Spec) {
	tokens := s.ContextLength
	for _, row := range []int{1, 3} {
		source := int64(row - 1)
		cached := len(in.Cached) > 0 && random.IntN(2) == 0
		if cached {
			source = int64(in.Rows + random.IntN(len(in.Cached)))
		}
		in.Control.CrossSource[row] = source
		for j := range tokens {
			in.Control.Take[row*tokens+j], in.Control.Keep[row*tokens+j] = 1, 0
		}
		for l, layer := range s.Layers {
			if !layer.Cross && random.IntN(2) == 0 {
				in.Control.SelfSource[l*in.Rows+row] = source
			}
			if !layer.Cross && !cached && random.IntN(3) == 0 {
				in.Control.ValueSource[l*in.Rows+row], in.Control.SelfValueMix[l*in.Rows+row] = source, .5
			}
		}
	}
}

// What doesn't fit is refused before anything runs, as something of the machine.
func TestTooLittleMemoryIsRefused(t *testing.T) {
	_, err := OpenFS(t.Context(), pocket.Files(), "pocket", Options{Runtime: runtimetest.Load(t), Device: "cpu", MemoryLimit: 1 << 20})
	if short := (*MemoryError)(nil); !errors.As(err, &short) || !errors.Is(err, ErrMemory) {
		t.Errorf("a model that doesn't fit: %v", err)
	}
}
