package study

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pentimento/models"
	"pentimento/models/judge"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
	"pentimento/study/rules"
	"pentimento/study/rules/rulestest"
	"pentimento/study/vision"
	"pentimento/study/vision/visiontest"
)

func openModel(t testing.TB) *models.Model {
	t.Helper()
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: runtimetest.Load(t), Device: "cpu", Threads: 1})
	return modelstest.Keep(t, m, err)
}

func mustRun(t *testing.T, m *models.Model, o Options, files ...*File) []*Findings {
	t.Helper()
	found, err := Run(t.Context(), m, files, o)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// openNetwork opens the judge of the bundled model's pictures.
func openNetwork(t *testing.T) *judge.Network {
	t.Helper()
	n, err := judge.Open(runtimetest.Load(t), pocket.Judge(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// tiny is two seeds of two edits with two settings each, in four steps.
const tiny = `
name: tiny
seeds: 1-2
examples: 1
settings: {steps: 4}
prompts:
  - from: a woman's face with blond hair
    words: blond hair
    region: hair
    colour: blond
    edits:
      - {name: red, kind: appearance, to: a woman's face with red hair, words: red hair, colour: red}
  - from: a river between mountains
    words: river
    edits:
      - name: twice
        kind: shape
        turns: [{to: a forest between mountains, words: forest}, {to: a forest between mountains at sunset, replaces: ""}]
sweeps:
  - name: k
    cycle: true
    base: {cross: .8, self: .2}
    grid: [k: [0, .3]]
search: {held_out: 9, against: [literature]}
`

func parse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// folder reads all files below a folder.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func sameFolder(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %s differs", what, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s is new", what, name)
		}
	}
}

// A study gives the same bytes twice, with as many workers as may be, and
// after having been stopped at any place, in the middle of a line too.
func TestRunIsReproducibleAndGoesOn(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := openModel(t)
	f := parse(t, tiny)
	run := func(ctx context.Context, dir string, jobs int, progress func(Progress)) (*Findings, error) {
		found, err := Run(ctx, m, []*File{f}, Options{Dir: dir, Jobs: jobs, Rules: rulestest.Pocket(), Progress: progress})
		if err != nil {
			return nil, err
		}
		return found[0], nil
	}
	first := t.TempDir()
	findings, err := run(t.Context(), first, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := folder(t, first)
	if len(findings.Results) != 2*3*(2+1) || len(want) != 24 {
		t.Fatalf("%d results, %d files", len(findings.Results), len(want))
	}

	second := t.TempDir()
	if _, err := run(t.Context(), second, 3, nil); err != nil {
		t.Fatal(err)
	}
	sameFolder(t, "three workers", folder(t, second), want)

	third := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	if _, err := run(ctx, third, 2, func(p Progress) {
		if p.Done == 3 {
			stop()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatalf("a stopped run ends with %v", err)
	}
	log := filepath.Join(third, "tiny", "cells.jsonl")
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) >= len(want["tiny/cells.jsonl"]) {
		t.Fatal("the run was not stopped")
	}
	if err := os.WriteFile(log, data[:len(data)-5], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t.Context(), third, 1, nil); err != nil {
		t.Fatal(err)
	}
	sameFolder(t, "after a kill", folder(t, third), want)

	began := 0
	if _, err := run(t.Context(), third, 1, func(Progress) { began++ }); err != nil || began != 0 {
		t.Errorf("a finished study drew %d cells again: %v", began, err)
	}
	other := parse(t, tiny+"about: something else\n")
	other.Settings["steps"] = "5"
	if _, err := Run(t.Context(), m, []*File{other}, Options{Dir: third, Rules: rulestest.Pocket()}); !errors.Is(err, ErrOther) {
		t.Errorf("another study in the folder: %v", err)
	}
	checkFindings(t, findings)
}

// checkFindings checks what must hold for any model.
func checkFindings(t *testing.T, findings *Findings) {
	t.Helper()
	for _, r := range findings.Results {
		if r.Unusable != "" {
			continue
		}
		for _, name := range []string{"change", "psnr", "ssim", "gradient", "preservation"} {
			if _, ok := r.Metrics[name]; !ok {
				t.Errorf("cell %d has no %s", r.Index, name)
			}
		}
		for name := range r.Metrics {
			if _, ok := MetricNamed(name); !ok {
				t.Errorf("cell %d has %s, which is not described", r.Index, name)
			}
		}
		if back, ok := r.Metrics["cycle_recorded_max"]; ok != (r.Cycle && r.Turn == 1) || back > 2 {
			t.Errorf("cell %d: there and back through the recorded run differs by %g", r.Index, back)
		}
		if _, outside := r.Metrics["outside_change"]; outside != (r.Turn == 1) {
			t.Errorf("cell %d of turn %d has an outside: %v", r.Index, r.Turn, outside)
		}
		if (r.Picture != "") != (r.Seed == 1) {
			t.Errorf("cell %d of seed %d kept the picture %q", r.Index, r.Seed, r.Picture)
		}
	}
	if len(findings.Best) != 2 || findings.Best[0].Kind != "appearance" || findings.Best[1].Tried != 3 {
		t.Errorf("best: %+v", findings.Best)
	}
	for _, r := range findings.Confirmed {
		if r.Seed != 9 || !slices.Contains([]string{Found, "literature", Own}, r.Series) {
			t.Errorf("confirmed on seed %d: %s", r.Seed, r.Series)
		}
	}
	if len(findings.Confirmed) != 3*3 {
		t.Errorf("%d cells confirm", len(findings.Confirmed))
	}
}

// Studies that are run together have the results that they have alone, though
// they draw what they have in common once.
func TestStudiesShareWhatTheyDraw(t *testing.T) {
	m := openModel(t)
	one := parse(t, strings.Replace(strings.Split(tiny, "search:")[0], "1-2", "[1]", 1))
	other := parse(t, `
name: other
seeds: 0-1
examples: 2
settings: {steps: 4}
prompts:
  - from: a woman's face with blond hair
    words: blond hair
    region: hair
    colour: blond
    edits:
      - {name: the same, to: a woman's face with red hair, words: red hair, colour: red}
      - {name: black, to: a woman's face with black hair, words: black hair, colour: black}
sweeps:
  - name: cross
    base: {k: .3, self: .2}
    grid: [cross: 0..1 by .5, value_layers: [all, self]]
  - {name: few, first: 1, base: {value: .5}, grid: [value_layers: [all, cross, self]]}
`)
	together, alone := t.TempDir(), t.TempDir()
	o := Options{Dir: together, Jobs: 2, Rules: rulestest.Pocket()}
	mustRun(t, m, o, one, other)
	o.Dir = alone
	mustRun(t, m, o, other)
	mustRun(t, m, o, one)
	want := folder(t, alone)
	sameFolder(t, "together", folder(t, together), want)
	if n := strings.Count(want["other/cells.jsonl"], "\n"); n != 1+2*2*6+2*3 {
		t.Errorf("%d lines", n)
	}
}

// The network judges where there is one: what the source must show, whether
// the edit shows what was asked, and where it is.
func TestNetworkJudges(t *testing.T) {
	f := parse(t, `
name: seen
seeds: 1-3
settings: {steps: 8}
prompts:
  - from: a woman's face with blond hair
    words: blond hair
    region: hair
    shows: {people.hair: blond}
    edits:
      - {name: red, to: a woman's face with red hair, words: red hair, shows: {people.hair: red}}
      - {name: blond still, to: a woman's face with blond hair and glasses, words: glasses, replaces: "", region: glasses, shows: {people.hair: blond, domain: animals}}
  - from: a river between mountains
    words: river
    shows: {domain: people}
    edits: [{name: forest, to: a forest between mountains, words: forest, shows: {landscapes.feature: forest}}]
sweeps: [{name: one, points: [{preset: appearance}]}]
`)
	for _, r := range mustRun(t, openModel(t), Options{Dir: t.TempDir(), Network: openNetwork(t)}, f)[0].Results {
		success := r.Metrics["success"]
		switch r.Edit {
		case "red":
			// Most of the hair is red, though not its lights and shades.
			if r.Unusable == "" && (r.Metrics["succeeded"] != 1 || success <= .5 || success >= 1) || r.Metrics["outside_share"] >= 1 {
				t.Errorf("seed %d: %+v", r.Seed, r)
			}
		case "blond still":
			if r.Unusable == "" && success > .5 {
				t.Errorf("seed %d: a picture of a woman shows an animal", r.Seed)
			}
		case "forest":
			if r.Unusable != `the source's domain is "landscapes", not "people"` {
				t.Errorf("seed %d: a picture of a river is unusable because %q", r.Seed, r.Unusable)
			}
		}
	}
}

// Where most of the curls are blended back, rims of them stay around the straight
// hair.
func TestRimsAreNotWhole(t *testing.T) {
	f := parse(t, `
name: rims
seeds: 40-41
settings: {steps: 10}
prompts:
  - from: a woman's face with long curly brown hair
    words: curly brown hair
    region: hair
    edits: [{name: straight, to: a woman's face with long straight brown hair, words: straight brown hair}]
sweeps: [{name: points, base: {cross: .2, self: .2}, points: [{name: little, k: .2}, {name: much, k: .6}, {name: none, method: regenerate}]}]
`)
	whole := map[string][]float64{}
	for _, r := range mustRun(t, openModel(t), Options{Dir: t.TempDir(), Network: openNetwork(t)}, f)[0].Results {
		whole[r.Series] = append(whole[r.Series], r.Metrics["wholeness"])
	}
	for i, much := range whole["much"] {
		if little := whole["little"][i]; much > little-.1 || whole["none"][i] != 1 {
			t.Errorf("picture %d: much is blended back and it is whole by %g, little: %g; drawn anew: %g", i, much, little, whole["none"][i])
		}
	}
}

// A strip of sand where the river was is less of a desert than one that fills the
// valley, and the valley does not count as outside, because a fresh picture of a
// desert fills it.
func TestScrapsCountForLess(t *testing.T) {
	f := parse(t, `
name: scraps
seeds: 40-41
settings: {steps: 10}
prompts:
  - from: a river between mountains
    words: river
    region: feature
    shows: {landscapes.feature: river}
    edits: [{name: desert, to: a desert between mountains, words: desert, region: feature, shows: {landscapes.feature: desert}}]
sweeps: [{name: points, points: [{name: strip, cross: .8, self: .2, k: .8}, {name: valley, cross: .4, self: .4, k: .2}]}]
`)
	bySeries := map[string][]Result{}
	for _, r := range mustRun(t, openModel(t), Options{Dir: t.TempDir(), Network: openNetwork(t)}, f)[0].Results {
		bySeries[r.Series] = append(bySeries[r.Series], r)
	}
	for i, strip := range bySeries["strip"] {
		valley := bySeries["valley"][i].Metrics
		if strip.Metrics["success"] > .7 || valley["success"] < .9 || valley["succeeded"] != 1 {
			t.Errorf("seed %d: a strip succeeds by %g, a valley by %g", strip.Seed, strip.Metrics["success"], valley["success"])
		}
		if valley["outside_share"] > .7 || valley["preservation"] < .7 {
			t.Errorf("seed %d: %+v", strip.Seed, valley)
		}
	}
}

// Networks that are given measure every picture; another network is another
// study.
func TestNetworksThatAreGiven(t *testing.T) {
	m := openModel(t)
	lib := runtimetest.Load(t)
	structure, err := vision.OpenStructure(t.Context(), lib, visiontest.StructureFiles(visiontest.Patches(t, "keys")), 1)
	if err != nil {
		t.Fatal(err)
	}
	clip, err := vision.OpenCLIP(t.Context(), lib, visiontest.CLIPFiles(t, map[string][]byte{"model.onnx": visiontest.Both(t)}, ""), 1)
	if err != nil {
		t.Fatal(err)
	}
	f := parse(t, `
name: looks
seeds: 1
examples: 1
settings: {steps: 4}
prompts:
  - from: a woman's face with blond hair
    words: blond hair
    edits: [{name: red, to: a woman's face with red hair, words: red hair}]
sweeps: [{name: k, base: {cross: .8}, grid: [k: [0, 1]]}]
`)
	dir := t.TempDir()
	results := mustRun(t, m, Options{Dir: dir, Structure: structure, CLIP: clip}, f)[0].Results
	edited, kept := results[0].Metrics, results[1].Metrics // k = 1 gives the source
	if edited["structure"] <= 0 || kept["structure"] != 0 {
		t.Errorf("the structure is %g apart after the edit, %g without it", edited["structure"], kept["structure"])
	}
	for _, r := range results {
		data, err := os.ReadFile(filepath.Join(dir, f.Name, r.Picture))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		want, err := clip.Similarity(t.Context(), picture, "a woman's face with red hair")
		if got := r.Metrics["clip"]; err != nil || math.Abs(got-100*want) > 1e-6 {
			t.Errorf("cell %d: CLIP's similarity with the target is %g, want %g, %v", r.Index, got, 100*want, err)
		}
	}
	if _, err := Run(t.Context(), m, []*File{f}, Options{Dir: dir, Structure: structure}); !errors.Is(err, ErrOther) {
		t.Errorf("without CLIP in the same folder: %v", err)
	}
	if err := errors.Join(structure.Close(), clip.Close()); err != nil {
		t.Error(err)
	}
}

// Every method edits, and none as the others do.
func TestMethods(t *testing.T) {
	m := openModel(t)
	f := parse(t, `
name: methods
seeds: 1
examples: 1
settings: {steps: 4, strength: .8, mix: .5}
prompts:
  - from: a woman's face with blond hair
    words: blond hair
    region: hair
    colour: blond
    edits: [{name: red, to: a woman's face with red hair, words: red hair, colour: red}]
sweeps: [{name: methods, grid: [method: [p2p, regenerate, sdedit, magicmix, blended]]}]
`)
	dir := t.TempDir()
	findings := mustRun(t, m, Options{Dir: dir, Rules: rulestest.Pocket()}, f)[0]
	outside := map[string]float64{}
	seen := map[string]string{}
	files := folder(t, filepath.Join(dir, f.Name))
	for _, r := range findings.Results {
		outside[r.Method] = r.Metrics["outside_change"]
		if same, ok := seen[files[r.Picture]]; ok && r.Method != Regenerate {
			t.Errorf("%s and %s draw the same picture", same, r.Method)
		}
		seen[files[r.Picture]] = r.Method
	}
	if outside[BlendedLatent] >= outside[SDEdit] || outside[MagicMix] >= outside[SDEdit] {
		t.Errorf("change outside the hair: %v", outside)
	}
}

// Re-weighting and ways back have a yardstick of preservation too, though a
// fresh picture of their prompt is the first picture.
func TestPreservationOfTheSamePrompt(t *testing.T) {
	m := openModel(t)
	f := parse(t, `
name: weights
seeds: 1
settings: {steps: 4}
prompts:
  - from: a woman's face with curly blond hair
    words: curly
    edits: [{name: curlier, to: a woman's face with curly blond hair, words: curly, weigh: curly, contrast: a woman's face with blond hair}]
sweeps: [{name: weight, base: {cross: .8, self: .8}, grid: [weight: [1, 2, 20]]}]
`)
	findings := mustRun(t, m, Options{Dir: t.TempDir()}, f)[0]
	var kept []float64
	for _, r := range findings.Results {
		kept = append(kept, r.Metrics["preservation"])
	}
	if kept[0] != 1 || kept[1] <= kept[2] || kept[1] >= 1 {
		t.Errorf("preserved at weights 1, 2 and 20: %v", kept)
	}
}

func TestRunRefuses(t *testing.T) {
	m := openModel(t)
	f := parse(t, tiny)
	f.Prompts[0].Region = "nose"
	if _, err := Run(t.Context(), m, []*File{f}, Options{Dir: t.TempDir(), Rules: rulestest.Pocket()}); !errors.Is(err, rules.ErrUnknown) {
		t.Errorf("a region without rule: %v", err)
	}
	f = parse(t, tiny)
	f.Prompts[0].Words = "green hair"
	*f.Prompts[0].Edits[0].Turns[0].Replaces = "green hair"
	if _, err := Run(t.Context(), m, []*File{f}, Options{Dir: t.TempDir(), Jobs: 2}); err == nil {
		t.Error("words that the prompt has not were found")
	}
	f = parse(t, tiny)
	if _, err := Run(t.Context(), m, []*File{f, f}, Options{Dir: t.TempDir()}); err == nil {
		t.Error("two studies with one name were run")
	}
	network := openNetwork(t)
	for name, change := range map[string]func(){
		"a region":     func() { f.Prompts[0].Region = "nose" },
		"a value":      func() { f.Prompts[0].Edits[0].Turns[0].Shows = map[string]string{"people.hair": "loud"} },
		"an attribute": func() { f.Prompts[0].Shows = map[string]string{"people.nose": "long"} },
	} {
		f = parse(t, tiny)
		change()
		if _, err := Run(t.Context(), m, []*File{f}, Options{Dir: t.TempDir(), Network: network}); !errors.Is(err, judge.ErrUnknown) {
			t.Errorf("%s that the judge does not know: %v", name, err)
		}
	}
}
