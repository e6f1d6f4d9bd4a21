package models

import (
	"fmt"

	"pentimento/models/graph"
)

// A Spec is everything that drawing with a model needs to know of it. All of
// it is read from the model's files.
type Spec struct {
	// ContextLength is M, the number of tokens of an encoded prompt, and
	// TextWidth is D, the width of each token's embedding.
	ContextLength, TextWidth int
	// LatentChannels, LatentHeight and LatentWidth are the C, H and W of the
	// latents [C, H, W].
	LatentChannels, LatentHeight, LatentWidth int
	// ImageWidth and ImageHeight are the size of a decoded picture in pixels.
	ImageWidth, ImageHeight int
	// Resizable: the model draws in other sizes too, whose sides are multiples
	// of SizeMultiple pixels. See [Spec.At].
	Resizable    bool
	SizeMultiple int
	// ScalingFactor is what the VAE's latents are multiplied with to have
	// unit variance, as the scheduler and the UNet want them.
	ScalingFactor float64
	// Prediction is what the UNet predicts.
	Prediction Prediction
	// Schedule is the noise that the UNet was trained on.
	Schedule Schedule
	// TimestepCondWidth is how wide the embedding of the guidance scale is that the
	// UNet takes as timestep_cond, as latent consistency models do: they are
	// guided by it, in one row. 0 for a UNet that takes none.
	TimestepCondWidth int
	// Layers are the UNet's attention layers, in the order in which
	// [Control]'s tables number them.
	Layers []graph.Layer
	// SelfLevel is the first [graph.Layer.Level] whose self-attention holds
	// structure, which an edit may take over.
	SelfLevel int
	// MapHeight and MapWidth are the size of the aggregated cross-attention
	// maps [MapHeight*MapWidth, M].
	MapHeight, MapWidth int
	// PooledWidth is P, the width of [Text.Pooled]; 0 where the UNet takes none.
	PooledWidth int
	mapLevel    int // of the layers that those maps are the mean of
}

// MapSize is the number of values that the maps of a layer have in one row.
func (s Spec) MapSize(layer int) int {
	shape := s.mapShape(layer, 1)
	return shape[1] * shape[2] * shape[3]
}

// mapShape is the shape of the maps that a layer has in so many rows.
func (s Spec) mapShape(layer, rows int) []int {
	l := s.Layers[layer]
	keys := l.Pixels
	if l.Cross {
		keys = s.ContextLength
	}
	return []int{rows, l.Heads, l.Pixels, keys}
}

// checkMaps refuses maps of another model.
func (s Spec) checkMaps(maps Maps) error {
	if len(maps) != len(s.Layers) {
		return fmt.Errorf("there are %d layers, not %d", len(maps), len(s.Layers))
	}
	for l, m := range maps {
		if m != nil && (!s.Injectable(l) || len(m) != s.MapSize(l)) {
			return fmt.Errorf("layer %d has maps of %d values", l, len(m))
		}
	}
	return nil
}

// Sizes that no Stable Diffusion model has: a file that claims more is
// refused before memory is spent on it.
const (
	maxSize           = 1 << 20
	maxContextLength  = 1024
	maxTextWidth      = 8192
	maxLatentChannels = 64
	maxLatentSide     = 512
	maxImageSide      = 8192
	maxSide           = 4096 // of a picture in a size that somebody asks for
)

// The sides of a picture where nothing says them: those that Stable Diffusion
// 1.x and SDXL were trained on.
const (
	usualSide   = 512
	usualSideXL = 1024
)

// timeIDs is how many numbers tell SDXL of a picture: its original height and
// width, where it was cropped, its height and width.
const timeIDs = 6

// defaultScalingFactor is what AutoencoderKL means when its config.json has no
// scaling_factor, as those of Stable Diffusion 1.x written before there was one.
const defaultScalingFactor = 0.18215
