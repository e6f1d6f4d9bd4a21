package editor

import (
	"slices"

	"pentimento/editor/attention"
)

// A branch is a state of the turn that is drawn, with those of its variants
// that have come to it. Variants part where their control differs, or where a
// local blend makes their latents differ; what they do alike until then is
// computed once.
type branch struct {
	links []*link
	trace *attention.Trace
	// memory is what the sampler remembers of the last step. [C, H, W]
	memory []float64
}

// alike groups the variants that step s treats alike.
func (b *branch) alike(s int) [][]*link {
	var out [][]*link
next:
	for _, l := range b.links {
		for i, group := range out {
			if group[0].actsLike(l, s) {
				out[i] = append(group, l)
				continue next
			}
		}
		out = append(out, []*link{l})
	}
	return out
}

// actsLike reports whether two edits of one source control step s alike.
func (l *link) actsLike(m *link, s int) bool {
	v, w := l.turn.Windows, m.turn.Windows
	values := l.injectsValues(s) == m.injectsValues(s) &&
		(!l.injectsValues(s) || v.ValueMix == w.ValueMix && v.ValueLayers == w.ValueLayers)
	return values && l.turn.Prompt == m.turn.Prompt && slices.Equal(l.equalizer, m.equalizer) &&
		l.self.has(s) == m.self.has(s) && l.anyCross.has(s) == m.anyCross.has(s) &&
		slices.EqualFunc(l.cross, m.cross, func(a, b steps) bool { return a.has(s) == b.has(s) })
}

// advance steps the latents of all branches, and parts those whose variants
// have become different.
func (run *run) advance(s int, forks []*fork) {
	var branches []*branch
	for _, f := range forks {
		prediction := run.guided(f.cond, f.uncond)
		next, memory := run.advanced(s, f.branch.trace.Latents[s], prediction, f.branch.memory)
		maps := run.mapsOf(f.cond)
		own := len(branches) // the fork's branches are those from here on
		for _, l := range f.links {
			x := next
			if l.blend != nil {
				x = l.blend.apply(s, run.traces[len(run.traces)-1], maps, next, run.spec)
			}
			same := func(b *branch) bool { return slices.Equal(b.trace.Latents[s+1], x) }
			if i := slices.IndexFunc(branches[own:], same); i >= 0 {
				branches[own+i].links = append(branches[own+i].links, l)
				continue
			}
			b := &branch{links: []*link{l}, trace: f.branch.trace, memory: memory}
			if len(f.branch.links) > 1 {
				b.trace = copied(b.trace)
			}
			b.trace.Latents[s+1], b.trace.Predictions[s], b.trace.Means[s] = x, prediction, maps
			branches = append(branches, b)
		}
	}
	run.branches = branches
}

// copied is a trace that can go on otherwise than t.
func copied(t *attention.Trace) *attention.Trace {
	return &attention.Trace{
		Latents: slices.Clone(t.Latents), Predictions: slices.Clone(t.Predictions),
		Means: slices.Clone(t.Means), Maps: slices.Clone(t.Maps),
	}
}
