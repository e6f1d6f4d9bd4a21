package caption

import (
	"slices"
	"strings"

	"pentimento/dialogue/english"
	"pentimento/recipe"
)

// A hunk is a place where the target differs from the source: the words
// source[from:to) became the caption's words [start, end).
type hunk struct{ from, to, start, end int }

// A Difference is what an edited caption says, and how that differs from its
// source.
type Difference struct {
	Prompt string
	// Ops are the operations that lead from the source to the prompt.
	Ops []Op
	// Weights are all weights of the prompt.
	Weights []recipe.Weight
	// Blend are the words that were touched, each with its noun, as spans of
	// the source and of the prompt.
	Blend Blend
}

// hunks compares the caption with its source. Kept words never change their
// order, so one walk suffices; a word that was moved all the same counts as
// removed in one place and added in the other.
func (c *Caption) hunks() []hunk {
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

// Finish mends what edits left behind (articles, commas, connectives) and reads
// the difference off the caption.
func (c *Caption) Finish() Difference {
	c.tidy()
	prompt, spans := c.text()
	done := Difference{Prompt: prompt}
	source, target := c.en.Parse(c.source[:min(len(c.source), Limit)]), c.Parse()
	var blendSource, blendTarget []int
	for _, h := range c.hunks() {
		from, to := content(source, h.from, h.to), content(target, h.start, h.end)
		if len(from)+len(to) == 0 {
			continue
		}
		op := c.operation(h, from, to, spans)
		op.Noun = ownerNoun(target, h.start, h.end)
		done.Ops = append(done.Ops, op)
		blendSource = append(blendSource, withHead(source, from)...)
		blendTarget = append(blendTarget, withHead(target, to)...)
	}
	done.Ops = append(done.Ops, c.reweighted(spans)...)
	for i, w := range c.words {
		if w.factor != 1 {
			done.Weights = append(done.Weights, recipe.Weight{Span: spans[i], Factor: w.factor})
		}
		if w.factor != c.factorBefore(w) && i < len(target.Tags) {
			blendTarget = append(blendTarget, withHead(target, []int{i})...)
		}
	}
	blendSource, blendTarget = c.onBothSides(blendSource, blendTarget)
	done.Blend.Source = merge(blendSource, func(i int) recipe.Span {
		return recipe.Span{Start: c.source[i].Start, End: c.source[i].Start + len(c.source[i].Text)}
	})
	done.Blend.Target = merge(blendTarget, func(i int) recipe.Span { return spans[i] })
	return done
}

// onBothSides completes the words to blend: a word that both captions have bounds
// the edit in both pictures.
func (c *Caption) onBothSides(source, target []int) (s, t []int) {
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

// byClause splits a hunk where different clauses of the request took part: words
// that one clause took out and another put in are no swap.
func (c *Caption) byClause(h hunk) []hunk {
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
func (c *Caption) operation(h hunk, from, to []int, spans []recipe.Span) Op {
	op := Op{Kind: Swap, From: join(c.source, from), To: join(c.Words(), to)}
	if len(from) > 0 {
		last := c.source[from[len(from)-1]]
		op.Source = recipe.Span{Start: c.source[from[0]].Start, End: last.Start + len(last.Text)}
	} else {
		op.Kind = Refine
		if h.from > 0 {
			last := c.source[h.from-1]
			op.Source.Start = last.Start + len(last.Text)
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
func content(p english.Parsed, from, to int) []int {
	to = min(to, len(p.Words))
	for from < to && p.Tags[from].Functional() {
		from++
	}
	for from < to && p.Tags[to-1].Functional() {
		to--
	}
	var out []int
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

func join(tokens english.Words, indices []int) string {
	var chosen english.Words
	for _, i := range indices {
		chosen = append(chosen, tokens[i])
	}
	text := chosen.Text()
	for _, lead := range []string{"wearing ", "a ", "an "} {
		text = strings.TrimPrefix(text, lead)
	}
	return text
}

// ownerNoun is the head of the noun phrase that words [start, end) lie in.
func ownerNoun(p english.Parsed, start, end int) string {
	for _, n := range p.Nouns {
		if n.Start <= start && start < n.End && end <= n.End {
			return p.Words[n.Head].Lower
		}
	}
	return ""
}

// withHead adds to the indices of touched words the noun that they belong to,
// and drops function words among them.
func withHead(p english.Parsed, touched []int) []int {
	var out []int
	for _, i := range touched {
		if !p.Tags[i].Functional() && p.Tags[i] != english.Gerund {
			out = append(out, i)
		}
		for _, n := range p.Nouns {
			// Only the phrase's own words, not its possessor's: for "a woman's
			// old hat" an edit of "old" blends on the hat.
			if n.Start <= i && i < n.Head && (n.Owner < 0 || i > n.Owner) && !slices.Contains(touched, n.Head) && !p.Tags[i].Functional() {
				out = append(out, n.Head)
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
