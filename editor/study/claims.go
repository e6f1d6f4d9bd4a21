package study

import (
	"fmt"
	"slices"
)

// A Claim is a sentence that a study's numbers may bear out: that a metric is
// more, less or the same at the parameters To than at From.
type Claim struct {
	Says   string `yaml:"says"`
	Sweep  string `yaml:"sweep"`
	Metric string `yaml:"metric"`
	// From and To are parameters of cells that are compared, seed by seed.
	From Setting `yaml:"from"`
	To   Setting `yaml:"to"`
	// Over are values of a further parameter, all of which count.
	Over Axis `yaml:"over"`
	// Expect is more, less or same.
	Expect string `yaml:"expect"`
}

// A Verdict is what the numbers say of a claim.
type Verdict struct {
	Claim
	// A and B are the metric at From and at To, Gain how much more it is there.
	A, B, Gain Estimate
	// Holds says that the interval of the gain is on the side that was claimed
	// or, where the same was claimed, has 0 in it. Known is false where too
	// little was measured.
	Holds, Known bool
}

// Verdicts tells which of the study's claims hold.
func (f *Findings) Verdicts() []Verdict {
	var out []Verdict
	for _, c := range f.File.Claims {
		m, _ := MetricNamed(c.Metric)
		a, b := c.cells(f.Results, c.From), c.cells(f.Results, c.To)
		v := Verdict{Claim: c, A: m.Estimate(a), B: m.Estimate(b), Gain: m.Gain(a, b)}
		v.Known = v.Gain.N > 1
		switch c.Expect {
		case "more":
			v.Holds = v.Gain.Low > 0
		case "less":
			v.Holds = v.Gain.High < 0
		default:
			v.Holds = !v.Gain.Differs()
		}
		v.Holds = v.Holds && v.Known
		out = append(out, v)
	}
	return out
}

// cells are the results of the claim's sweep that have the parameters.
func (c Claim) cells(results []Result, s Setting) []Result {
	var out []Result
	for _, r := range results {
		if r.Sweep == c.Sweep && r.Parameters.have(s) && (c.Over.Name == "" || slices.ContainsFunc(c.Over.Values, func(v string) bool {
			return r.Parameters.have(Setting{c.Over.Name: v})
		})) {
			out = append(out, r)
		}
	}
	return out
}

// have reports whether setting the parameters changes none of them.
func (p Parameters) have(s Setting) bool {
	set := p
	return set.setAll(s) == nil && set == p
}

// check reports what is wrong with a claim.
func (c Claim) check(sweeps []Sweep) error {
	if _, ok := MetricNamed(c.Metric); !ok {
		return fmt.Errorf("claim %q: there is no metric %q", c.Says, c.Metric)
	}
	if !slices.ContainsFunc(sweeps, func(s Sweep) bool { return s.Name == c.Sweep }) {
		return fmt.Errorf("claim %q: there is no sweep %q", c.Says, c.Sweep)
	}
	if !slices.Contains([]string{"more", "less", "same"}, c.Expect) {
		return fmt.Errorf("claim %q expects %q: say more, less or same", c.Says, c.Expect)
	}
	for _, s := range []Setting{c.From, c.To} {
		p := standard()
		if err := p.setAll(s); err != nil {
			return fmt.Errorf("claim %q: %w", c.Says, err)
		}
	}
	for _, v := range c.Over.Values {
		p := standard()
		if err := p.set(c.Over.Name, v); err != nil {
			return fmt.Errorf("claim %q: %w", c.Says, err)
		}
	}
	return nil
}
