package models

import (
	"errors"
	"fmt"
	"slices"

	"pentimento/models/graph"
)

// What [Spec.At] refuses a size for.
var (
	// ErrFixedSize: the model's files take pictures of one size only.
	ErrFixedSize = errors.New("the model draws in one size only")
	// ErrSizeMultiple: a side is no multiple of [Spec.SizeMultiple].
	ErrSizeMultiple = errors.New("the model can't divide the sides as often as it has to")
	// ErrSizeBounds: a side is negative, or longer than any model draws.
	ErrSizeBounds = errors.New("no model draws in such a size")
)

// At is the spec for pictures of another size in pixels; 0 by 0 is the model's
// own. Errors wrap [ErrFixedSize], [ErrSizeMultiple] or [ErrSizeBounds], and
// say what can be taken instead.
func (s Spec) At(width, height int) (Spec, error) {
	if width == 0 && height == 0 || width == s.ImageWidth && height == s.ImageHeight {
		return s, nil
	}
	if !s.Resizable {
		return s, fmt.Errorf("pictures of %d×%d pixels: %w, %d×%d", width, height, ErrFixedSize, s.ImageWidth, s.ImageHeight)
	}
	if min(width, height) < 1 || max(width, height) > maxSide {
		return s, fmt.Errorf("pictures of %d×%d pixels: %w: a side has %d to %d", width, height, ErrSizeBounds, s.SizeMultiple, maxSide)
	}
	if m := s.SizeMultiple; width%m != 0 || height%m != 0 {
		return s, fmt.Errorf("pictures of %d×%d pixels: %w: both must be multiples of %d, such as %d×%d",
			width, height, ErrSizeMultiple, m, nearest(width, m), nearest(height, m))
	}
	factor := s.ImageWidth / s.LatentWidth
	s.ImageWidth, s.ImageHeight = width, height
	s.LatentWidth, s.LatentHeight = width/factor, height/factor
	s.Layers = slices.Clone(s.Layers)
	s.scale()
	return s, nil
}

// nearest is the positive multiple of m that is closest to n.
func nearest(n, m int) int { return max(m, (n+m/2)/m*m) }

// scale gives layers and maps the sizes that they have for the spec's latents.
func (s *Spec) scale() {
	for i, l := range s.Layers {
		h, w := graph.Halved(s.LatentHeight, s.LatentWidth, l.Level)
		s.Layers[i].Pixels = h * w
	}
	s.MapHeight, s.MapWidth = graph.Halved(s.LatentHeight, s.LatentWidth, s.mapLevel)
}

// minMapPixels is the resolution of the maps that say where things are: P2P's
// reference has 16², a quarter of the sides of its model's latents. Maps of
// higher resolution hold texture rather than structure.
const minMapPixels = 16 * 16

// structureLevel is the first level of a model whose own latents have these
// sides at which maps hold structure: that of a quarter of the sides, or of 16²
// pixels in a model whose latents are small.
func structureLevel(height, width int) int {
	level, limit := 0, max(minMapPixels, height*width/16)
	for h, w := height, width; h*w > limit; level++ {
		h, w = graph.Halved(h, w, 1)
	}
	return level
}

// At is the same open model for pictures of another size, as [Spec.At] has it:
// its methods take and give what belongs to its own spec. It is made at no
// cost, and shares the networks: closing either closes both.
func (m *Model) At(width, height int) (*Model, error) {
	spec, err := m.spec.At(width, height)
	if err != nil {
		return nil, err
	}
	sized := *m
	sized.spec = spec
	return &sized, nil
}
