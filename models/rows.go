package models

import (
	"context"
	"slices"
)

// denoiseWithin runs a batch within the memory that may be taken: all rows at once, or
// one after the other where these are too many.
func (m *Model) denoiseWithin(ctx context.Context, u *unet, in *Batch) (*Denoised, error) {
	n := m.Need()
	running := func(rows int) int64 { return beside + n.Weights + int64(rows)*n.Row }
	if running(in.Rows) <= m.limit {
		return m.denoise(ctx, u, in)
	}
	groups := in.groups()
	for _, rows := range groups {
		if err := fits("this step", running(len(rows)), m.limit); err != nil {
			return nil, err
		}
	}
	return m.denoiseInTurn(ctx, u, in, groups)
}

// denoiseInTurn runs groups of a batch's rows one after the other. Rows of which one
// takes something from another are in one group; to the others it makes no
// difference, not by a bit, who runs beside them.
func (m *Model) denoiseInTurn(ctx context.Context, u *unet, in *Batch, groups [][]int) (*Denoised, error) {
	all := &Denoised{Captured: make([]Maps, len(in.Capture))}
	for _, rows := range groups {
		part := in.only(rows)
		got, err := m.denoise(ctx, u, part)
		if err != nil {
			return nil, err
		}
		all.Noise = spread(all.Noise, got.Noise, rows, in.Rows)
		all.Maps = spread(all.Maps, got.Maps, rows, in.Rows)
		for k, row := range in.Capture {
			if i := slices.Index(rows, row); i >= 0 {
				all.Captured[k] = got.Captured[slices.Index(part.Capture, i)]
			}
		}
	}
	return all, nil
}

// spread puts values of some rows to their places among all rows.
func spread(all, some []float32, rows []int, n int) []float32 {
	size := len(some) / len(rows)
	if all == nil {
		all = make([]float32, n*size)
	}
	for i, row := range rows {
		copy(all[row*size:(row+1)*size], some[i*size:(i+1)*size])
	}
	return all
}

// groups are the rows that have to run together.
func (in *Batch) groups() [][]int {
	group := make([]int, in.Rows) // of each row, the first row of its group
	for b := range group {
		group[b] = b
	}
	join := func(a, b int) {
		from, to := max(group[a], group[b]), min(group[a], group[b])
		for i, g := range group {
			if g == from {
				group[i] = to
			}
		}
	}
	c := &in.Control
	for _, table := range [][]int64{c.CrossSource, c.SelfSource, c.ValueSource} {
		for i, source := range table {
			if source >= 0 && source < int64(in.Rows) {
				join(i%in.Rows, int(source))
			}
		}
	}
	var groups [][]int
	for first := range group {
		var rows []int
		for row, g := range group {
			if g == first {
				rows = append(rows, row)
			}
		}
		if rows != nil {
			groups = append(groups, rows)
		}
	}
	return groups
}

// only is a batch of some rows, among which their sources are.
func (in *Batch) only(rows []int) *Batch {
	c := &in.Control
	part := *in
	part.Rows = len(rows)
	part.Latents, part.Text = ofRows(in.Latents, rows, in.Rows), ofRows(in.Text, rows, in.Rows)
	part.Pooled, part.TimestepCond = ofRows(in.Pooled, rows, in.Rows), ofRows(in.TimestepCond, rows, in.Rows)
	part.Control = Control{
		Mapper: ofRows(c.Mapper, rows, in.Rows), Take: ofRows(c.Take, rows, in.Rows), Keep: ofRows(c.Keep, rows, in.Rows),
		CrossValueMix: ofRows(c.CrossValueMix, rows, in.Rows),
		CrossSource:   in.sources(c.CrossSource, rows), SelfSource: in.sources(c.SelfSource, rows), ValueSource: in.sources(c.ValueSource, rows),
	}
	for l := range len(c.SelfValueMix) / in.Rows {
		part.Control.SelfValueMix = append(part.Control.SelfValueMix, ofRows(c.SelfValueMix[l*in.Rows:(l+1)*in.Rows], rows, in.Rows)...)
	}
	part.Capture = nil
	for _, row := range in.Capture {
		if i := slices.Index(rows, row); i >= 0 {
			part.Capture = append(part.Capture, i)
		}
	}
	return &part
}

// ofRows are the values of some of n rows.
func ofRows(values []float32, rows []int, n int) []float32 {
	size := len(values) / n
	var some []float32
	for _, row := range rows {
		some = append(some, values[row*size:(row+1)*size]...)
	}
	return some
}

// sources are those of some rows in a table [B] or [layers, B], numbered among
// them, with the cached maps after them.
func (in *Batch) sources(table []int64, rows []int) []int64 {
	var some []int64
	for l := range len(table) / in.Rows {
		for _, row := range rows {
			source := table[l*in.Rows+row]
			if source >= int64(in.Rows) {
				some = append(some, source-int64(in.Rows)+int64(len(rows)))
			} else {
				some = append(some, int64(slices.Index(rows, int(source))))
			}
		}
	}
	return some
}
