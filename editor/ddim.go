package editor

import (
	"fmt"
	"math"

	"pentimento/models"
)

// ddim is the deterministic sampler of Song et al. 2021 (η = 0) on the
// model's own noise schedule.
type ddim struct {
	prediction models.Prediction
	timesteps  []int // descending
	// ratio is the number of training steps between two timesteps.
	ratio int
	// alphas are the cumulative products ᾱ_t, one per training step.
	alphas []float64
	// final is ᾱ before the first training step.
	final float64
}

func newDDIM(spec models.Spec, n int) (*ddim, error) {
	betas, err := noiseSchedule(spec.Schedule)
	if err != nil {
		return nil, err
	}
	d := &ddim{prediction: spec.Prediction, ratio: len(betas) / n, final: 1}
	product := 1.0
	for _, beta := range betas {
		product *= 1 - beta
		d.alphas = append(d.alphas, product)
	}
	if !spec.Schedule.SetAlphaToOne {
		d.final = d.alphas[0]
	}
	d.timesteps, err = spacing(spec.Schedule, len(betas), n)
	return d, err
}

// noiseSchedule returns the variances β_t of the forward process.
func noiseSchedule(s models.Schedule) ([]float64, error) {
	if len(s.TrainedBetas) > 0 {
		return s.TrainedBetas, nil
	}
	betas := make([]float64, s.TrainSteps)
	for i := range betas {
		share := float64(i) / float64(max(1, s.TrainSteps-1))
		switch s.BetaSchedule {
		case "linear":
			betas[i] = s.BetaStart + share*(s.BetaEnd-s.BetaStart)
		case "scaled_linear":
			from, to := math.Sqrt(s.BetaStart), math.Sqrt(s.BetaEnd)
			root := from + share*(to-from)
			betas[i] = root * root
		case "squaredcos_cap_v2":
			bar := func(t float64) float64 {
				c := math.Cos((t + .008) / 1.008 * math.Pi / 2)
				return c * c
			}
			n := float64(s.TrainSteps)
			betas[i] = min(1-bar(float64(i+1)/n)/bar(float64(i)/n), .999)
		default:
			return nil, fmt.Errorf("noise schedule %q is not known", s.BetaSchedule)
		}
	}
	return betas, nil
}

// spacing chooses n of the training steps, in descending order, by the rule
// that the model's scheduler names.
func spacing(s models.Schedule, train, n int) ([]int, error) {
	out := make([]int, n)
	for i := range out {
		switch s.TimestepSpacing {
		case "", "leading":
			out[n-1-i] = min(i*(train/n)+s.StepsOffset, train-1)
		case "trailing":
			out[i] = int(math.Round(float64(train)-float64(i)*float64(train)/float64(n))) - 1
		case "linspace":
			out[n-1-i] = int(math.Round(float64(i) * float64(train-1) / float64(max(1, n-1))))
		default:
			return nil, fmt.Errorf("timestep spacing %q is not known", s.TimestepSpacing)
		}
	}
	return out, nil
}

// step returns x_{t-1} from x_t and the model's prediction at step i. It
// writes a new slice. [C, H, W]
func (d *ddim) step(i int, x, prediction []float32) []float32 {
	signalBefore, sigmaBefore := d.after(i)
	out := make([]float32, len(x))
	for k := range x {
		x0, eps := d.split(i, x[k], prediction[k])
		out[k] = float32(signalBefore*x0 + sigmaBefore*eps)
	}
	return out
}

// clean estimates x_0 after step i, from the latents before it and after it:
// what is left when the noise that the model saw at the step is taken out of
// next. It writes a new slice. [C, H, W]
func (d *ddim) clean(i int, x, prediction, next []float32) []float32 {
	signal, sigma := d.after(i)
	out := make([]float32, len(x))
	for k := range x {
		_, eps := d.split(i, x[k], prediction[k])
		out[k] = float32((float64(next[k]) - sigma*eps) / signal)
	}
	return out
}

// split parts x_t at step i into the signal x_0 and the noise ε that the
// model's prediction says it is made of.
func (d *ddim) split(i int, x, prediction float32) (x0, eps float64) {
	alpha := d.alphas[d.timesteps[i]]
	signal, sigma := math.Sqrt(alpha), math.Sqrt(1-alpha)
	xt, p := float64(x), float64(prediction)
	switch d.prediction {
	case models.PredictV:
		return signal*xt - sigma*p, signal*p + sigma*xt
	case models.PredictSample:
		return p, (xt - signal*p) / sigma
	}
	return (xt - sigma*p) / signal, p
}

// after returns the shares of signal and noise that step i ends with: √ᾱ and
// √(1−ᾱ).
func (d *ddim) after(i int) (signal, sigma float64) {
	alpha := d.final
	if t := d.timesteps[i] - d.ratio; t >= 0 {
		alpha = d.alphas[t]
	}
	return math.Sqrt(alpha), math.Sqrt(1 - alpha)
}

// guide applies classifier-free guidance (Ho and Salimans 2022):
// uncond + scale·(cond − uncond), as a new slice.
func guide(cond, uncond []float32, scale float64) []float32 {
	s := float32(scale)
	out := make([]float32, len(cond))
	for i := range cond {
		out[i] = uncond[i] + s*(cond[i]-uncond[i])
	}
	return out
}
