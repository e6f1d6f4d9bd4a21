package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/models"
	"pentimento/tests/figures"
)

// A ratio is one figure divided by another.
type ratio struct{ name, figure, of string }

// realRatios are what docs/figures.md compares, of medians of one run.
func realRatios() []ratio {
	return []ratio{
		{"real.step_vs_pytorch", "real.sd1_step_seconds", "real.sd1_diffusers_step_seconds"},
		{"real.step_cpu_vs_pytorch", "real.sd1_step_cpu_seconds", "real.sd1_diffusers_step_cpu_seconds"},
		{"real.edit_step_vs_pytorch", "real.sd1_step_seconds", "real.sd1_diffusers-edit_step_seconds"},
		{"real.step_vs_openvino", "real.sd1_step_seconds", "real.sd1_openvino_step_seconds"},
		{"real.int8_step_vs_openvino", "real.sd1_int8_step_seconds", "real.sd1_openvino-int8_step_seconds"},
		{"real.edit_vs_plain", "real.sd1_edit_seconds", "real.sd1_picture_seconds"},
		{"real.int8_step_vs_fp32", "real.sd1_int8_step_seconds", "real.sd1_step_seconds"},
		{"real.int8_step_cpu_vs_fp32", "real.sd1_int8_step_cpu_seconds", "real.sd1_step_cpu_seconds"},
	}
}

// compare adds what is said of figures of SD 1.5 under shorter names, and how they
// are to each other: of those of this run, and where this had none of earlier ones
// into the same folder.
func (b *bench) compare() error {
	all, err := figures.Read(filepath.Join(b.out, "bench.json"))
	if err != nil {
		return err
	}
	maps.Copy(all, b.figures)
	const mbPerGB = 1000
	for _, r := range append(realRatios(),
		ratio{"real.open_seconds", "real.sd1_open_seconds", ""},
		ratio{"real.peak_gb_picture", "real.sd1_picture_peak_mb", ""},
		ratio{"real.peak_gb_edit", "real.sd1_edit_peak_mb", ""},
		ratio{"real.int8_peak_gb", "real.sd1_int8_edit_peak_mb", ""},
	) {
		of := 1.
		switch {
		case r.of != "":
			of = all[r.of]
		case strings.HasSuffix(r.figure, "_mb"):
			of = mbPerGB
		}
		if of > 0 && all[r.figure] > 0 {
			b.figures[r.name] = all[r.figure] / of
		}
	}
	return nil
}

// peers draws with the files of the group real in turn with other programs, each in
// a process of its own, and keeps the medians of -rounds rounds. What was measured is
// kept after each, so that nothing is lost of a run that ends early.
func (b *bench) peers() error {
	if b.python == "" {
		fmt.Println("  skipped: -python names no interpreter with the packages of tests/reference/peers.py")
		return nil
	}
	if err := b.built(); err != nil {
		return err
	}
	all, err := b.realModels()
	if err != nil {
		return err
	}
	samples := map[string][]float64{}
	for round := range b.rounds {
		for _, m := range all {
			ours := *b
			ours.figures = map[string]float64{}
			if err := ours.realModel(m); err != nil {
				return fmt.Errorf("%s: %w", m.family, err)
			}
			for _, peer := range strings.Split(b.with, ",") {
				if err := b.peer(peer, m, ours.figures); err != nil {
					fmt.Printf("  %s of %s is left out: %v\n", peer, m.family, err)
				}
			}
			for name, value := range ours.figures {
				samples[name] = append(samples[name], value)
			}
		}
		fmt.Printf("  round %d of %d\n", round+1, b.rounds)
		for name, values := range samples {
			slices.Sort(values)
			b.figures[name] = values[len(values)/2]
		}
		if err := figures.Add(filepath.Join(b.out, "bench.json"), b.figures); err != nil {
			return err
		}
	}
	return b.compare()
}

// peer adds what another program takes for the same.
func (b *bench) peer(peer string, m realModel, to map[string]float64) error {
	if m.precision != models.FP32 || peer != "diffusers" && m.family != "sd1" {
		return nil
	}
	cmd := exec.CommandContext(b.ctx, b.python, "tests/reference/peers.py", peer, b.realFile(m.family), "--family", m.family,
		"--side", fmt.Sprint(m.side), "--work", filepath.Join(b.out, "peers-"+m.family))
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=2")
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			lines := strings.Split(strings.TrimSpace(string(failed.Stderr)), "\n")
			return fmt.Errorf("%w: %s", err, lines[len(lines)-1])
		}
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	found := map[string]any{}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &found); err != nil {
		return fmt.Errorf("read what it printed: %w", err)
	}
	fmt.Printf("  %s: %s\n", peer, lines[len(lines)-1])
	for name, value := range found {
		if number, ok := value.(float64); ok {
			to["real."+m.family+"_"+peer+"_"+name] = number
		}
	}
	return nil
}
