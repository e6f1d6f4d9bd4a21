package dialogue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue/lexicon"
	"pentimento/recipe"
)

// A hunk is a place where the target differs from the source: the words
// source[from:to) became the caption's words [start, end).
type hunk struct{ from, to, start, end int }

// hunks compares the caption with its source. Kept words never change their
// order, so one walk suffices; a word that was moved all the same counts as
// removed in one place and added in the other.
func (c *caption) hunks() []hunk {
	var all []hunk
	next, open := 0, 0
	flush := func(origin, at int) {
		if origin > next || at > open {
			all = append(all, c.byClause(hunk{next, origin, open, at})...)
		}
	}
	for i, w := range c.words {
		if w.origin < next {
			continue
		}
		flush(w.origin, i)
		next, open = w.origin+1, i+1
	}
	flush(len(c.source), len(c.words))
	return all
}

// A difference is what an edited caption says, and how that differs from its
// source.
type difference struct {
	prompt string
	// ops are the operations that lead from the source to the prompt.
	ops []Op
	// weights are all weights of the prompt.
	weights []recipe.Weight
	// blend are the words that were touched, each with its noun, as spans of
	// the source and of the prompt.
	blend Blend
}

// finish tidies the caption and reads the difference off it.
func (c *caption) finish() difference {
	c.tidy()
	prompt, spans := c.text()
	done := difference{prompt: prompt}
	source, target := parse(c.lex, c.source[:min(len(c.source), captionLimit)]), c.parse()
	var blendSource, blendTarget []int
	for _, h := range c.hunks() {
		from, to := content(source, h.from, h.to), content(target, h.start, h.end)
		if len(from)+len(to) == 0 {
			continue
		}
		op := c.operation(h, from, to, spans)
		op.Noun = ownerNoun(target, h.start, h.end)
		done.ops = append(done.ops, op)
		blendSource = append(blendSource, withHead(source, from)...)
		blendTarget = append(blendTarget, withHead(target, to)...)
	}
	done.ops = append(done.ops, c.reweighted(spans)...)
	for i, w := range c.words {
		if w.factor != 1 {
			done.weights = append(done.weights, recipe.Weight{Span: spans[i], Factor: w.factor})
		}
		if w.factor != c.factorBefore(w) && i < len(target.tags) {
			blendTarget = append(blendTarget, withHead(target, []int{i})...)
		}
	}
	blendSource, blendTarget = c.onBothSides(blendSource, blendTarget)
	done.blend.Source = merge(blendSource, func(i int) recipe.Span {
		return recipe.Span{Start: c.source[i].start, End: c.source[i].start + len(c.source[i].text)}
	})
	done.blend.Target = merge(blendTarget, func(i int) recipe.Span { return spans[i] })
	return done
}

// finish makes the plan of what the edits have done to the caption.
func (d *draft) finish() *Plan {
	done := d.caption.finish()
	plan := &Plan{
		Action: Edit, Prompt: done.prompt, Weights: done.weights, Ops: done.ops, Preset: d.preset, Label: label(done.ops),
		Undone: d.undone, Reason: strings.Join(d.reasons, "; "),
	}
	if plan.Preset == "" {
		plan.Preset = Appearance
	}
	if plan.Preset == Appearance && slices.ContainsFunc(plan.Ops, d.p.retextures) {
		plan.Preset = Texture
	}
	if d.preset != Global && !d.wholeScene {
		plan.Blend = done.blend
	}
	return plan
}

// retextures tells whether an operation changes how a thing is, and not its
// colour alone: "curly" for "straight". Adjectives of persons are moods and ages,
// by which nobody should become another.
func (p *Planner) retextures(op Op) bool {
	if op.Noun == "" || op.Kind == Remove || p.lex.Is(op.Noun, lexicon.Person) {
		return false
	}
	return slices.ContainsFunc(strings.Fields(lower(op.From+" "+op.To)), func(w string) bool {
		return w != op.Noun && !shade.has(w) && !p.lex.IsColour(w)
	})
}

// onBothSides completes the words to blend: a word that both captions have bounds
// the edit in both pictures.
func (c *caption) onBothSides(source, target []int) (s, t []int) {
	for _, i := range target {
		if w := c.words[i]; w.origin >= 0 && !slices.Contains(source, w.origin) {
			source = append(source, w.origin)
		}
	}
	for i, w := range c.words {
		if w.origin >= 0 && slices.Contains(source, w.origin) && !slices.Contains(target, i) {
			target = append(target, i)
		}
	}
	return source, target
}

// factorBefore is the weight that a word had in the source.
func (c *caption) factorBefore(w *word) float64 {
	if w.origin < 0 {
		return 1
	}
	return c.was[w.origin]
}

