package graph

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkControl compares the controlled graph with the untouched one on the
// bundled model, two rows on two threads: under identity control ("plain"),
// which is what every picture without an edit pays, and with all maps of row 1
// taken from row 0 ("edit"). The runs take turns, so that whatever else the
// machine does hits all of them; min is the fastest run of each, p10 the
// fastest but a tenth.
func BenchmarkControl(b *testing.B) {
	const rows = 2
	data, c := rewritePocket(b, Options{})
	in := pocketInput(rows)
	plain := identity(rows, 14, 32)
	edit := with(plain, map[string]tensor{
		CrossSource: ints([]int64{0, 0}, 2),
		Take:        plain[Keep], Keep: plain[Take],
		SelfSource: ints(make([]int64, 14*rows), 14, rows),
	})
	untouched := open(b, data, "", "out_sample")
	controlled := open(b, c.Graph, "", "out_sample", Maps)
	runs := []struct {
		name  string
		run   func()
		times []time.Duration
	}{
		{name: "untouched", run: func() { untouched.run(b, in) }},
		{name: "plain", run: func() { controlled.run(b, with(in, plain)) }},
		{name: "edit", run: func() { controlled.run(b, with(in, edit)) }},
	}
	for b.Loop() {
		for i := range runs {
			start := time.Now()
			runs[i].run()
			runs[i].times = append(runs[i].times, time.Since(start))
		}
	}
	for _, r := range runs {
		slices.Sort(r.times)
		b.ReportMetric(float64(r.times[0].Microseconds())/1000, r.name+"-min-ms")
		if r.name == "untouched" {
			continue
		}
		for label, i := range map[string]int{"min": 0, "p10": len(r.times) / 10} {
			b.ReportMetric(float64(r.times[i])/float64(runs[0].times[i]), r.name+"/untouched-"+label)
		}
	}
	b.ReportMetric(0, "ns/op") // the sum of the three says nothing
}

// BenchmarkRewrite is the work without ONNX Runtime: reading, finding the
// attention, splicing, writing.
func BenchmarkRewrite(b *testing.B) {
	data := readFile(b, pocketUNet)
	m, err := Parse(data)
	if err != nil {
		b.Fatal(err)
	}
	p := probe(b, m, "", pocketInput(ProbeRows), ProbeRows)
	for b.Loop() {
		m, err := Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Rewrite(m, p, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
