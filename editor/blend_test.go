package editor

import (
	"slices"
	"testing"

	"pentimento/editor/attention"
	"pentimento/models"
)

// One place of a 4 × 4 map attends: how many of the latents' places change?
func TestBlendCoversWhatMapsLeaveOut(t *testing.T) {
	const attends = 5 // second row, second column
	tests := []struct {
		name    string
		latents int // height and width
		changed []int
	}{
		{"as fine as the map", 4, []int{attends}},
		// 3 × 3 places of the map, each two latents high and wide.
		{"twice as fine", 8, func() []int {
			var all []int
			for y := range 6 {
				for x := range 6 {
					all = append(all, y*8+x)
				}
			}
			return all
		}()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec := models.Spec{ContextLength: 1, MapHeight: 4, MapWidth: 4, LatentChannels: 1, LatentHeight: tt.latents, LatentWidth: tt.latents}
			maps := make([]float32, 16)
			maps[attends] = 1
			n := tt.latents * tt.latents
			source := &attention.Trace{Means: [][]float32{make([]float32, 16)}, Latents: [][]float32{nil, make([]float32, n)}}
			x := slices.Repeat([]float32{1}, n)
			b := &blend{threshold: .5, target: []weightedToken{{0, 1}}, sourceSum: make([]float32, 16), targetSum: make([]float32, 16)}
			var changed []int
			for i, v := range b.apply(0, source, maps, x, spec) {
				if v == 1 {
					changed = append(changed, i)
				}
			}
			if !slices.Equal(changed, tt.changed) {
				t.Errorf("the blend changed %v, want %v", changed, tt.changed)
			}
		})
	}
}
