package study

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Claim is a sentence that a study's numbers may bear out: that a metric is
// more, less or the same at the parameters To than at From, or that it is at
// most a bound at To.
type Claim struct {
	Says   string `yaml:"says"`
	Sweep  string `yaml:"sweep"`
	Metric string `yaml:"metric"`
	// From and To are parameters of cells that are compared, seed by seed. The
	// key "turn" picks a turn of edits of several.
	From Setting `yaml:"from"`
	To   Setting `yaml:"to"`
	// Over are values of a further parameter, all of which count.
	Over Axis `yaml:"over"`
	// Expect is one of the constants below.
	Expect string `yaml:"expect"`
	// Bound is the largest difference that counts as the same, or the largest
	// value that a claim allows of the metric.
	Bound float64 `yaml:"bound"`
}

// What a claim may expect of a metric at To: more or less of it than at From,
// the same but for the bound, a mean that is at most the bound, or that every
// single picture is.
const (
	More       = "more"
	Less       = "less"
	Same       = "same"
	AtMost     = "at most"
	EachAtMost = "each at most"
)

// An Answer is what the numbers say of a claim.
type Answer string

// The answers. A claim holds if the whole interval is on the side that was
// claimed, and does not if it is on the other side. In between no difference
// was seen, or it is open whether there is one that matters.
const (
	Holds   Answer = "holds"
	Opposed Answer = "does not hold"
	Unseen  Answer = "no difference seen"
	Open    Answer = "not decided"
	Unknown Answer = "too little was measured"
)

// A Verdict is what the numbers say of a claim.
type Verdict struct {
	Claim
	// A and B are the metric at From and at To, Gain how much more it is there;
	// Largest is that of any picture at To.
	A, B, Gain Estimate
	Largest    float64
	Answer     Answer
}

// Verdicts tells which of the study's claims hold.
func (f *Findings) Verdicts() []Verdict {
	var out []Verdict
	for _, c := range f.File.Claims {
		m, _ := MetricNamed(c.Metric)
		b := c.cells(f.Results, c.To)
		v := Verdict{Claim: c, A: Mean(nil), B: m.Estimate(b), Gain: Mean(nil)}
		if !c.bounds() {
			a := c.cells(f.Results, c.From)
			v.A, v.Gain = m.Estimate(a), m.Gain(a, b)
		}
		for _, r := range b {
			v.Largest = max(v.Largest, r.Metrics[c.Metric])
		}
		v.Answer = v.answer()
		out = append(out, v)
	}
	return out
}

// bounds reports whether a claim bounds a metric instead of comparing it.
func (c Claim) bounds() bool { return c.Expect == AtMost || c.Expect == EachAtMost }

func (v Verdict) answer() Answer {
	gain, b := v.Gain, v.Bound
	if v.bounds() && v.B.N < 2 || !v.bounds() && gain.N < 2 {
		return Unknown
	}
	switch v.Expect {
	case More:
		return decide(gain.Low > 0, gain.High < 0, Unseen)
	case Less:
		return decide(gain.High < 0, gain.Low > 0, Unseen)
	case Same:
		return decide(gain.Low >= -b && gain.High <= b, gain.High < -b || gain.Low > b, Open)
	case AtMost:
		return decide(v.B.High <= b, v.B.Low > b, Open)
	}
	return decide(v.Largest <= b, v.Largest > b, Open)
}

func decide(holds, opposed bool, otherwise Answer) Answer {
	switch {
	case holds:
		return Holds
	case opposed:
		return Opposed
	}
	return otherwise
}

// cells are the results of the claim's sweep that have the parameters.
func (c Claim) cells(results []Result, s Setting) []Result {
	turn, s := s["turn"], s.without("turn")
	var out []Result
	for _, r := range results {
		if r.Sweep == c.Sweep && r.Parameters.have(s) && (turn == "" || turn == strconv.Itoa(r.Turn)) && (c.Over.Name == "" || slices.ContainsFunc(c.Over.Values, func(v string) bool {
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
	if err := c.wrong(sweeps); err != nil {
		return fmt.Errorf("claim %q: %w", c.Says, err)
	}
	return nil
}

func (c Claim) wrong(sweeps []Sweep) error {
	expects := []string{More, Less, Same, AtMost, EachAtMost}
	switch _, known := MetricNamed(c.Metric); {
	case !known:
		return fmt.Errorf("there is no metric %q", c.Metric)
	case !slices.ContainsFunc(sweeps, func(s Sweep) bool { return s.Name == c.Sweep }):
		return fmt.Errorf("there is no sweep %q", c.Sweep)
	case !slices.Contains(expects, c.Expect):
		return fmt.Errorf("it expects %q: say %s", c.Expect, strings.Join(expects, ", "))
	case (c.bounds() || c.Expect == Same) != (c.Bound > 0):
		return errors.New("what is the same or at most something needs a bound over 0, and nothing else has one")
	case c.bounds() && len(c.From) > 0:
		return errors.New("what is at most a bound is not compared: leave from out")
	}
	for _, s := range []Setting{c.From, c.To} {
		p := standard()
		if err := p.setAll(s.without("turn")); err != nil {
			return err
		}
		if turn, err := strconv.Atoi(s["turn"]); s["turn"] != "" && (err != nil || turn < 1) {
			return fmt.Errorf("the turn is %q: give a number from 1 on", s["turn"])
		}
	}
	for _, v := range c.Over.Values {
		p := standard()
		if err := p.set(c.Over.Name, v); err != nil {
			return err
		}
	}
	return nil
}
