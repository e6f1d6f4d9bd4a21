package editor

import (
	"cmp"
	"fmt"
	"math"

	"pentimento/models"
)

// consistency is the multistep sampling of latent consistency models (Luo et
// al. 2023, algorithm 3): every step predicts the picture whole, and all steps
// but the last put new noise on it.
type consistency struct{ scaling float64 }

func newLCM(s *schedule, n int) (*sampler, error) {
	steps, err := distilledSteps(s, n)
	if err != nil {
		return nil, err
	}
	scaling := s.TimestepScaling
	if scaling == 0 {
		scaling = 10
	}
	out := s.onSteps(consistency{scaling}, steps)
	for i := range steps {
		to := transition{signal: 1}
		if i+1 < n {
			next := s.level(steps[i+1])
			to = transition{next.signal, 0, next.sigma}
		}
		out.to = append(out.to, to)
	}
	return out, nil
}

// distilledSteps are n of the training steps that the model was distilled on,
// in descending order.
func distilledSteps(s *schedule, n int) ([]int, error) {
	original := cmp.Or(s.OriginalSteps, min(models.UsualOriginalSteps, len(s.alphas)))
	if n > original {
		return nil, fmt.Errorf("lcm takes up to %d steps: set fewer, 4 to 8 are usual, or use another scheduler", original)
	}
	out := make([]int, n)
	for i := range out {
		at := int(math.Floor(float64(i) * (float64(original) / float64(n))))
		out[i] = (original-at)*(len(s.alphas)/original) - 1
	}
	return out, nil
}

// step returns x_t of the next step from c_out·x_0 + c_skip·x.
func (c consistency) step(s *sampler, i int, x, prediction, z []float32, _ []float64) ([]float32, []float64) {
	const data = .5 // σ of the data
	scaled, to := s.timesteps[i]*c.scaling, s.to[i]
	skip, part := data*data/(scaled*scaled+data*data), scaled/math.Sqrt(scaled*scaled+data*data)
	x0, _ := s.split(i, x, prediction)
	out := make([]float32, len(x))
	for k := range x {
		next := to.signal * (part*x0[k] + skip*float64(x[k]))
		if to.fresh != 0 {
			next += to.fresh * float64(z[k])
		}
		out[k] = float32(next)
	}
	return out, nil
}
