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

// plan decides, for every step and every turn of the chain before the last
// one, which rows the UNet computes. It works backwards from the last turn, of
// which all variants are always drawn. A turn whose trace is known never
// advances: only its attention may be needed again, and not even that at steps
// whose maps are in the trace.
//
// Without any trace an edit at depth d costs 2(d+1) rows a step; with the
// source's latents 3 inside the windows of a single edit and 2 after them;
// with its maps 2, whatever d is.
func plan(chain, variants []*link, known []*attention.Trace, n int, spec models.Spec) [][]need {
	needs := make([][]need, n)
	for s := range needs {
		needs[s] = make([]need, len(chain))
	}
	for s := n - 1; s >= 0; s-- {
		later, next := need{attention: true, advance: true}, variants
		for i := len(chain) - 1; i >= 0; i-- {
			for _, l := range next {
				one := needOf(i, s, l, later, known[i], needs, spec)
				needs[s][i].attention = needs[s][i].attention || one.attention
				needs[s][i].advance = needs[s][i].advance || one.advance
			}
			later, next = needs[s][i], chain[i:i+1]
		}
	}
	return needs
}

// needOf returns what step s needs of turn i for the turn next, given what is
// needed of that one and all that later steps need.
func needOf(i, s int, next *link, later need, source *attention.Trace, needs [][]need, spec models.Spec) need {
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
