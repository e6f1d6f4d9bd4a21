package editor

import (
	"testing"

	"pentimento/models"
	"pentimento/models/graph"
)

func TestKeptLayers(t *testing.T) {
	spec := models.Spec{ContextLength: 4, SelfLevel: 2, Layers: []graph.Layer{
		{Cross: true, Heads: 1, Level: 2, Pixels: 4}, {Heads: 1, Level: 2, Pixels: 4}, {Heads: 1, Pixels: 4096},
	}}
	const step = 4 * (4*4 + 4*4) // bytes of what one step keeps
	const end = 8                // no preset takes over attention after .8
	tests := []struct {
		name   string
		budget int64
		steps  int
	}{
		{"plenty", 1 << 20, end},
		{"three steps", 3 * step, 3},
		{"almost three steps", 3*step - 1, 2},
		{"nothing", 0, 0},
		{"less than nothing", -1, 0},
	}
	for _, test := range tests {
		for s, layers := range kept(spec, 10, test.budget) {
			if (layers != nil) != (s < test.steps) {
				t.Errorf("%s: step %d keeps %v", test.name, s, layers)
			}
			if layers != nil && (!layers[0] || !layers[1] || layers[2]) {
				t.Errorf("%s: step %d keeps layers %v", test.name, s, layers)
			}
		}
	}
}
