package editor

import (
	"math"
	"slices"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/recipe"
)

// A blend is P2P's local blend between a turn and its source: outside the
// regions that the chosen words attend to, in either picture, the latents stay
// the source's. They do so, too, outside the turn's own region.
type blend struct {
	// region marks the latents' places that the turn's region covers some of; nil
	// for all. [H, W]
	region    []bool
	start     int
	threshold float32
	source    []weightedToken
	target    []weightedToken
	// sourceSum and targetSum accumulate the words' maps over the steps.
	sourceSum, targetSum []float32 // [pixels]
	// open marks the latents that the last step let change. [C, H, W]
	open []bool
}

// weightedToken is a token whose map counts towards a mask, with the factor
// that undoes its re-weighting.
type weightedToken struct {
	position int
	factor   float32
}

// newBlend returns the local blend of turn l with its source, or nil when it
// has none.
func newBlend(spec models.Spec, source, l *link, n int) *blend {
	b := l.turn.Blend
	out := &blend{threshold: float32(b.Threshold), start: window(recipe.Window{From: b.Start}, n).from, region: covered(l.turn.Region, spec)}
	if b.Threshold > 0 {
		for _, span := range b.Source {
			out.source = append(out.source, weighted(source, tokensIn(source.tokens, span))...)
		}
		for _, span := range b.Target {
			out.target = append(out.target, weighted(l, tokensIn(l.tokens, span))...)
		}
	}
	if out.everywhere() {
		if out.region == nil {
			return nil
		}
		out.start = 0
	}
	pixels := spec.MapHeight * spec.MapWidth
	out.sourceSum, out.targetSum = make([]float32, pixels), make([]float32, pixels)
	return out
}

// everywhere reports whether no words bound the turn, only its region.
func (b *blend) everywhere() bool { return len(b.source) == 0 && len(b.target) == 0 }

// covered marks the latents' places that a region covers some of; nil of none. [H, W]
func covered(r *recipe.Region, spec models.Spec) []bool {
	if r == nil {
		return nil
	}
	out := make([]bool, spec.LatentHeight*spec.LatentWidth)
	for i, inside := range r.Places() {
		if !inside {
			continue
		}
		x, y := i%r.Width, i/r.Width
		for row := y * spec.LatentHeight / r.Height; row < ceiling((y+1)*spec.LatentHeight, r.Height); row++ {
			for column := x * spec.LatentWidth / r.Width; column < ceiling((x+1)*spec.LatentWidth, r.Width); column++ {
				out[row*spec.LatentWidth+column] = true
			}
		}
	}
	return out
}

// ceiling is a/b rounded up.
func ceiling(a, b int) int { return (a + b - 1) / b }

// weighted undoes the equalizer: a muted or negated word still has a place.
func weighted(l *link, positions []int) []weightedToken {
	var out []weightedToken
	for _, j := range positions {
		if c := l.equalizer[j]; c != 0 {
			out = append(out, weightedToken{j, 1 / c})
		}
	}
	return out
}

// apply adds the maps of step s to the masks and, once the blend has begun,
// puts the source's latents back outside them. maps [pixels, M] and x [C, H, W]
// are what the step gives for the turn; it returns new latents, or x before
// the blend begins.
func (b *blend) apply(s int, source *attention.Trace, maps, x []float32, spec models.Spec) []float32 {
	accumulate(b.sourceSum, source.Means[s], b.source, spec.ContextLength)
	accumulate(b.targetSum, maps, b.target, spec.ContextLength)
	if s < b.start {
		return x
	}
	mask := slices.Repeat([]bool{b.everywhere()}, len(b.sourceSum))
	for _, sum := range [][]float32{b.sourceSum, b.targetSum} {
		threshold(mask, cover(sum, spec), b.threshold)
	}
	from, out := source.Latents[s+1], slices.Clone(x)
	b.open = make([]bool, len(x))
	for c := range spec.LatentChannels {
		for y := range spec.LatentHeight {
			for w := range spec.LatentWidth {
				pixel := y*spec.MapHeight/spec.LatentHeight*spec.MapWidth + w*spec.MapWidth/spec.LatentWidth
				k := (c*spec.LatentHeight+y)*spec.LatentWidth + w
				b.open[k] = mask[pixel] && (b.region == nil || b.region[y*spec.LatentWidth+w])
				if !b.open[k] {
					out[k] = from[k]
				}
			}
		}
	}
	return out
}

// change is how far latents have moved from the source's where the last step let
// them; nil where it has not begun. Both are [C, H, W].
func (b *blend) change(source, latents []float32) *float64 {
	if b.open == nil {
		return nil
	}
	sum, n := 0., 0
	for i, open := range b.open {
		if open {
			sum += math.Abs(float64(latents[i] - source[i]))
			n++
		}
	}
	mean := sum / float64(max(1, n))
	return &mean
}

// accumulate adds the chosen tokens' maps to sum. maps [pixels, M]
func accumulate(sum, maps []float32, tokens []weightedToken, m int) {
	for p := range sum {
		for _, t := range tokens {
			sum[p] += maps[p*m+t.position] * t.factor
		}
	}
}

// cover widens a map that is coarser than the latents, by the paper's 3×3
// max-pooling, so that what lies between its places is covered. A map that is as
// fine as they are has nothing between its places: widened, it would give away
// the surroundings of the region.
func cover(sum []float32, spec models.Spec) []float32 {
	if spec.MapHeight >= spec.LatentHeight && spec.MapWidth >= spec.LatentWidth {
		return sum
	}
	return dilate(sum, spec.MapHeight, spec.MapWidth)
}

// dilate is a 3×3 max-pooling with stride 1.
func dilate(in []float32, height, width int) []float32 {
	out := make([]float32, len(in))
	for y := range height {
		for x := range width {
			best := in[y*width+x]
			for ny := max(0, y-1); ny <= min(height-1, y+1); ny++ {
				for nx := max(0, x-1); nx <= min(width-1, x+1); nx++ {
					best = max(best, in[ny*width+nx])
				}
			}
			out[y*width+x] = best
		}
	}
	return out
}

// threshold adds to mask the pixels above the share k of the map's maximum.
func threshold(mask []bool, in []float32, k float32) {
	var most float32
	for _, v := range in {
		most = max(most, v)
	}
	if most <= 0 {
		return
	}
	for i, v := range in {
		mask[i] = mask[i] || v/most > k
	}
}
