package study

// A Metric is a number that is measured of a cell.
type Metric struct {
	// Name is the column's, Label what people read.
	Name, Label string
	// About says what the number means.
	About string
	// Share says that the number is 0 or 1, so that its mean is a share.
	Share bool
}

// The factors by which papers print these, PIE-Bench among them.
const (
	structureScale = 1000
	clipScale      = 100
)

// Metrics lists what is measured, in the order of the columns. A cell has only
// those that apply to it.
func Metrics() []Metric {
	return []Metric{
		{Name: "succeeded", Label: "success", Share: true, About: "Whether the picture shows all that was asked. The judge's network says so, and that a thing is more than half as large as in a fresh picture of the target, or, by rules of colour, that enough of the region's pixels have the colour; where neither can tell, most of the model's readings prefer the target prompt."},
		{Name: "success", Label: "degree of success", About: "Share of what was asked that the judge's network sees, a thing being there as far as it is as large as in a fresh picture of the target, or, by rules of colour, of the region's pixels that have the colour; where neither can tell, share of 5 readings in which the model's noise prediction fits the target prompt better than the contrast (a diffusion classifier). Where a word is re-weighted, that is by how much more it fits than in the first picture, for weights over 1, or less, for weights under 1."},
		{Name: "evidence", Label: "evidence", About: "Of the readings: by how much the target prompt explains the picture better than the contrast, as a share of the error; negative when worse."},
		{Name: "outside_change", Label: "change outside", About: "Mean absolute difference from the first picture outside the edited region, in levels of 255."},
		{Name: "outside_psnr", Label: "PSNR outside (dB)", About: "Peak signal-to-noise ratio to the first picture outside the edited region; 120 stands for equal."},
		{Name: "outside_ssim", Label: "SSIM outside", About: "Structural similarity (Wang et al. 2004, 11 × 11 Gaussian window, luma) to the first picture outside the edited region."},
		{Name: "outside_share", Label: "outside's share", About: "Share of the picture that counts as outside."},
		{Name: "change", Label: "change", About: "Mean absolute difference from the first picture, everywhere, in levels of 255."},
		{Name: "psnr", Label: "PSNR (dB)", About: "Peak signal-to-noise ratio to the first picture, everywhere; 120 stands for equal."},
		{Name: "ssim", Label: "SSIM", About: "Structural similarity to the first picture, everywhere."},
		{Name: "gradient", Label: "gradient correlation", About: "Correlation of the luma gradients' lengths with the first picture's: 1 when the same edges are as strong."},
		{Name: "perceptual", Label: "perceptual distance", About: "Distance from the first picture by the network given with --perceptual."},
		{Name: "structure", Label: "structure distance", About: "Self-similarity distance from the first picture, in thousandths: the mean squared difference of the cosines of all pairs of patches, by the network given with --structure (Tumanyan et al. 2022)."},
		{Name: "clip", Label: "CLIP similarity", About: "Cosine of the picture's and the target prompt's embeddings, in hundredths, by the model given with --clip."},
		{Name: "focus", Label: "focus", About: "Share of all change that lies where the target's words attend in the picture itself: agreement of change and attention."},
		{Name: "cycle_recorded", Label: "cycle error, recorded", About: "There and back through the recorded run: mean absolute difference from the first picture."},
		{Name: "cycle_recorded_max", Label: "cycle error, recorded, largest", About: "The largest difference of any channel of any pixel on that way."},
		{Name: "cycle_fresh", Label: "cycle error, fresh", About: "Back from a fresh run of the target prompt, as the paper does it: mean absolute difference from the first picture."},
		{Name: "cycle_fresh_max", Label: "cycle error, fresh, largest", About: "The largest difference of any channel of any pixel on that way."},
		{Name: "drift", Label: "drift per turn", About: "Change outside the regions of all turns so far, divided by the number of turns."},
		{Name: "preservation", Label: "preservation", About: "1 − change outside ÷ what a fresh picture of the target with the same seed changes there, at least 0: 1 when nothing outside changed, 0 when as much as by drawing anew (the contrast instead of the target, where the target is the first prompt). Where everything may change, the gradient correlation, at least 0."},
		{Name: "wholeness", Label: "wholeness", About: "How well the model explains the picture, as a share of how well it explains pictures that it drew in one piece: the larger of its errors for the first picture and for a fresh picture of the target, over that for the picture under the target prompt, at most 1. Rims of what was there and borders of a blend make it small."},
		{Name: "fidelity", Label: "success × preservation", About: "Degree of success × preservation."},
		{Name: "score", Label: "score", About: "Degree of success × preservation × wholeness: what searches maximise."},
	}
}

// MetricNamed returns the metric with a name.
func MetricNamed(name string) (Metric, bool) {
	for _, m := range Metrics() {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}
