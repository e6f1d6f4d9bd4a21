package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"pentimento/study"
)

// A table is rows of text under headings.
type table struct {
	Head []string
	Rows [][]string
}

// table shows a set's estimates: a row for each point, all edits together,
// then for each edit where there are several.
func (s *set) table() table {
	metrics := s.metrics()
	t := table{Head: []string{"edit", "series", s.axis, "pictures"}}
	for _, m := range metrics {
		t.Head = append(t.Head, m.Label)
	}
	edits := append([]string{""}, s.edits()...)
	if len(edits) == 2 {
		edits = edits[1:]
	}
	for _, edit := range edits {
		for _, l := range s.lines {
			for _, p := range l.points {
				results := p.results
				if edit != "" {
					results = of(results, edit)
				}
				row := []string{edit, l.series, p.x, strconv.Itoa(usable(results))}
				if edit == "" {
					row[0] = "all"
				}
				for _, m := range metrics {
					row = append(row, shown(m.Estimate(results)))
				}
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return t
}

// important are the metrics of the short table.
func important() []string {
	return []string{"succeeded", "outside_change", "change", "gradient", "structure", "perceptual", "clip", "cycle_recorded_max", "cycle_fresh", "drift", "preservation", "wholeness", "score"}
}

// brief shows a row for each point, all edits together, and the metrics that
// matter most; of a crowded set the best points.
func (s *set) brief() table {
	var metrics []study.Metric
	for _, m := range s.metrics() {
		if slices.Contains(important(), m.Name) && s.tells(m.Name) {
			metrics = append(metrics, m)
		}
	}
	t := table{Head: []string{"series", s.axis, "pictures"}}
	for _, m := range metrics {
		t.Head = append(t.Head, m.Label)
	}
	for _, r := range s.briefly() {
		row := []string{r.series, r.point.x, strconv.Itoa(usable(r.point.results))}
		for _, m := range metrics {
			row = append(row, shown(m.Estimate(r.point.results)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// A place is a point and the series that it is of.
type place struct {
	series string
	point  *point
}

// places are all points of a set.
func (s *set) places() []place {
	var out []place
	for _, l := range s.lines {
		for _, p := range l.points {
			out = append(out, place{l.series, p})
		}
	}
	return out
}

// ranked are the points by their score, the highest first.
func (s *set) ranked() []place {
	m, _ := study.MetricNamed("score")
	out := s.places()
	slices.SortStableFunc(out, func(a, b place) int {
		return cmp.Compare(m.Estimate(b.point.results).Mean, m.Estimate(a.point.results).Mean)
	})
	return out
}

// briefly are the points of the short table: all, or of a crowded set those
// with the highest scores.
func (s *set) briefly() []place {
	if s.crowded() {
		return s.ranked()[:mostLines]
	}
	return s.places()
}

func usable(results []study.Result) int {
	n := 0
	for _, r := range results {
		if r.Unusable == "" {
			n++
		}
	}
	return n
}

// summaryTable is every estimate of every set, for programs.
func summaryTable(sets []*set) [][]string {
	rows := [][]string{{"sweep", "kind", "edit", "series", "axis", "x", "metric", "seeds", "mean", "low", "high"}}
	for _, s := range sets {
		edits, metrics := s.edits(), s.metrics()
		for _, l := range s.lines {
			for _, p := range l.points {
				for _, edit := range edits {
					results := of(p.results, edit)
					for _, m := range metrics {
						e := m.Estimate(results)
						if e.N == 0 {
							continue
						}
						rows = append(rows, []string{s.sweep, s.kind, edit, l.series, s.axis, p.x, m.Name, strconv.Itoa(e.N), number(e.Mean), number(e.Low), number(e.High)})
					}
				}
			}
		}
	}
	return rows
}

// shown writes an estimate for people: the mean and its interval.
func shown(e study.Estimate) string {
	switch {
	case e.N == 0:
		return ""
	case math.IsInf(e.Low, 0):
		return brief(e.Mean)
	}
	return fmt.Sprintf("%s [%s, %s]", brief(e.Mean), brief(e.Low), brief(e.High))
}

// gained writes the estimate of a difference, with its sign.
func gained(e study.Estimate) string {
	sign := ""
	if e.Mean > 0 {
		sign = "+"
	}
	return sign + shown(e)
}

// brief writes a number with three digits that count, two behind the point.
func brief(v float64) string {
	if a := math.Abs(v); a >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	} else if a >= 10 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	} else if a < .0005 {
		return "0"
	} else if a < .1 {
		return strconv.FormatFloat(v, 'f', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
