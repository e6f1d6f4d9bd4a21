package study

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"pentimento/editor/study/judge"
	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
)

func openModel(t testing.TB) *models.Model {
	t.Helper()
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: runtimetest.Load(t), Device: "cpu", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
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
		return Run(ctx, m, f, Options{Dir: dir, Jobs: jobs, Rules: judge.Pocket(), Progress: progress})
	}
	first := t.TempDir()
	findings, err := run(t.Context(), first, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := folder(t, first)
	if len(findings.Results) != 2*2*3 || len(want) != 18 {
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
	log := filepath.Join(third, "cells.jsonl")
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) >= len(want["cells.jsonl"]) {
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
	if _, err := Run(t.Context(), m, other, Options{Dir: third, Rules: judge.Pocket()}); !errors.Is(err, ErrOther) {
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
	if len(findings.Best) != 2 || findings.Best[0].Kind != "appearance" || findings.Best[1].Tried != 2 {
		t.Errorf("best: %+v", findings.Best)
	}
	for _, r := range findings.Confirmed {
		if r.Seed != 9 || r.Series != Found && r.Series != "literature" {
			t.Errorf("confirmed on seed %d: %s", r.Seed, r.Series)
		}
	}
	if len(findings.Confirmed) != 2*3 {
		t.Errorf("%d cells confirm", len(findings.Confirmed))
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
	findings, err := Run(t.Context(), m, f, Options{Dir: dir, Rules: judge.Pocket()})
	if err != nil {
		t.Fatal(err)
	}
	outside := map[string]float64{}
	seen := map[string]string{}
	files := folder(t, dir)
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
	findings, err := Run(t.Context(), m, f, Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
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
	if _, err := Run(t.Context(), m, f, Options{Dir: t.TempDir(), Rules: judge.Pocket()}); !errors.Is(err, judge.ErrUnknown) {
		t.Errorf("a region without rule: %v", err)
	}
	f = parse(t, tiny)
	f.Prompts[0].Words = "green hair"
	*f.Prompts[0].Edits[0].Turns[0].Replaces = "green hair"
	if _, err := Run(t.Context(), m, f, Options{Dir: t.TempDir(), Jobs: 2}); err == nil {
		t.Error("words that the prompt has not were found")
	}
}
