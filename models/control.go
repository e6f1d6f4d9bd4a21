package models

import (
	"fmt"
	"slices"

	"pentimento/models/graph"
)

// A Control says, row by row of a batch, where the UNet's attention layers
// take their maps and values from. B is the number of rows, M the context
// length, and the layers are those of [Spec.Layers].
//
// In a cross-attention layer row b computes with
//
//	probs = (probs of row CrossSource[b] @ Mapper[b]) * Take[b] + own probs * Keep[b]
//
// which is word swap, refinement and re-weighting (P2P, section 3.2) as one
// linear operation. In a self-attention layer it computes with the probs of row
// SelfSource[layer, b], if [Spec.Injectable] says that the layer has any.
// Sources are rows of the same batch as they are after their own control, so
// that in a chain each row edits the row before it. Source B+c is Cached[c] of
// the [Batch], the maps of a row of an earlier run.
//
// Values are mixed as V = own·(1−β) + source·β with the row
// ValueSource[layer, b] and β from SelfValueMix or, in cross-attention, token
// by token from CrossValueMix, after Mapper has brought the source's tokens to
// their places (V-value injection, CL P2P).
type Control struct {
	CrossSource   []int64   // [B]
	Mapper        []float32 // [B, M, M]: [b][i][j] carries source token i to token j
	Take, Keep    []float32 // [B, M]
	SelfSource    []int64   // [layers, B]; cross layers' entries are ignored
	ValueSource   []int64   // [layers, B]
	CrossValueMix []float32 // [B, M]
	SelfValueMix  []float32 // [layers, B]; cross layers' entries are ignored
}

// Identity is the control that leaves the UNet alone: each row is its own
// source, nothing is taken from it, and all of its own is kept. The caller may
// change what it gets.
func Identity(rows, layers, tokens int) Control {
	c := Control{
		CrossSource:   make([]int64, rows),
		Mapper:        make([]float32, rows*tokens*tokens),
		Take:          make([]float32, rows*tokens),
		Keep:          make([]float32, rows*tokens),
		SelfSource:    make([]int64, layers*rows),
		ValueSource:   make([]int64, layers*rows),
		CrossValueMix: make([]float32, rows*tokens),
		SelfValueMix:  make([]float32, layers*rows),
	}
	for b := range rows {
		c.CrossSource[b] = int64(b)
		for j := range tokens {
			c.Mapper[(b*tokens+j)*tokens+j] = 1
			c.Keep[b*tokens+j] = 1
		}
		for l := range layers {
			c.SelfSource[l*rows+b] = int64(b)
			c.ValueSource[l*rows+b] = int64(b)
		}
	}
	return c
}

// check refuses a control whose tables have the wrong size, that names rows
// outside the batch and the cached maps, or maps that a layer doesn't have, or in which rows wait for each other.
// It returns the depth: how often the graph has to apply the control until
// every row's source is final, the length of the longest chain of controlled
// rows.
func (c *Control) check(rows int, cached []Maps, s Spec) (depth int, err error) {
	layers, tokens := s.Layers, s.ContextLength
	if err := c.checkSizes(rows, len(layers), tokens); err != nil {
		return 0, err
	}
	if err := c.checkCached(rows, cached, layers); err != nil {
		return 0, err
	}
	cross := make([]touch, rows)
	crossValues := make([]touch, rows)
	for b := range rows {
		of := func(table []float32) []float32 { return table[b*tokens : (b+1)*tokens] }
		cross[b].takes = anyOther(of(c.Take), 0)
		cross[b].changes = cross[b].takes || anyOther(of(c.Keep), 1)
		crossValues[b] = both(anyOther(of(c.CrossValueMix), 0))
	}
	depth = 1
	deepen := func(name string, sources []int64, touches []touch, cached int) {
		d, chainErr := chainDepth(sources, touches, cached)
		if chainErr != nil && err == nil {
			err = fmt.Errorf("control: %s: %w", name, chainErr)
		}
		depth = max(depth, d)
	}
	deepen("CrossSource", c.CrossSource, cross, len(cached))
	touches := make([]touch, rows)
	for l, layer := range layers {
		sources, values := c.SelfSource[l*rows:(l+1)*rows], c.ValueSource[l*rows:(l+1)*rows]
		if layer.Cross {
			deepen("ValueSource", values, crossValues, 0)
			continue
		}
		for b := range touches {
			touches[b] = both(sources[b] != int64(b))
		}
		if !s.Injectable(l) && slices.ContainsFunc(touches, func(t touch) bool { return t.changes }) {
			return 0, fmt.Errorf("control: SelfSource: a row takes the maps of layer %d, which is computed without maps", l)
		}
		deepen("SelfSource", sources, touches, len(cached))
		for b := range touches {
			touches[b] = both(c.SelfValueMix[l*rows+b] != 0)
		}
		deepen("ValueSource", values, touches, 0)
	}
	return depth, err
}

