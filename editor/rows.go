package editor

import (
	"context"

	"pentimento/editor/attention"
	"pentimento/models"
)

// A unetRow is one row of the UNet at one step: a turn under its prompt, or
// latents unconditionally.
type unetRow struct {
	x    []float32
	text models.Text
	// link is the turn whose control acts on the row, nil for an unconditional
	// one; turn is its place in the chain, lastTurn for the turn that is drawn.
	link *link
	turn int
	// noise [C, H, W] and maps [pixels, M] are what the row gives.
	noise, maps []float32
}

// lastTurn stands for the place in the chain of the turn that is drawn.
const lastTurn = -1

// sourceRows are the rows that step s needs of the turns of the chain: for
// every turn its unconditional row, where it advances under guidance, and then
// its conditional one.
func (run *run) sourceRows(s int) []*unetRow {
	var rows []*unetRow
	for i, l := range run.chain {
		need, x := run.needs[s][i], run.seen(i, s)
		if need.advance && run.halves.uncond {
			rows = append(rows, &unetRow{x: x, text: run.uncond, turn: i})
		}
		if need.attention {
			rows = append(rows, &unetRow{x: x, text: l.text, link: l, turn: i})
		}
	}
	return rows
}

// A fork is what a step computes of a branch for those of its variants that
// the step treats alike.
type fork struct {
	branch *branch
	links  []*link
	// cond is the fork's own row, uncond all of the branch's, which has one
	// state; nil is what the guidance leaves out.
	cond, uncond *unetRow
}

// forks are the rows that step s needs of the last turn.
func (run *run) forks(s int) []*fork {
	var out []*fork
	for _, b := range run.branches {
		x := b.trace.Latents[s]
		var uncond *unetRow
		if run.halves.uncond {
			uncond = &unetRow{x: x, text: run.uncond, turn: lastTurn}
		}
		for _, links := range b.alike(s) {
			f := &fork{branch: b, links: links, uncond: uncond}
			if run.halves.cond {
				f.cond = &unetRow{x: x, text: links[0].text, link: links[0], turn: lastTurn}
			}
			out = append(out, f)
		}
	}
	return out
}

// maxRows is how many rows a batch has where many variants are drawn. On a
// processor larger batches are no quicker per row, and need more memory.
const maxRows = 12

// lots divides the rows of a step into batches. Rows that take over maps of
// the chain's rows are in a batch with them, where the chain has rows at all.
// Rows that advance the chain are in the first batch, whatever its size. Where
// nothing has begun and all is known there is no batch.
func lots(sources []*unetRow, forks []*fork, s int) [][]*unetRow {
	var takers, others, shared []*unetRow
	var before *unetRow
	for _, f := range forks {
		if f.uncond != nil && f.uncond != before {
			others = append(others, f.uncond)
			before = f.uncond
		}
		switch {
		case f.cond == nil:
		case f.cond.link.injects(s):
			takers = append(takers, f.cond)
		default:
			others = append(others, f.cond)
		}
	}
	for _, r := range sources {
		if r.link != nil {
			shared = append(shared, r)
		}
	}
	var out [][]*unetRow
	lot, own := sources[:len(sources):len(sources)], 0
	for i, r := range append(takers, others...) {
		if own > 0 && len(lot) >= maxRows {
			out = append(out, lot)
			lot, own = nil, 0
			if i < len(takers) {
				lot = shared[:len(shared):len(shared)]
			}
		}
		lot = append(lot, r)
		own++
	}
	if len(lot) == 0 {
		return out
	}
	return append(out, lot)
}

// compute runs the UNet on a lot of rows and gives them what they ask for. It
// reports whether maps of the cache were used.
func (run *run) compute(ctx context.Context, s int, lot []*unetRow) (cached bool, err error) {
	batch := run.batch(s, lot)
	out, err := run.engine.model.Denoise(ctx, batch)
	if err != nil {
		return false, err
	}
	run.rows += batch.Rows
	for b, r := range lot {
		r.noise, r.maps = part(out.Noise, b, batch.Rows), part(out.Maps, b, batch.Rows)
	}
	if len(out.Captured) > 0 {
		run.keep(s, out.Captured[0])
	}
	return len(batch.Cached) > 0, nil
}

// batch lays out a lot of rows for step s.
func (run *run) batch(s int, lot []*unetRow) *models.Batch {
	batch := &models.Batch{Rows: len(lot), Timestep: run.sampler.timesteps[s]}
	// at is where the maps of a turn of the chain are, cached where those of a
	// trace are, after all rows.
	at, cached := map[int]int{}, map[*attention.Trace]int{}
	for b, r := range lot {
		batch.Latents = append(batch.Latents, r.x...)
		batch.AddText(r.text)
		batch.TimestepCond = append(batch.TimestepCond, models.GuidanceEmbedding(run.settings.Guidance, run.spec.TimestepCondWidth)...)
		if r.link != nil && r.turn != lastTurn {
			at[r.turn] = b
		}
		if r.link != nil && r.turn == lastTurn && run.kept[s] != nil {
			batch.Capture = []int{b}
		}
	}
	var controlled []controlledRow
	for b, r := range lot {
		if r.link == nil {
			continue
		}
		c := controlledRow{link: r.link, row: b, source: -1}
		if from := r.link.sourceAt(s); from >= 0 && r.link.injects(s) {
			row, computed := at[from]
			if !computed {
				known := run.covering(r, s)
				if _, ok := cached[known]; !ok {
					cached[known] = batch.Rows + len(batch.Cached)
					batch.Cached = append(batch.Cached, known.Maps[s])
				}
				row = cached[known]
			}
			c.source = row
		}
		controlled = append(controlled, c)
	}
	batch.Control = controls(batch.Rows, controlled, s, run.spec)
	return batch
}

// covering is the trace that has what a row takes over at a step. The plan had the
// source's row computed where there is none.
func (run *run) covering(r *unetRow, s int) *attention.Trace {
	before := r.turn
	if before == lastTurn {
		before = len(run.chain)
	}
	return covering(run.chain[:before], run.traces[:before], r.link, s, run.spec)
}

// part returns row b of a batched tensor of so many rows.
func part(tensor []float32, b, rows int) []float32 {
	size := len(tensor) / rows
	return tensor[b*size : (b+1)*size]
}
