package study

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Estimate is a mean with its 95 % confidence interval.
type Estimate struct {
	N               int
	Mean, Low, High float64
}

// confidence is the probability with which intervals hold the mean.
const confidence = .95

// Mean estimates the mean of values by Student's t. The interval of a single
// value is everything.
func Mean(values []float64) Estimate {
	if len(values) == 0 {
		return Estimate{Mean: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	mean, deviation := stat.MeanStdDev(values, nil)
	if len(values) == 1 {
		return Estimate{1, mean, math.Inf(-1), math.Inf(1)}
	}
	n := float64(len(values))
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile((1 + confidence) / 2)
	half := t * deviation / math.Sqrt(n)
	return Estimate{len(values), mean, mean - half, mean + half}
}

// Share estimates the mean of shares by Wilson's score interval, which stays in
// [0, 1] and does not collapse at its ends. It is made for zeros and ones;
// values between them vary less, and get an interval that is too wide.
func Share(values []float64) Estimate {
	if len(values) == 0 {
		return Mean(nil)
	}
	n, p := float64(len(values)), stat.Mean(values, nil)
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Estimate{len(values), p, max(0, centre-half), min(1, centre+half)}
}

// Differs reports whether the interval of a difference leaves 0 out.
func (e Estimate) Differs() bool { return e.Low > 0 || e.High < 0 }

// Estimate estimates the mean of a metric over results that have it. Results
// of one seed are not independent: their mean counts as one value.
func (m Metric) Estimate(results []Result) Estimate {
	values := inOrder(results, m.bySeed(results))
	if m.Share {
		return Share(values)
	}
	return Mean(values)
}

// Gain estimates by how much a metric of b exceeds that of a, on the seeds
// that both have: each seed's difference is one value.
func (m Metric) Gain(a, b []Result) Estimate {
	before, after := m.bySeed(a), m.bySeed(b)
	gains := map[uint64]float64{}
	for seed, v := range after {
		if from, ok := before[seed]; ok {
			gains[seed] = v - from
		}
	}
	return Mean(inOrder(b, gains))
}

// bySeed is the mean of a metric for each seed.
func (m Metric) bySeed(results []Result) map[uint64]float64 {
	sums, n := map[uint64]float64{}, map[uint64]float64{}
	for _, r := range results {
		if v, ok := r.Metrics[m.Name]; ok {
			sums[r.Seed] += v
			n[r.Seed]++
		}
	}
	for seed := range sums {
		sums[seed] /= n[seed]
	}
	return sums
}

// inOrder lists the values of seeds in the order of the results, so that sums
// are the same whenever they are computed.
func inOrder(results []Result, values map[uint64]float64) []float64 {
	var out []float64
	seen := map[uint64]bool{}
	for _, r := range results {
		if v, ok := values[r.Seed]; ok && !seen[r.Seed] {
			seen[r.Seed] = true
			out = append(out, v)
		}
	}
	return out
}
