package editor

// newDDIM is the deterministic sampler of Song et al. 2021 (η = 0):
// x_{t-1} = √ᾱ_{t-1}·x_0 + √(1−ᾱ_{t-1})·ε (eq. 12).
func newDDIM(s *schedule, n int) (*sampler, error) {
	steps, err := wholeSteps(s.Schedule, n)
	if err != nil {
		return nil, err
	}
	out := s.onSteps(direct{}, steps)
	for _, t := range steps {
		out.to = append(out.to, passing(s.level(t-len(s.alphas)/n)))
	}
	return out, nil
}
