package models

import (
	"testing"

	"pentimento/models/graph"
)

func TestControlDepth(t *testing.T) {
	const rows, tokens = 4, 3
	layers := []graph.Layer{{Cross: true}, {Level: 1}, {}}
	take := func(c *Control, row, source int) { c.CrossSource[row], c.Take[row*tokens] = int64(source), 1 }
	for name, test := range map[string]struct {
		change func(c *Control)
		depth  int // 0: refused
	}{
		"nothing":                 {func(*Control) {}, 1},
		"one row takes":           {func(c *Control) { take(c, 1, 0) }, 1},
		"two rows take from one":  {func(c *Control) { take(c, 1, 0); take(c, 3, 0) }, 1},
		"chain of two":            {func(c *Control) { take(c, 1, 0); take(c, 2, 1) }, 2},
		"chain against the order": {func(c *Control) { take(c, 2, 3); take(c, 1, 2); take(c, 0, 1) }, 3},
		"source is re-weighted":   {func(c *Control) { c.Keep[1] = 2; take(c, 1, 0) }, 2},
		"source without take":     {func(c *Control) { take(c, 1, 0); c.CrossSource[2] = 1 }, 1},
		"self chain":              {func(c *Control) { c.SelfSource[rows+1], c.SelfSource[rows+2] = 0, 1 }, 2},
		"self of a layer without": {func(c *Control) { c.SelfSource[2*rows+1] = 0 }, 0},
		"self of a cross layer":   {func(c *Control) { c.SelfSource[1], c.SelfSource[2] = 0, 1 }, 1},
		"value chain": {func(c *Control) {
			c.ValueSource[1], c.ValueSource[2], c.CrossValueMix[tokens], c.CrossValueMix[2*tokens] = 0, 1, 1, 1
		}, 2},
		"self value chain": {func(c *Control) {
			c.ValueSource[rows+1], c.ValueSource[rows+2], c.SelfValueMix[rows+1], c.SelfValueMix[rows+2] = 0, 1, .5, .5
		}, 2},
		"takes from itself":      {func(c *Control) { take(c, 1, 1) }, 1},
		"that beside a chain":    {func(c *Control) { take(c, 1, 1); take(c, 2, 0); take(c, 3, 2) }, 0},
		"circle":                 {func(c *Control) { take(c, 1, 2); take(c, 2, 1) }, 0},
		"self circle":            {func(c *Control) { c.SelfSource[rows], c.SelfSource[rows+1] = 1, 0 }, 0},
		"row outside":            {func(c *Control) { c.CrossSource[0] = rows }, 0},
		"value row outside":      {func(c *Control) { c.ValueSource[rows] = -1 }, 0},
		"table of another batch": {func(c *Control) { c.Keep = c.Keep[1:] }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := Identity(rows, len(layers), tokens)
			test.change(&c)
			depth, err := c.check(rows, nil, Spec{Layers: layers, ContextLength: tokens, SelfLevel: 1})
			if test.depth == 0 {
				if err == nil {
					t.Errorf("accepted with depth %d", depth)
				}
				return
			}
			if err != nil || depth != test.depth {
				t.Errorf("depth %d, %v; want %d", depth, err, test.depth)
			}
		})
	}
}
