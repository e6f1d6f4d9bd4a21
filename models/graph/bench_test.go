package graph

import (
	"testing"
	"time"
)

// BenchmarkPlain compares the controlled graph under identity control, and
// under full control, with the untouched one. The metric to look at is the
// ratio of the fastest runs: runs alternate, so that other load on the machine
// hits all of them.
func BenchmarkPlain(b *testing.B) {
	const rows = 2
	data, c := rewritePocket(b, Options{})
	in := pocketInput(rows)
	plain := identity(rows, 14, 32)
	full := with(plain, map[string]tensor{
		CrossSource: ints([]int64{0, 0}, 2),
		Take:        plain[Keep], Keep: plain[Take],
		SelfSource: ints(make([]int64, 28), 14, 2),
	})
	untouched := open(b, data, "", "out_sample")
	controlled := open(b, c.Graph, "", "out_sample", Maps)
	runs := []struct {
		name string
		run  func()
		best time.Duration
	}{
		{name: "untouched", run: func() { untouched.run(b, in) }},
		{name: "identity", run: func() { controlled.run(b, with(in, plain)) }},
		{name: "controlled", run: func() { controlled.run(b, with(in, full)) }},
	}
	for b.Loop() {
		for i := range runs {
			r := &runs[i]
			start := time.Now()
			r.run()
			if d := time.Since(start); r.best == 0 || d < r.best {
				r.best = d
			}
		}
	}
	for _, r := range runs {
		b.ReportMetric(float64(r.best.Microseconds())/1000, r.name+"-ms")
	}
	b.ReportMetric(float64(runs[1].best)/float64(runs[0].best), "identity/untouched")
	b.ReportMetric(float64(runs[2].best)/float64(runs[0].best), "controlled/untouched")
}
