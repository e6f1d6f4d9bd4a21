package editor

import "math"

// dpmSolver is DPM-Solver++(2M) of Lu et al. 2022 (arXiv 2211.01095,
// algorithm 2): it remembers the x_0 that the step before predicted. The first
// step has none to remember, and the last one may end without noise, where λ
// is infinite: both are of first order, which is DDIM.
type dpmSolver struct{ *schedule }

func (d *dpmSolver) after(i int) level {
	if i+1 == len(d.timesteps) {
		return d.level(-1)
	}
	return d.level(d.timesteps[i+1])
}

// step returns x_t = (σ_t/σ_s)·x_s − α_t·(e^(−h) − 1)·D.
func (d *dpmSolver) step(i int, x, prediction []float32, memory []float64) ([]float32, []float64) {
	at, after := d.level(d.timesteps[i]), d.after(i)
	x0, _ := d.split(i, x, prediction)
	h := after.lambda() - at.lambda()
	now, before := 1., 0. // how much of each prediction is in D
	if memory == nil || i+1 == len(d.timesteps) {
		memory = x0
	} else if last := at.lambda() - d.level(d.timesteps[i-1]).lambda(); last > 0 {
		now, before = 1+h/(2*last), -h/(2*last)
	}
	out := make([]float32, len(x))
	for k := range x {
		mean := now*x0[k] + before*memory[k]
		out[k] = float32(after.sigma/at.sigma*float64(x[k]) - after.signal*math.Expm1(-h)*mean)
	}
	return out, x0
}

// lambda is half of the log-SNR, log(α/σ).
func (l level) lambda() float64 { return math.Log(l.signal / l.sigma) }
