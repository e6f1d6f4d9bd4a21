package editor

// ddim is the deterministic sampler of Song et al. 2021 (η = 0).
type ddim struct {
	*schedule
	// ratio is the number of training steps between two timesteps.
	ratio int
}

func (d *ddim) after(i int) level { return d.level(d.timesteps[i] - d.ratio) }

// step returns x_{t-1} = √ᾱ_{t-1}·x_0 + √(1−ᾱ_{t-1})·ε (eq. 12).
func (d *ddim) step(i int, x, prediction []float32, _ []float64) ([]float32, []float64) {
	after := d.after(i)
	x0, eps := d.split(i, x, prediction)
	out := make([]float32, len(x))
	for k := range x {
		out[k] = float32(after.signal*x0[k] + after.sigma*eps[k])
	}
	return out, nil
}
