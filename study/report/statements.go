package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"pentimento/study"
)

// compared are the metrics that statements speak of.
func compared() []string {
	return []string{"succeeded", "outside_change", "change", "gradient", "cycle_fresh", "score"}
}

// statements say what a set's numbers say.
func (s *set) statements() []string {
	if s.crowded() {
		return []string{s.leaders()}
	}
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
	return slices.DeleteFunc(out, func(text string) bool { return text == "" })
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

// gains lists by how much b exceeds a, seed by seed: first what differs.
func (s *set) gains(a, b []study.Result) string {
	var differ, alike, few []string
	for _, name := range compared() {
		if !s.tells(name) {
			continue
		}
		m, _ := study.MetricNamed(name)
		switch e := m.Gain(a, b); {
		case e.N < 2:
			few = append(few, m.Label)
		case e.Differs():
			differ = append(differ, m.Label+" "+gained(e))
		default:
			alike = append(alike, fmt.Sprintf("%s (%s)", m.Label, gained(e)))
		}
	}
	if len(alike) > 0 {
		differ = append(differ, "no difference seen in "+strings.Join(alike, ", "))
	}
	if len(few) > 0 {
		differ = append(differ, "too few seeds to tell of "+strings.Join(few, ", "))
	}
	if len(differ) == 0 {
		return "nothing was measured of both"
	}
	return strings.Join(differ, "; ")
}

// mostLines is how many series can be told apart in a plot or a list.
const mostLines = 8

// crowded reports whether a set has too many series to look at each.
func (s *set) crowded() bool { return len(s.lines) > mostLines }

// leaders names the points with the highest scores of a crowded set.
func (s *set) leaders() string {
	const named = 3
	m, _ := study.MetricNamed("score")
	var parts []string
	for _, r := range s.ranked()[:named] {
		if e := m.Estimate(r.point.results); e.N > 0 {
			parts = append(parts, fmt.Sprintf("%s, %s %s: %s", r.series, s.axis, r.point.x, shown(e)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "The highest scores: " + strings.Join(parts, "; ") + "."
}

// peak says where along the axis the score is highest.
func (s *set) peak(l *line) string {
	m, _ := study.MetricNamed("score")
	var best study.Estimate
	x := ""
	if s.axis == turnAxis {
		return "" // no turn is better than another
	}
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

// drift says how far the untouched part is from the first picture after the
// last turn, and where most of it was changed.
func (s *set) drift() string {
	if s.axis != turnAxis || !s.has("drift") {
		return ""
	}
	m, _ := study.MetricNamed("drift")
	change, _ := study.MetricNamed("outside_change")
	var parts []string
	for _, l := range s.lines {
		last := l.points[len(l.points)-1]
		most := slices.MaxFunc(l.points, func(a, b *point) int {
			return cmp.Compare(change.Estimate(a.results).Mean, change.Estimate(b.results).Mean)
		})
		if e := m.Estimate(last.results); e.N > 0 {
			parts = append(parts, fmt.Sprintf("%s%s levels per turn after %s turns, and at no turn more than %s levels in all (turn %s)",
				prefix(l.series), shown(e), last.x, shown(change.Estimate(most.results)), most.x))
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
		part := verdictPart{Says: v.Says, Metric: m.Label, From: shown(v.A), To: shown(v.B), Gain: gained(v.Gain), Verdict: string(v.Answer)}
		switch v.Expect {
		case study.AtMost, study.EachAtMost:
			part.From, part.Gain = fmt.Sprintf("at most %s", brief(v.Bound)), fmt.Sprintf("largest %s", brief(v.Largest))
		case study.Same:
			part.Gain += fmt.Sprintf(" (bound ±%s)", brief(v.Bound))
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
	Kind, Settings, Score, Margin string
	Tried                         int
	// Own is the program's preset for the kind of edit, as far as it has one.
	Own string
	// HeldOut are the scores on the seeds held out with what they are made of,
	// Margins the gains there of what was found, and of the program's preset, over
	// each of the others.
	HeldOut, Margins []string
	// Edits tell of the single edits of the kind.
	Edits []searchedEdit
}

// A searchedEdit tells how well an edit goes on the seeds held out: with what was
// found, and what that gains over the presets that it is compared with.
type searchedEdit struct {
	Edit, Score string
	Margins     []string
}

// searched tells what a study's search found.
func searched(f *study.Findings) []searchPart {
	var out []searchPart
	for _, b := range f.Best {
		part := searchPart{Kind: b.Kind, Score: shown(b.Score), Margin: gained(b.Margin), Tried: b.Tried, Settings: settings(b.Parameters)}
		on := contestOf(f.Confirmed, func(r study.Result) bool { return r.Kind == b.Kind })
		if own := on.results[study.Own]; own != nil {
			if part.Own = settings(own[0].Parameters); part.Own == part.Settings {
				part.Own = "the same"
			}
		}
		for _, name := range on.names {
			part.HeldOut = append(part.HeldOut, name+" "+shown(on.score.Estimate(on.results[name]))+factors(on.results[name]))
		}
		for _, better := range []string{study.Found, study.Own} {
			part.Margins = append(part.Margins, on.margins(better)...)
		}
		for _, edit := range on.edits {
			of := contestOf(f.Confirmed, func(r study.Result) bool { return r.Kind == b.Kind && r.Edit == edit })
			part.Edits = append(part.Edits, searchedEdit{edit, shown(of.score.Estimate(of.results[study.Found])), of.margins(study.Found)})
		}
		out = append(out, part)
	}
	return out
}

// factors are what scores are made of.
func factors(results []study.Result) string {
	var parts []string
	for _, name := range []string{"success", "preservation", "wholeness"} {
		m, _ := study.MetricNamed(name)
		if e := m.Estimate(results); e.N > 0 {
			parts = append(parts, m.Label+" "+brief(e.Mean))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// A contest is some of the results on the seeds held out, by series.
type contest struct {
	score   study.Metric
	partly  study.Metric // the score without wholeness
	names   []string     // of the series, in their order
	edits   []string     // likewise
	results map[string][]study.Result
}

func contestOf(confirmed []study.Result, of func(study.Result) bool) contest {
	out := contest{results: map[string][]study.Result{}}
	out.score, _ = study.MetricNamed("score")
	out.partly, _ = study.MetricNamed("fidelity")
	for _, r := range confirmed {
		if !of(r) {
			continue
		}
		if out.results[r.Series] == nil {
			out.names = append(out.names, r.Series)
		}
		if !slices.Contains(out.edits, r.Edit) {
			out.edits = append(out.edits, r.Edit)
		}
		out.results[r.Series] = append(out.results[r.Series], r)
	}
	return out
}

// margins are what a series gains over each preset that it is compared with.
func (c contest) margins(better string) []string {
	if c.results[better] == nil {
		return nil
	}
	var out []string
	for _, name := range c.names {
		if name != study.Found && name != study.Own {
			text := better + " over " + name + ": " + margin(c.score.Gain(c.results[name], c.results[better]))
			if e := c.partly.Gain(c.results[name], c.results[better]); e.N > 0 {
				text += "; " + c.partly.Label + " alone: " + margin(e)
			}
			out = append(out, text)
		}
	}
	return out
}

// settings writes the parameters that a search sets.
func settings(p study.Parameters) string {
	text := fmt.Sprintf("cross %g, self %g, k %g", p.Cross, p.Self, p.K)
	if p.K > 0 {
		text += fmt.Sprintf(" from %g on", p.BlendStart)
	}
	if p.Start > 0 {
		text += fmt.Sprintf(", start %g", p.Start)
	}
	if p.Value > 0 {
		text += fmt.Sprintf(", value %g of %s, β %g", p.Value, p.ValueLayers, p.Beta)
	}
	return text
}

// margin writes a gain and what it means.
func margin(e study.Estimate) string {
	switch {
	case e.N < 2:
		return "too few seeds to tell"
	case !e.Differs():
		return gained(e) + ", no difference seen"
	case e.Mean > 0:
		return gained(e) + ", better"
	}
	return gained(e) + ", worse"
}
