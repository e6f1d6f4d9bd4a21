package study

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-4 {
		t.Errorf("%s is %.6f, want %.6f", what, got, want)
	}
}

// Student's t for three values: t(.975, 2) = 4.302653, s = 2.
func TestMeanByHand(t *testing.T) {
	e := Mean([]float64{1, 3, 5})
	near(t, "mean", e.Mean, 3)
	near(t, "low", e.Low, 3-4.302653*2/math.Sqrt(3))
	near(t, "high", e.High, 3+4.302653*2/math.Sqrt(3))
	if e.Differs() || !Mean([]float64{3, 3.1, 2.9}).Differs() {
		t.Error("whether 0 is in an interval")
	}
	if one := Mean([]float64{7}); one.Mean != 7 || !math.IsInf(one.Low, -1) || one.Differs() {
		t.Errorf("one value: %+v", one)
	}
	if none := Mean(nil); none.N != 0 || none.Differs() {
		t.Errorf("no values: %+v", none)
	}
}

// Wilson's interval of 8 in 10, as textbooks give it: .4902 to .9433.
func TestShareByHand(t *testing.T) {
	e := Share([]float64{1, 1, 1, 1, 1, 1, 1, 1, 0, 0})
	near(t, "share", e.Mean, .8)
	near(t, "low", e.Low, .4902)
	near(t, "high", e.High, .9433)
	all := Share([]float64{1, 1, 1, 1})
	near(t, "high of all", all.High, 1)
	near(t, "low of all", all.Low, .5101)
}

// result is a result of a seed with one metric.
func result(seed uint64, p Parameters, name string, v float64) Result {
	return Result{Cell: Cell{Seed: seed, Kind: "shape", Turn: 1, Parameters: p}, Metrics: map[string]float64{name: v}}
}

// Two pictures of one seed are one value, and gains are taken seed by seed.
func TestEstimatesCountSeeds(t *testing.T) {
	m, _ := MetricNamed("change")
	p := standard()
	a := []Result{result(1, p, "change", 1), result(1, p, "change", 3), result(2, p, "change", 6), {Cell: Cell{Seed: 3}, Unusable: "no hair"}}
	e := m.Estimate(a)
	if e.N != 2 {
		t.Errorf("%d values of two seeds", e.N)
	}
	near(t, "mean", e.Mean, 4)
	b := []Result{result(2, p, "change", 7), result(1, p, "change", 3), result(9, p, "change", 100)}
	gain := m.Gain(a, b)
	if gain.N != 2 || !gain.Differs() {
		t.Errorf("the gain is %+v", gain)
	}
	near(t, "gain", gain.Mean, 1)
	s, _ := MetricNamed("succeeded")
	share := s.Estimate([]Result{result(1, p, "succeeded", 1), result(2, p, "succeeded", 1)})
	near(t, "Wilson's high", share.High, 1)
	// Several edits of each seed are no more certain than one: Wilson's interval
	// of two in two reaches down to 1 ÷ (1 + 1.96² ÷ 2).
	near(t, "Wilson's low", share.Low, .342380)
	if edits := s.Estimate([]Result{result(1, p, "succeeded", 1), result(1, p, "succeeded", 1), result(2, p, "succeeded", 1)}); edits != share {
		t.Errorf("three pictures of two seeds are %+v, two are %+v", edits, share)
	}
}

