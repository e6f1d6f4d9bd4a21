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

// Metrics lists what is measured, in the order of the columns. A cell has only
// those that apply to it.
func Metrics() []Metric {
	return []Metric{
		{Name: "succeeded", Label: "success", Share: true, About: "Whether the picture shows what was asked: the region has the colour in enough of its pixels, by the judge's rules, or where there is no rule most readings prefer the target prompt."},
		{Name: "success", Label: "degree of success", About: "Share of the region's pixels in the asked colour; without a rule, share of 5 readings in which the model's noise prediction fits the target prompt better than the contrast (a diffusion classifier)."},
		{Name: "evidence", Label: "evidence", About: "Without a rule: by how much the target prompt explains the picture better than the contrast, as a share of the error; negative when worse."},
		{Name: "outside_change", Label: "change outside", About: "Mean absolute difference from the first picture outside the edited region, in levels of 255."},
		{Name: "outside_psnr", Label: "PSNR outside (dB)", About: "Peak signal-to-noise ratio to the first picture outside the edited region; 120 stands for equal."},
		{Name: "outside_ssim", Label: "SSIM outside", About: "Structural similarity (Wang et al. 2004, 11 × 11 Gaussian window, luma) to the first picture outside the edited region."},
		{Name: "outside_share", Label: "outside's share", About: "Share of the picture that counts as outside."},
		{Name: "change", Label: "change", About: "Mean absolute difference from the first picture, everywhere, in levels of 255."},
		{Name: "psnr", Label: "PSNR (dB)", About: "Peak signal-to-noise ratio to the first picture, everywhere; 120 stands for equal."},
		{Name: "ssim", Label: "SSIM", About: "Structural similarity to the first picture, everywhere."},
		{Name: "gradient", Label: "gradient correlation", About: "Correlation of the luma gradients' lengths with the first picture's: 1 when the same edges are as strong."},
		{Name: "perceptual", Label: "perceptual distance", About: "Distance from the first picture by the network given with --perceptual."},
		{Name: "focus", Label: "focus", About: "Share of all change that lies where the target's words attend in the picture itself: agreement of change and attention."},
		{Name: "cycle_recorded", Label: "cycle error, recorded", About: "There and back through the recorded run: mean absolute difference from the first picture."},
		{Name: "cycle_recorded_max", Label: "cycle error, recorded, largest", About: "The largest difference of any channel of any pixel on that way."},
		{Name: "cycle_fresh", Label: "cycle error, fresh", About: "Back from a fresh run of the target prompt, as the paper does it: mean absolute difference from the first picture."},
		{Name: "cycle_fresh_max", Label: "cycle error, fresh, largest", About: "The largest difference of any channel of any pixel on that way."},
		{Name: "drift", Label: "drift per turn", About: "Change outside the regions of all turns so far, divided by the number of turns."},
		{Name: "preservation", Label: "preservation", About: "1 − change outside ÷ what a fresh picture of the target with the same seed changes there, at least 0: 1 when nothing outside changed, 0 when as much as by drawing anew (the contrast instead of the target, where the target is the first prompt). Where everything may change, the gradient correlation, at least 0."},
		{Name: "score", Label: "score", About: "Degree of success × preservation: what searches maximise."},
	}
}