// byClause splits a hunk where different clauses of the request took part: words
// that one clause took out and another put in are no swap.
func (c *caption) byClause(h hunk) []hunk {
	var parts []hunk
	gone := h.from == h.to
	for start := h.start; start < h.end; {
		end := start + 1
		for end < h.end && c.words[end].clause == c.words[start].clause {
			end++
		}
		part := hunk{h.from, h.from, start, end}
		if !gone && c.cutBy[h.from] == c.words[start].clause {
			part.to, gone = h.to, true
		}
		parts = append(parts, part)
		start = end
	}
	if !gone {
		parts = append([]hunk{{h.from, h.to, h.start, h.start}}, parts...)
	}
	return parts
}

// operation is what happened at a hunk, with the spans of its content words; a
// side without any has an empty span that marks the place.
func (c *caption) operation(h hunk, from, to []int, spans []recipe.Span) Op {
	op := Op{Kind: Swap, From: join(c.source, from), To: join(c.tokens(), to)}
	if len(from) > 0 {
		last := c.source[from[len(from)-1]]
		op.Source = recipe.Span{Start: c.source[from[0]].start, End: last.start + len(last.text)}
	} else {
		op.Kind = Refine
		if h.from > 0 {
			last := c.source[h.from-1]
			op.Source.Start = last.start + len(last.text)
			op.Source.End = op.Source.Start
		}
	}
	if len(to) > 0 {
		op.Target = recipe.Span{Start: spans[to[0]].Start, End: spans[to[len(to)-1]].End}
	} else {
		op.Kind = Remove
		if h.start > 0 {
			op.Target = recipe.Span{Start: spans[h.start-1].End, End: spans[h.start-1].End}
		}
	}
	return op
}

// content are the indices in [from, to) without the articles and connectives at
// either end.
func content(p parsed, from, to int) []int {
	to = min(to, len(p.tokens))
	for from < to && functional(p.tags[from]) {
		from++
	}
	for from < to && functional(p.tags[to-1]) {
		to--
	}
	var out []int
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

func functional(t tag) bool {
	return t == determiner || t == preposition || t == conjunction || t == mark || t == auxiliary || t == possessive || t == pronoun
}

func join(tokens []token, indices []int) string {
	var chosen []token
	for _, i := range indices {
		chosen = append(chosen, tokens[i])
	}
	text := phraseText(chosen)
	for _, lead := range []string{"wearing ", "a ", "an "} {
		text = strings.TrimPrefix(text, lead)
	}
	return text
}

// ownerNoun is the head of the noun phrase that words [start, end) lie in.
func ownerNoun(p parsed, start, end int) string {
	for _, n := range p.nouns {
		if n.start <= start && start < n.end && end <= n.end {
			return p.tokens[n.head].lower
		}
	}
	return ""
}

// withHead adds to the indices of touched words the noun that they belong to,
// and drops function words among them.
func withHead(p parsed, touched []int) []int {
	var out []int
	for _, i := range touched {
		if !functional(p.tags[i]) && p.tags[i] != gerund {
			out = append(out, i)
		}
		for _, n := range p.nouns {
			// Only the phrase's own words, not its possessor's: for "a woman's
			// old hat" an edit of "old" blends on the hat.
			if n.start <= i && i < n.head && (n.owner < 0 || i > n.owner) && !slices.Contains(touched, n.head) && !functional(p.tags[i]) {
				out = append(out, n.head)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// merge makes spans of word indices; neighbours become one span.
func merge(indices []int, span func(int) recipe.Span) []recipe.Span {
	slices.Sort(indices)
	var out []recipe.Span
	last := -2
	for _, i := range slices.Compact(indices) {
		if s := span(i); i == last+1 {
			out[len(out)-1].End = s.End
		} else {
			out = append(out, s)
		}
		last = i
	}
	return out
}

// reweighted are the operations for words whose weight changed.
func (c *caption) reweighted(spans []recipe.Span) []Op {
	var ops []Op
	for i, w := range c.words {
		if w.factor == c.factorBefore(w) {
			continue
		}
		op := Op{Kind: Reweight, Target: spans[i], From: w.lower, To: w.lower, Factor: w.factor}
		if w.origin >= 0 {
			t := c.source[w.origin]
			op.Source = recipe.Span{Start: t.start, End: t.start + len(t.text)}
		}
		ops = append(ops, op)
	}
	return ops
}

// label is the edit in the fewest words.
func label(ops []Op) string {
	var parts []string
	for _, op := range ops {
		switch op.Kind {
		case Swap:
			parts = append(parts, op.From+" → "+op.To)
		case Refine:
			parts = append(parts, "+ "+op.To)
		case Remove:
			parts = append(parts, "− "+op.From)
		case Reweight:
			parts = append(parts, op.To+" ×"+strconv.FormatFloat(round(op.Factor), 'f', -1, 64))
		}
	}
	return strings.Join(parts, ", ")
}

func round(f float64) float64 {
	n, err := strconv.ParseFloat(fmt.Sprintf("%.2f", f), 64)
	if err != nil {
		return f
	}
	return n
}
