package study

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is no longer so:\n%s", path, got)
	}
}

// The studies that ship expand to these settings: one line for each.
func TestShippedStudies(t *testing.T) {
	var out strings.Builder
	for _, name := range ShippedNames() {
		data, err := Shipped(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if f.Name != name {
			t.Errorf("%s.yaml is called %s", name, f.Name)
		}
		cells, err := f.Cells()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s: %d cells\n", name, len(cells))
		seen := map[string]bool{}
		for _, c := range cells {
			line := fmt.Sprintf("  %s | %s=%s | %s | %s %s k %g@%g cross %g self %g value %g β %g of %s weight %g strength %g mix %g, %s %d steps, guidance %g",
				c.Sweep, c.Axis, c.X, c.Series, c.Method, c.Preset, c.K, c.BlendStart, c.Cross, c.Self, c.Value, c.Beta, c.ValueLayers, c.Weight, c.Strength, c.Mix, c.Scheduler, c.Steps, c.Guidance)
			if c.Start > 0 {
				line += fmt.Sprintf(", start %g", c.Start)
			}
			if !seen[line] {
				seen[line] = true
				fmt.Fprintln(&out, line)
			}
		}
	}
	golden(t, "shipped.golden", out.String())
}

const small = `
name: small
seeds: [3, 5-6]
settings: {k: .3}
prompts:
  - from: a river
    words: river
    edits:
      - {to: a street, words: street}
      - {name: twice, turns: [{to: a forest, words: forest}, {to: a desert, replaces: ""}]}
sweeps:
  - name: points
    base: {cross: .5}
    points: [{name: one, self: .1}, {self: .2, preset: cl}]
  - name: each
    each: [self: [.1, .2], cross: 0..1 by .5]
`

func TestCells(t *testing.T) {
	f, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	cells, err := f.Cells()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, c := range cells {
		fmt.Fprintf(&out, "%s %s seed %d turn %d: %s=%s, series %q, preset %q k %g cross %g self %g\n",
			c.Sweep, c.Edit, c.Seed, c.Turn, c.Axis, c.X, c.Series, c.Preset, c.K, c.Cross, c.Self)
	}
	golden(t, "cells.golden", out.String())
	turns := f.Prompts[0].Edits[1].Turns
	if *turns[0].Replaces != "river" || *turns[1].Replaces != "" || turns[0].Contrast != "a river" || turns[1].Contrast != "a forest" {
		t.Errorf("what turns leave out is filled in as %+v", turns)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, bad := range map[string]string{
		"unknown key":         small + "colour: red\n",
		"name of a folder":    strings.Replace(small, "name: small", "name: ../small", 1),
		"no seeds":            strings.Replace(small, "[3, 5-6]", "[]", 1),
		"seeds that go back":  strings.Replace(small, "5-6", "6-5", 1),
		"too many seeds":      strings.Replace(small, "5-6", "5-9999999", 1),
		"two edits alike":     strings.Replace(small, "name: twice", "name: a street", 1),
		"no target":           strings.Replace(small, "to: a street, ", "", 1),
		"unknown search":      small + "search: {held_out: 9, against: [best]}\n",
		"no kind":             small + "search: {held_out: 9}\n",
		"sweep of rivals":     strings.NewReplacer("{to: a street", "{kind: shape, to: a street", "{name: twice", "{kind: shape, name: twice", "name: each", "name: against").Replace(small) + "search: {held_out: 9}\n",
		"sweep of an edit":    strings.Replace(small, "- name: each", "- name: each\n    edits: [thrice]", 1),
		"claim of a sweep":    small + "claims: [{says: x, sweep: none, metric: change, expect: more}]\n",
		"claim of a metric":   small + "claims: [{says: x, sweep: each, metric: beauty, expect: more}]\n",
		"claim of a value":    small + "claims: [{says: x, sweep: each, metric: change, from: {self: 9}, expect: more}]\n",
		"claim without bound": small + "claims: [{says: x, sweep: each, metric: change, expect: same}]\n",
		"claim with bound":    small + "claims: [{says: x, sweep: each, metric: change, expect: more, bound: 1}]\n",
		"bound of a change":   small + "claims: [{says: x, sweep: each, metric: change, from: {self: .1}, expect: at most, bound: 1}]\n",
		"claim of turn 0":     small + "claims: [{says: x, sweep: each, metric: change, to: {turn: 0}, expect: more}]\n",
		"claim of nothing":    small + "claims: [{says: x, sweep: each, metric: change}]\n",
		"nothing":             "",
		"not a study":         "- 3",
	} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for name, bad := range map[string]string{
		"unknown parameter": strings.Replace(small, "{k: .3}", "{kk: .3}", 1),
		"share over 1":      strings.Replace(small, "{k: .3}", "{k: 1.3}", 1),
		"not a number":      strings.Replace(small, "{k: .3}", "{k: much}", 1),
		"unknown preset":    strings.Replace(small, "preset: cl", "preset: best", 1),
		"unknown method":    strings.Replace(small, "{k: .3}", "{method: magic}", 1),
		"no steps":          strings.Replace(small, "{k: .3}", "{steps: 0}", 1),
		"unknown axis":      strings.Replace(small, "each: [self:", "each: [selves:", 1),
	} {
		f, err := Parse([]byte(bad))
		if err != nil {
			t.Errorf("%s: refused too early: %v", name, err)
			continue
		}
		if _, err := f.Cells(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestSpread(t *testing.T) {
	for in, want := range map[string]string{
		"0..1 by .1": "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1", "-16..-12 by 2": "-16 -14 -12", "0..1 by .4": "0 0.4 0.8", "3..3 by 1": "3",
	} {
		got, err := spread(in)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s is %v, %v", in, got, err)
		}
	}
	for _, bad := range []string{"0..1", "1..0 by .1", "0..1 by 0", "0..1 by -1", "0..nan by 1", "0..inf by 1", "0..1e9 by 1", "a..b by c", "0..1 by nan"} {
		if got, err := spread(bad); err == nil {
			t.Errorf("%s is %v", bad, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	for _, name := range ShippedNames() {
		data, err := Shipped(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		study, err := Parse(data)
		if err != nil {
			return
		}
		cells, err := study.Cells()
		if err != nil {
			return
		}
		for _, c := range cells {
			if c.Steps < 1 || c.Seed >= 1<<63 && len(study.Seeds) == 0 {
				t.Errorf("cell %+v", c)
			}
		}
	})
}
