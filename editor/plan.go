package editor

import (
	"pentimento/editor/attention"
	"pentimento/models"
)

// need says what a step computes of one turn of the chain.
type need struct {
	// attention: the conditional row is computed, for the maps and values that
	// a later turn takes over or that a local blend adds up.
	attention bool
	// advance: the turn's latents are stepped, which takes the unconditional
	// row too.
	advance bool
}

// plan decides, for every step and turn, which rows the UNet computes. It
// works backwards from the last turn, which is always drawn. A turn whose
// trace is known never advances: only its attention may be needed again, and
// not even that at steps whose maps are in the trace.
//
// Without any trace an edit at depth d costs 2(d+1) rows a step; with the
// source's latents 3 inside the windows of a single edit and 2 after them;
// with its maps 2, whatever d is.
func plan(links []*link, known []*attention.Trace, n int, spec models.Spec) [][]need {
	needs := make([][]need, n)
	for s := range needs {
		needs[s] = make([]need, len(links))
	}
	last := len(links) - 1
	for s := n - 1; s >= 0; s-- {
		needs[s][last] = need{attention: true, advance: true}
		for i := last - 1; i >= 0; i-- {
			needs[s][i] = needOf(i, s, links[i+1], known[i], needs, spec)
		}
	}
	return needs
}

// needOf returns what step s needs of turn i, given all that later turns and
// later steps need.
func needOf(i, s int, next *link, source *attention.Trace, needs [][]need, spec models.Spec) need {
	later := needs[s][i+1]
	blends := next.blend != nil && later.advance
	var out need
	if source == nil {
		// The latents after step s feed the blend of the next turn at this
		// step and everything that is computed of this turn at the next step.
		used := blends && s >= next.blend.start
		if s+1 < len(needs) {
			used = used || needs[s+1][i].attention
		}
		out.advance = used
		out.attention = used || blends
	}
	out.attention = out.attention || later.attention && next.injects(s) && !covers(source, next, s, spec)
	return out
}

// injects reports whether the turn takes anything over from its source's
// attention at step s.
func (l *link) injects(s int) bool {
	return l.anyCross.has(s) || l.self.has(s) || l.injectsValues(s)
}

func (l *link) injectsValues(s int) bool {
	return l.value.has(s) && l.turn.Windows.ValueMix > 0
}