// Where a word is re-weighted, a picture that shows it as the first one does
// has not been edited: it must show more of it, or less.
func TestReadingsOfWeights(t *testing.T) {
	for _, test := range []struct {
		weigh               string
		weight, before, now float64
		want                bool
	}{
		{"", 1, .2, .1, true},
		{"", 1, .2, -.1, false},
		{"", 3, .2, .1, true}, // the parameter acts on nothing
		{"curly", 1, .2, .1, true},
		{"curly", 3, .2, .1, false},
		{"curly", 3, .2, .2, false},
		{"curly", 3, .2, .3, true},
		{"curly", 3, -.2, -.1, true},
		{"curly", -2, .2, .1, true},
		{"curly", .5, .2, .3, false},
	} {
		at := &task{parameters: Parameters{Weight: test.weight}}
		if got := at.favours(Target{Weigh: test.weigh}, test.before, test.now); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// One setting is often better and fails now and then: its mean is higher, but
// not sure.
func TestSearchFindsTheSurest(t *testing.T) {
	low, high := standard(), standard()
	low.Cross, high.Cross = .2, .8
	found := search([]Result{
		result(1, low, "score", 1), result(2, low, "score", .5),
		result(1, high, "score", .6), result(2, high, "score", .7),
		{Cell: Cell{Seed: 3, Kind: "global", Parameters: low}, Unusable: "no river"},
	}, false)
	if len(found) != 1 || found[0].Kind != "shape" || found[0].Parameters != high || found[0].Tried != 2 {
		t.Errorf("found %+v", found)
	}
}

// Seeds differ by more than settings do: low has the higher mean and the surer
// score, but high is better than the preset on every seed.
func TestSearchFindsTheSurestMargin(t *testing.T) {
	preset, low, high := standard(), standard(), standard()
	preset.Preset, low.Cross, high.Cross = "cl", .2, .8
	of := func(sweep string, p Parameters, scores ...float64) []Result {
		var out []Result
		for i, score := range scores {
			r := result(uint64(i), p, "score", score)
			r.Sweep = sweep
			out = append(out, r)
		}
		return out
	}
	found := search(slices.Concat(of("k", low, .6, .7, .6), of("k", high, .3, .9, .5), of(against, preset, .2, .8, .4)), false)
	if len(found) != 1 || found[0].Parameters != high || found[0].Tried != 3 {
		t.Fatalf("found %+v", found)
	}
	if margin := found[0].Margin; math.Abs(margin.Mean-.1) > 1e-9 || margin.Low < .09 {
		t.Errorf("the margin is %+v", margin)
	}
}

// The latest start is found that costs nothing: a later one that scores as high may
// fail more often, and one that never fails may score lower.
func TestSearchFindsTheLatestStart(t *testing.T) {
	var results []Result
	add := func(start float64, scores []float64, succeeded ...float64) {
		p := standard()
		p.Start = start
		for i, score := range scores {
			r := result(uint64(i), p, "score", score)
			r.Metrics["succeeded"] = succeeded[i]
			results = append(results, r)
		}
	}
	add(.8, []float64{.9, .9, .9}, 1, 1, 0)
	add(0, []float64{.7, .5, .6}, 1, 1, 1)
	add(.6, []float64{.6, .4, .5}, 1, 1, 1)
	add(.4, []float64{.71, .49, .6}, 1, 1, 1)
	add(.2, []float64{.9, .9, .9}, 1, 1, 1)
	found := search(results, true)
	if len(found) != 1 || found[0].Parameters.Start != .4 || found[0].Tried != 5 || found[0].Margin.Mean > .01 {
		t.Errorf("found %+v", found)
	}
}

// A search draws the presets that it compares with on the seeds that it searches
// on.
func TestSearchDrawsItsRivals(t *testing.T) {
	f := parse(t, small)
	f.Search = &Search{HeldOut: Seeds{9}, Against: []string{"cl", "literature"}}
	cells, err := f.Cells()
	if err != nil {
		t.Fatal(err)
	}
	rivals := map[string]int{}
	for _, c := range cells {
		if c.Sweep == against {
			rivals[c.Preset]++
		}
	}
	of := len(f.Seeds) * 3 // an edit, and one of two turns
	if len(rivals) != 2 || rivals["cl"] != of || rivals["literature"] != of {
		t.Errorf("rivals are %v, want %d each", rivals, of)
	}
}

// A claim holds where the interval of the difference is on its side.
func TestVerdicts(t *testing.T) {
	at := func(self, weight float64) Parameters {
		p := standard()
		p.Self, p.Weight = self, weight
		return p
	}
	var results []Result
	for seed := range uint64(4) {
		noise := .1 * float64(seed%2)
		for _, weight := range []float64{-2, -1, 5} {
			results = append(results, result(seed, at(.2, weight), "change", 3+noise), result(seed, at(.8, weight), "change", 2-noise))
		}
	}
	compare := func(expect string, bound float64, over Axis, to Setting) Claim {
		return Claim{Metric: "change", From: Setting{"self": "0.2"}, To: to, Over: over, Expect: expect, Bound: bound}
	}
	atMost := func(expect string, bound float64, to Setting) Claim {
		return Claim{Metric: "change", To: to, Expect: expect, Bound: bound}
	}
	negative, low, high := Axis{"weight", []string{"-2", "-1"}}, Setting{"self": "0.2"}, Setting{"self": "0.8"}
	// At .2 the metric is 3, 3.1, 3, 3.1; the gain of .8 is −1, −1.2, −1, −1.2:
	// mean −1.1, and ±.184 by Student's t.
	for i, test := range []struct {
		claim Claim
		want  Answer
		seeds int
	}{
		{compare(Less, 0, Axis{}, high), Holds, 4},
		{compare(Less, 0, negative, high), Holds, 4},
		{compare(More, 0, negative, high), Opposed, 4},
		{compare(More, 0, negative, low), Unseen, 4},
		{compare(Less, 0, negative, low), Unseen, 4},
		{compare(Same, 1, negative, high), Open, 4},
		{compare(Same, .9, negative, high), Opposed, 4},
		{compare(Same, 1.3, negative, high), Holds, 4},
		{compare(Same, .1, negative, low), Holds, 4},
		{compare(Same, .1, negative, Setting{"self": "0.4"}), Unknown, 0},
		{compare(Less, 0, Axis{"weight", []string{"7"}}, high), Unknown, 0},
		{compare(Less, 0, Axis{}, Setting{"self": "0.8", "turn": "2"}), Unknown, 0},
		{compare(Less, 0, Axis{}, Setting{"self": "0.8", "turn": "1"}), Holds, 4},
		{atMost(AtMost, 3.2, low), Holds, 0},
		{atMost(AtMost, 3.1, low), Open, 0},
		{atMost(AtMost, 2.9, low), Opposed, 0},
		{atMost(AtMost, 9, Setting{"self": "0.4"}), Unknown, 0},
		{atMost(EachAtMost, 3.1, low), Holds, 0},
		{atMost(EachAtMost, 3.09, low), Opposed, 0},
	} {
		v := (&Findings{File: &File{Claims: []Claim{test.claim}}, Results: results}).Verdicts()[0]
		if v.Answer != test.want || v.Gain.N != test.seeds {
			t.Errorf("claim %d: %+v, want that it %s", i, v, test.want)
		}
	}
}

// What is confirmed differs from what was found in windows and blend alone,
// and in what the search sets on the seeds held out.
func TestConfirming(t *testing.T) {
	f := parse(t, small)
	f.Search = &Search{HeldOut: Seeds{9}, Against: []string{"cl"}, Settings: Setting{"steps": "25"}}
	f.Prompts[0].Edits[0].Kind = "shape"
	found := standard()
	found.Weight, found.Guidance, found.Cross = 3, 6, .6
	cells, err := f.confirming([]Best{{Kind: "shape", Parameters: found}})
	if err != nil {
		t.Fatal(err)
	}
	var series []string
	for _, c := range cells {
		series = append(series, c.Series)
		if c.Weight != 3 || c.Guidance != 6 || c.Steps != 25 || c.Seed != 9 {
			t.Errorf("%s: %+v", c.Series, c)
		}
	}
	if strings.Join(series, ", ") != "found, cl, the program's" || cells[0].Cross != .6 || cells[1].Self != .8 {
		t.Errorf("confirmed are %v", series)
	}
}

func TestScore(t *testing.T) {
	for _, test := range []struct {
		name              string
		m                 map[string]float64
		anew              float64
		preserved, scored float64
	}{
		{"half of what drawing anew changes", map[string]float64{"success": .5, "outside_change": 4, "gradient": 0}, 8, .5, .25},
		{"more than that", map[string]float64{"success": .5, "outside_change": 9}, 8, 0, 0},
		{"nothing changed", map[string]float64{"success": 1, "outside_change": 0}, 0, 1, 1},
		{"drawing anew changes nothing", map[string]float64{"success": 1, "outside_change": 1}, 0, 0, 0},
		{"everything may change", map[string]float64{"success": .5, "gradient": .8}, 0, .8, .4},
		{"the opposite structure", map[string]float64{"success": .5, "gradient": -.8}, 0, 0, 0},
	} {
		test.m["wholeness"] = .5
		score(test.m, test.anew)
		if test.m["preservation"] != test.preserved || test.m["fidelity"] != test.scored || test.m["score"] != test.scored/2 {
			t.Errorf("%s: %v", test.name, test.m)
		}
	}
}

func TestLogRefusesWhatIsNotItsOwn(t *testing.T) {
	want := header{Study: "s", Version: 1, Cells: 2, Plan: "p", Model: "m"}
	path := filepath.Join(t.TempDir(), "deep", "cells.jsonl")
	open := func(h header) *log {
		t.Helper()
		l, err := openLog(path, h)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := open(want)
	for i := range 2 {
		if err := l.add(Result{Index: i}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if l = open(want); len(l.done) != 2 {
		t.Errorf("%d results were found again", len(l.done))
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	other := want
	other.Model = "another"
	if _, err := openLog(path, other); !errors.Is(err, ErrOther) {
		t.Errorf("another model: %v", err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"not JSON":          "hello\n",
		"a result too many": string(whole) + `{"index":2}` + "\n",
		"a result again":    string(whole) + `{"index":1}` + "\n",
		"a strange key":     strings.Replace(string(whole), `"index"`, `"indices"`, 1),
		"a long line":       strings.Repeat("x", maxLine+1),
	} {
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := openLog(path, want); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func FuzzReadLog(f *testing.F) {
	f.Add([]byte(`{"study":"s","version":1,"cells":1,"plan":"p","model":"m"}` + "\n" + `{"index":0}` + "\n" + `{"ind`))
	f.Fuzz(func(t *testing.T, data []byte) {
		end, h, done, err := readLog(bytes.NewReader(data))
		if err != nil {
			return
		}
		if end > int64(len(data)) || len(done) > max(0, h.Cells) {
			t.Errorf("%d bytes and %d results of %d", end, len(done), h.Cells)
		}
	})
}