func (c *Control) checkSizes(rows, layers, tokens int) error {
	for _, table := range []struct {
		name       string
		have, want int
	}{
		{"CrossSource", len(c.CrossSource), rows},
		{"Mapper", len(c.Mapper), rows * tokens * tokens},
		{"Take", len(c.Take), rows * tokens},
		{"Keep", len(c.Keep), rows * tokens},
		{"SelfSource", len(c.SelfSource), layers * rows},
		{"ValueSource", len(c.ValueSource), layers * rows},
		{"CrossValueMix", len(c.CrossValueMix), rows * tokens},
		{"SelfValueMix", len(c.SelfValueMix), layers * rows},
	} {
		if table.have != table.want {
			return fmt.Errorf("control: %s has %d entries, not %d", table.name, table.have, table.want)
		}
	}
	return nil
}

// checkCached refuses sources among the cached maps that a layer has no maps
// of.
func (c *Control) checkCached(rows int, cached []Maps, layers []graph.Layer) error {
	for l, layer := range layers {
		name, sources := "SelfSource", c.SelfSource[l*rows:(l+1)*rows]
		if layer.Cross {
			name, sources = "CrossSource", c.CrossSource
		}
		for b, s := range sources {
			if i := s - int64(rows); i >= 0 && i < int64(len(cached)) && cached[i][l] == nil {
				return fmt.Errorf("control: %s: row %d names cached maps %d, which has none of layer %d", name, b, i, l)
			}
		}
	}
	return nil
}

// A touch says what a control does to one row: whether it changes it at all,
// and whether that takes something from the row's source.
type touch struct{ changes, takes bool }

func both(touched bool) touch { return touch{touched, touched} }

// chainDepth is the length of the longest chain of changed rows, each of which
// takes from the next. Chains end at cached maps, which are the sources after
// the rows.
func chainDepth(sources []int64, touches []touch, cached int) (int, error) {
	rows := len(sources)
	longest, takesFromItself := 0, -1
	for b, s := range sources {
		if s < 0 || s >= int64(rows+cached) {
			return 0, fmt.Errorf("row %d names row %d of a batch of %d", b, s, rows)
		}
		if touches[b].takes && s == int64(b) {
			takesFromItself = b
		}
	}
	for b := range sources {
		depth := 0
		for at := b; touches[at].changes; at = int(sources[at]) {
			if depth++; depth > rows {
				return 0, fmt.Errorf("row %d waits for itself", b)
			}
			if !touches[at].takes || sources[at] == int64(at) || sources[at] >= int64(rows) {
				break
			}
		}
		longest = max(longest, depth)
	}
	// The control is applied once per link of the longest chain, and would
	// be to such a row too.
	if longest > 1 && takesFromItself >= 0 {
		return 0, fmt.Errorf("row %d takes from itself in a batch where rows take from controlled rows", takesFromItself)
	}
	return longest, nil
}

// anyOther reports whether a table holds anything but v.
func anyOther(table []float32, v float32) bool {
	return slices.ContainsFunc(table, func(x float32) bool { return x != v })
}
