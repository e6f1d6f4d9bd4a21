package editor

import (
	"context"
	"fmt"
	"math"

	"pentimento/editor/align"
	"pentimento/models"
	"pentimento/models/tokenizer"
	"pentimento/recipe"
)

// A link is a turn of the chain, prepared for drawing: its prompt as tokens
// and text embedding, and its windows and weights per step and token.
type link struct {
	turn   recipe.Turn
	tokens tokenizer.Encoding
	text   models.Text
	// equalizer is the paper's c: the factor of every token's attention. [M]
	equalizer []float32
	// The rest relates the turn to its source, the link before it; a root has
	// none of it.
	//
	// start is the first step that the turn computes: its source did those before.
	start int
	// origins are the turns that computed what the source has, by step. [steps]
	origins  []*origin
	cross    []steps // [M] cross_replace_steps of every token
	anyCross steps   // the union of cross
	self     steps
	value    steps
	blend    *blend // nil: no local blend
}

// An origin is a turn of the chain whose attention a later turn takes over: its
// source or, at steps that the source left to its own, one further back.
type origin struct {
	turn    int // place in the chain
	mapping align.Mapping
	// inherited is the factor that the origin's own re-weighting left on the
	// map that a token takes over; 0 for maps that the origin muted. [M]
	inherited []float32
}

// steps is the half-open range [from, to) of denoising steps.
type steps struct{ from, to int }

func (s steps) has(step int) bool { return s.from <= step && step < s.to }

func (s steps) union(t steps) steps {
	if s.from >= s.to {
		return t
	}
	if t.from >= t.to {
		return s
	}
	return steps{min(s.from, t.from), max(s.to, t.to)}
}

// window turns fractions of n steps into steps. All windows round alike, both
// ends to the nearest step; the reference code rounds cross and self windows
// differently.
func window(w recipe.Window, n int) steps {
	end := func(f float64) int {
		return int(math.Round(min(max(f, 0), 1) * float64(n)))
	}
	return steps{end(w.From), end(w.To)}
}

// chain prepares every turn of the recipe.
func (e *Engine) chain(ctx context.Context, r recipe.Recipe) ([]*link, error) {
	links := make([]*link, len(r.Turns))
	for i, turn := range r.Turns {
		l, err := e.newLink(ctx, turn)
		if err != nil {
			return nil, fmt.Errorf("turn %d: %w", i+1, err)
		}
		if i > 0 {
			join(e.model.Spec(), links[:i], l, r.Settings.Steps)
		}
		links[i] = l
	}
	return links, nil
}

func (e *Engine) newLink(ctx context.Context, turn recipe.Turn) (*link, error) {
	if err := turn.Validate(); err != nil {
		return nil, err
	}
	l := &link{turn: turn, tokens: e.model.Tokenizer().Encode(turn.Prompt)}
	text, err := e.model.EncodeText(ctx, turn.Prompt)
	if err != nil {
		return nil, fmt.Errorf("encode the prompt: %w", err)
	}
	l.text = text
	l.equalizer = make([]float32, len(l.tokens.IDs))
	for j := range l.equalizer {
		l.equalizer[j] = 1
	}
	for _, w := range turn.Weights {
		for _, j := range tokensIn(l.tokens, w.Span) {
			l.equalizer[j] *= float32(w.Factor)
		}
	}
	return l, nil
}

// join relates a turn to its source, the last link of the chain before it.
func join(spec models.Spec, chain []*link, l *link, n int) {
	l.start = begin(l.turn.Start, n)
	l.origins = originsOf(chain, l, n)
	w := l.turn.Windows
	l.self, l.value = window(w.Self, n), window(w.Value, n)
	l.cross = make([]steps, len(l.tokens.IDs))
	for j := range l.cross {
		l.cross[j] = window(w.Cross, n)
	}
	for _, word := range w.CrossWords {
		for _, j := range tokensIn(l.tokens, word.Span) {
			l.cross[j] = window(word.Window, n)
		}
	}
	for _, s := range l.cross {
		l.anyCross = l.anyCross.union(s)
	}
	l.blend = newBlend(spec, chain[len(chain)-1], l, n)
}

// begin is the first step that a turn computes: the share is rounded as the ends
// of windows are, and the last step is always left.
func begin(start float64, n int) int {
	return min(window(recipe.Window{To: start}, n).to, n-1)
}

// originsOf finds out who computed what the last turn of the chain has, by step.
func originsOf(chain []*link, l *link, n int) []*origin {
	out := make([]*origin, n)
	for s := n - 1; s >= 0; s-- {
		i := originAt(chain, s)
		if s+1 < n && out[s+1].turn == i {
			out[s] = out[s+1]
			continue
		}
		out[s] = originOf(chain, i, l)
	}
	return out
}

// originAt is the place of the turn that computed what the last turn of the chain has
// at a step.
func originAt(chain []*link, step int) int {
	i := len(chain) - 1
	for step < chain[i].start {
		i--
	}
	return i
}

// originOf relates a turn to turn i of the chain before it.
func originOf(chain []*link, i int, l *link) *origin {
	from := chain[i]
	mapping := align.Tokens(from.tokens, l.tokens, align.Words(from.tokens.Words, l.tokens.Words))
	return &origin{i, mapping, inherited(mapping, from.equalizer)}
}

// sourceAt is the place in the chain of the turn that computed what the source has
// at a step; −1 for a root.
func (l *link) sourceAt(step int) int {
	if l.origins == nil {
		return -1
	}
	return l.origins[step].turn
}

// inherited returns, for every token of a mapping, the mean factor of the
// source tokens that it reads.
func inherited(m align.Mapping, equalizer []float32) []float32 {
	n := len(equalizer)
	out := make([]float32, n)
	for j := range out {
		var share, sum float32
		for i := range equalizer {
			share += m.Mapper[i*n+j]
			sum += m.Mapper[i*n+j] * equalizer[i]
		}
		if out[j] = 1; share > 0 {
			out[j] = sum / share
		}
	}
	return out
}

// tokensIn returns the positions of the tokens of all words that a span of the
// prompt touches.
func tokensIn(tokens tokenizer.Encoding, span recipe.Span) []int {
	var positions []int
	for _, w := range tokens.Words {
		if w.Start < span.End && span.Start < w.End {
			for j := w.First; j < w.Last; j++ {
				positions = append(positions, j)
			}
		}
	}
	return positions
}
