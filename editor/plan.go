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
// which all variants are drawn from their first step on. A turn whose trace is
// known never advances: only its attention may be needed again, and not even that
// at steps whose maps are in the trace. At steps that a turn leaves to its source,
// what is needed of it is needed of the source.
//
// Without any trace an edit at depth d costs 2(d+1) rows a step; with the
// source's latents 3 inside the windows of a single edit and 2 after them;
// with its maps 2, whatever d is. Steps before the first cost nothing where the
// source's latents are known.
func plan(chain, variants []*link, known []*attention.Trace, n int, spec models.Spec) [][]need {
	needs := make([][]need, n+1)
	for s := range needs {
		needs[s] = make([]need, len(chain))
	}
	for s := n - 1; s >= 0; s-- {
		p := &stepPlan{chain, known, spec, s, needs[s], make([]bool, len(chain)+1), make([]bool, len(chain)+1)}
		for _, l := range variants {
			p.latents[len(chain)] = s < l.start // as long as it has not begun it needs the source's
			p.draw(len(chain), l, need{attention: s >= l.start, advance: s >= l.start})
		}
		for i := len(chain) - 1; i >= 0; i-- {
			p.latents[i] = p.latents[i] || needs[s+1][i].attention
			p.decide(i)
			p.draw(i, chain[i], p.needs[i])
		}
	}
	return needs[:n]
}

// A stepPlan is what is planned of one step.
type stepPlan struct {
	chain []*link
	known []*attention.Trace
	spec  models.Spec
	step  int
	needs []need
	// latents and means tell of which turns the latents after the step are needed,
	// and the aggregated maps of it.
	latents, means []bool
}

// decide says what is computed of turn i, of which everything is known that later
// turns and steps need.
func (p *stepPlan) decide(i int) {
	if p.known[i] != nil || p.step < p.chain[i].start {
		return
	}
	p.needs[i].advance = p.latents[i]
	p.needs[i].attention = p.needs[i].attention || p.latents[i] || p.means[i]
}

// draw says what turn i needs of those before it.
func (p *stepPlan) draw(i int, l *link, computed need) {
	if i == 0 {
		return
	}
	if p.step < l.start && (i == len(p.chain) || p.known[i] == nil) {
		p.latents[i-1] = p.latents[i-1] || p.latents[i]
		p.means[i-1] = p.means[i-1] || p.means[i]
	}
	if l.blend != nil && computed.advance {
		p.means[i-1] = true
		p.latents[i-1] = p.latents[i-1] || p.step >= l.blend.start
	}
	if computed.attention && l.injects(p.step) && covering(p.chain[:i], p.known[:i], l, p.step, p.spec) == nil {
		p.needs[originAt(p.chain[:i], p.step)].attention = true
	}
}

// injects reports whether the turn takes anything over from its source's
// attention at step s.
func (l *link) injects(s int) bool {
	return l.anyCross.has(s) || l.self.has(s) || l.injectsValues(s)
}

func (l *link) injectsValues(s int) bool {
	return l.value.has(s) && l.turn.Windows.ValueMix > 0
}
