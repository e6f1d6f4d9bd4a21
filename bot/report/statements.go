package report

import (
	"fmt"
	"math"
	"strings"

	"pentimento/editor/study"
)

// compared are the metrics that statements speak of.
func compared() []string {
	return []string{"succeeded", "outside_change", "change", "gradient", "cycle_fresh", "score"}
}

// statements say what a set's numbers say.
func (s *set) statements() []string {
	var out []string
	for _, l := range s.lines {
		if len(l.points) > 1 {
			out = append(out, s.ends(l), s.peak(l))
		}
	}
	if len(s.lines) > 1 && len(s.lines[0].points) == 1 {
		for _, l := range s.lines[1:] {
			out = append(out, s.against(s.lines[0], l))
		}
	}
	out = append(out, s.cycles(), s.drift())
	var said []string
	for _, text := range out {
		if text != "" {
			said = append(said, text)
		}
	}
	return said
}

// ends compares the last value of the axis with the first.
func (s *set) ends(l *line) string {
	first, last := l.points[0], l.points[len(l.points)-1]
	return fmt.Sprintf("%s%s from %s to %s: %s.", prefix(l.series), s.axis, first.x, last.x, s.gains(first.results, last.results))
}

// against compares two series that have one point each.
func (s *set) against(a, b *line) string {
	return fmt.Sprintf("%s against %s: %s.", b.series, a.series, s.gains(a.points[0].results, b.points[0].results))
}

// gains lists by how much b exceeds a, seed by seed.
func (s *set) gains(a, b []study.Result) string {
	var parts []string
	for _, name := range compared() {
		if !s.tells(name) {
			continue
		}
		m, _ := study.MetricNamed(name)
		e := m.Gain(a, b)
		switch {
		case e.N < 2:
			parts = append(parts, fmt.Sprintf("%s too few seeds to tell", m.Label))
		case e.Differs():
			parts = append(parts, fmt.Sprintf("%s %s", m.Label, gained(e)))
		default:
			parts = append(parts, fmt.Sprintf("%s no difference seen (%s)", m.Label, gained(e)))
		}
	}
	if len(parts) == 0 {
		return "nothing was measured of both"
	}
	return strings.Join(parts, "; ")
}

// peak says where along the axis the score is highest.
func (s *set) peak(l *line) string {
	m, _ := study.MetricNamed("score")
	var best study.Estimate
	x := ""
	for _, p := range l.points {
		if e := m.Estimate(p.results); e.N > 0 && (x == "" || e.Mean > best.Mean) {
			best, x = e, p.x
		}
	}
	if x == "" {
		return ""
	}
	return fmt.Sprintf("%sthe score is highest at %s %s: %s.", prefix(l.series), s.axis, x, shown(best))
}

// cycles compares the two ways back.
func (s *set) cycles() string {
	if !s.has("cycle_recorded") {
		return ""
	}
	recorded, _ := study.MetricNamed("cycle_recorded")
	fresh, _ := study.MetricNamed("cycle_fresh")
	most, pictures := 0., 0
	for _, r := range s.results {
		if v, ok := r.Metrics["cycle_recorded_max"]; ok {
			most = math.Max(most, v)
			pictures++
		}
	}
	return fmt.Sprintf("There and back through the recorded run: mean difference %s, largest %s of 255 in %d pictures; from a fresh run: %s.",
		shown(recorded.Estimate(s.results)), brief(most), pictures, shown(fresh.Estimate(s.results)))
}

// drift says how far the last turn of a conversation is from the first
// picture.
func (s *set) drift() string {
	if s.axis != turnAxis || !s.has("drift") {
		return ""
	}
	m, _ := study.MetricNamed("drift")
	var parts []string
	for _, l := range s.lines {
		last := l.points[len(l.points)-1]
		if e := m.Estimate(last.results); e.N > 0 {
			parts = append(parts, fmt.Sprintf("%s%s levels per turn after %s turns", prefix(l.series), shown(e), last.x))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Drift of the untouched part: " + strings.Join(parts, "; ") + "."
}

// A verdictPart tells whether a claim holds.
type verdictPart struct{ Says, Metric, From, To, Gain, Verdict string }

// judged tells which of a study's claims hold.
func judged(f *study.Findings) []verdictPart {
	var out []verdictPart
	for _, v := range f.Verdicts() {
		m, _ := study.MetricNamed(v.Metric)
		part := verdictPart{Says: v.Says, Metric: m.Label, From: shown(v.A), To: shown(v.B), Gain: gained(v.Gain), Verdict: "does not hold"}
		switch {
		case !v.Known:
			part.Verdict = "too little was measured"
		case v.Holds:
			part.Verdict = "holds"
		case !v.Gain.Differs():
			part.Verdict = "no difference seen"
		}
		out = append(out, part)
	}
	return out
}

func prefix(series string) string {
	if series == "" {
		return ""
	}
	return series + ": "
}

// A searchPart tells what a search found for a kind of edit.
type searchPart struct {
	Kind, Settings, Score string
	Tried                 int
	// HeldOut are the scores on the seeds held out, Margins the gains there of
	// what was found, and of the program's preset, over each of the others.
	HeldOut, Margins []string
}

// searched tells what a study's search found.
func searched(f *study.Findings) []searchPart {
	m, _ := study.MetricNamed("score")
	var out []searchPart
	for _, b := range f.Best {
		p := b.Parameters
		part := searchPart{Kind: b.Kind, Score: shown(b.Score), Tried: b.Tried,
			Settings: fmt.Sprintf("cross %g, self %g, k %g, value %g", p.Cross, p.Self, p.K, p.Value)}
		bySeries := map[string][]study.Result{}
		var names []string
		for _, r := range f.Confirmed {
			if r.Kind != b.Kind {
				continue
			}
			if bySeries[r.Series] == nil {
				names = append(names, r.Series)
			}
			bySeries[r.Series] = append(bySeries[r.Series], r)
		}
		for _, name := range names {
			part.HeldOut = append(part.HeldOut, name+" "+shown(m.Estimate(bySeries[name])))
		}
		for _, better := range []string{study.Found, study.Own} {
			for _, name := range names {
				if bySeries[better] != nil && name != study.Found && name != study.Own {
					part.Margins = append(part.Margins, better+" over "+name+" "+gained(m.Gain(bySeries[name], bySeries[better])))
				}
			}
		}
		out = append(out, part)
	}
	return out
}
