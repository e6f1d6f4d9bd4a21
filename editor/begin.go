package editor

import (
	"slices"

	"pentimento/editor/align"
	"pentimento/editor/attention"
)

// A turn may begin later than its source (recipe.Turn.Start): the steps before are
// its source's. Of these it has the source's latents, and the means of the source's
// maps as it would have taken them over, for its local blend and for heat-maps. The
// maps themselves stay those of the turn that computed them, which is the one that
// a later turn takes them over from (link.origins). So a way back ends at the first
// picture, whichever of its turns began late.

// begin has those turns begin whose first step is s, after the root's.
func (run *run) begin(s int) {
	if s == 0 {
		return
	}
	for i, l := range run.chain {
		if t := run.traces[i]; l.start == s && growing(t) && t.Latents[s] != nil {
			run.memories[i] = run.remembered(t, s)
			l.blend.catchUp(run.traces[i-1], t, s, run.spec.ContextLength)
		}
	}
	run.waiting = slices.DeleteFunc(run.waiting, func(l *link) bool {
		if l.start == s {
			run.branchOff(l, s)
		}
		return l.start == s
	})
}

// branchOff has a variant of the last turn begin at step s, in one branch with those
// of the same words that begin there too.
func (run *run) branchOff(l *link, s int) {
	source := run.traces[len(run.traces)-1]
	at := slices.IndexFunc(run.branches, func(b *branch) bool {
		m := b.links[0]
		return m.start == s && m.turn.Prompt == l.turn.Prompt && slices.Equal(m.equalizer, l.equalizer)
	})
	if at < 0 {
		t := newTrace(run.settings.Steps, source.Latents[0])
		for k := range s {
			run.inherit(t, source, l, k)
			t.Maps[k] = source.Maps[k]
		}
		at = len(run.branches)
		run.branches = append(run.branches, &branch{trace: t, memory: run.remembered(t, s)})
	}
	b := run.branches[at]
	b.links = append(b.links, l)
	l.blend.catchUp(source, b.trace, s, run.spec.ContextLength)
}

// growing reports whether a trace is that of a turn which is being drawn. Others are
// complete, and shared.
func growing(t *attention.Trace) bool { return t.Latents[len(t.Latents)-1] == nil }

// inherit gives the trace of a turn what its source has of step s, which the turn
// leaves to it, as far as that is known.
func (run *run) inherit(t, source *attention.Trace, l *link, s int) {
	t.Latents[s+1] = source.Latents[s+1]
	if source.Predictions != nil {
		t.Predictions[s] = source.Predictions[s]
	}
	if source.Means[s] != nil {
		t.Means[s] = l.taken(source.Means[s])
	}
}

// remembered is what the sampler remembers of the step before s. [C, H, W]
func (run *run) remembered(t *attention.Trace, s int) []float64 {
	if !remembers(run.settings.Scheduler) {
		return nil
	}
	x0, _ := run.sampler.split(s-1, t.Latents[s-1], t.Predictions[s-1])
	return x0
}

// taken are the source's maps as the turn takes them over, all of them: M·A_t, times
// the turn's weights. Words that the source does not have, or mutes, have none.
// [pixels, M]
func (l *link) taken(maps []float32) []float32 {
	source, m := l.origins[len(l.origins)-1], len(l.equalizer)
	out := make([]float32, len(maps))
	for j := range m {
		if source.mapping.Kinds[j] == align.Insert || source.inherited[j] == 0 {
			continue
		}
		factor := l.equalizer[j] / source.inherited[j]
		for i := range m {
			share := source.mapping.Mapper[i*m+j]
			if share == 0 {
				continue
			}
			for p := 0; p < len(maps); p += m {
				out[p+j] += maps[p+i] * share * factor
			}
		}
	}
	return out
}

// catchUp adds the maps of the steps before s, which the turn left to its source, to
// the masks.
func (b *blend) catchUp(source, own *attention.Trace, s, m int) {
	if b == nil {
		return
	}
	for k := range s {
		accumulate(b.sourceSum, source.Means[k], b.source, m)
		accumulate(b.targetSum, own.Means[k], b.target, m)
	}
}
