package report

import (
	"slices"
	"strconv"
	"strings"

	"pentimento/study"
)

// A set is what is shown together: the results of one sweep for one kind of
// edit.
type set struct {
	sweep, kind string
	axis        string // what varies along X; empty for nothing
	lines       []*line
	results     []study.Result
}

// A line is the results of one series, point by point.
type line struct {
	series string
	points []*point
}

// A point is the results at one value of the axis.
type point struct {
	x       string
	results []study.Result
}

// turnAxis is the axis of edits of several turns.
const turnAxis = "turn"

// gather puts results into sets, in the order in which they come.
func gather(results []study.Result) []*set {
	var out []*set
	turns := manyTurns(results)
	for _, r := range results {
		axis, x, series := r.Axis, r.X, r.Series
		switch {
		case turns[r.Edit] && axis == "":
			axis, x = turnAxis, strconv.Itoa(r.Turn)
		case turns[r.Edit]:
			series = strings.TrimPrefix(series+", turn "+strconv.Itoa(r.Turn), ", ")
		}
		s := found(&out, func(s *set) bool { return s.sweep == r.Sweep && s.kind == kindOf(r) && s.axis == axis },
			func() *set { return &set{sweep: r.Sweep, kind: kindOf(r), axis: axis} })
		l := found(&s.lines, func(l *line) bool { return l.series == series }, func() *line { return &line{series: series} })
		p := found(&l.points, func(p *point) bool { return p.x == x }, func() *point { return &point{x: x} })
		p.results = append(p.results, r)
		s.results = append(s.results, r)
	}
	return out
}

// kindOf is the kind of a result's edit, or the edit itself.
func kindOf(r study.Result) string {
	if r.Kind != "" {
		return r.Kind
	}
	return r.Edit
}

// manyTurns are the edits of more than one turn.
func manyTurns(results []study.Result) map[string]bool {
	out := map[string]bool{}
	for _, r := range results {
		if r.Turn > 1 {
			out[r.Edit] = true
		}
	}
	return out
}

// found returns the element that matches, appending a new one if there is
// none.
func found[T any](list *[]*T, matches func(*T) bool, create func() *T) *T {
	if i := slices.IndexFunc(*list, matches); i >= 0 {
		return (*list)[i]
	}
	one := create()
	*list = append(*list, one)
	return one
}

func (s *set) title() string { return s.sweep + " · " + s.kind }

// edits are the names of the set's edits.
func (s *set) edits() []string {
	var out []string
	for _, r := range s.results {
		if !slices.Contains(out, r.Edit) {
			out = append(out, r.Edit)
		}
	}
	return out
}

// of keeps the results of one edit.
func of(results []study.Result, edit string) []study.Result {
	var out []study.Result
	for _, r := range results {
		if r.Edit == edit {
			out = append(out, r)
		}
	}
	return out
}

// metrics are those that some result of the set has.
func (s *set) metrics() []study.Metric {
	var out []study.Metric
	for _, m := range study.Metrics() {
		if slices.ContainsFunc(s.results, func(r study.Result) bool { _, ok := r.Metrics[m.Name]; return ok }) {
			out = append(out, m)
		}
	}
	return out
}

// has reports whether the set has a metric.
func (s *set) has(name string) bool {
	return slices.ContainsFunc(s.metrics(), func(m study.Metric) bool { return m.Name == name })
}

// tells reports whether a metric says something of the set. Where the change
// outside is known, the change everywhere says nothing more. After one turn
// drift is the change outside.
func (s *set) tells(name string) bool {
	switch name {
	case "change":
		return s.has(name) && !s.has("outside_change")
	case "drift":
		return s.has(name) && s.axis == turnAxis
	}
	return s.has(name)
}

// name is a file name for a part of the set.
func (s *set) name(parts ...string) string {
	return slug(strings.Join(append([]string{s.sweep, s.kind}, parts...), "-"))
}

// slug keeps small letters, digits and dots of a text, and puts hyphens for
// the rest.
func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_')
	})
	out := strings.Trim(strings.Join(words, "-"), ".-")
	if len(out) > 120 {
		out = out[:120]
	}
	return out
}
