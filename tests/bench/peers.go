package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A ratio is one figure divided by another.
type ratio struct{ name, figure, of string }

// realRatios are what docs/figures.md compares, of medians of one run.
func realRatios() []ratio {
	return []ratio{
		{"real.step_vs_pytorch", "real.sd1_step_seconds", "real.sd1_diffusers_step_seconds"},
		{"real.step_cpu_vs_pytorch", "real.sd1_step_cpu_seconds", "real.sd1_diffusers_step_cpu_seconds"},
		{"real.edit_vs_pytorch", "real.sd1_edit_seconds", "real.sd1_diffusers-edit_three_steps_seconds"},
		{"real.step_vs_openvino", "real.sd1_step_seconds", "real.sd1_openvino_step_seconds"},
		{"real.edit_vs_plain", "real.sd1_edit_seconds", "real.sd1_three_steps_seconds"},
	}
}

// peers draws with the files of the group real in turn with other programs, each in
// a process of its own, and keeps the medians of -rounds rounds.
func (b *bench) peers() error {
	if b.python == "" {
		fmt.Println("  skipped: -python names no interpreter with the packages of tests/reference/peers.py")
		return nil
	}
	if err := b.built(); err != nil {
		return err
	}
	samples := map[string][]float64{}
	for round := range b.rounds {
		for _, family := range strings.Split(b.families, ",") {
			ours := *b
			ours.figures = map[string]float64{}
			if err := ours.realFamily(family); err != nil {
				return fmt.Errorf("%s: %w", family, err)
			}
			for _, peer := range strings.Split(b.with, ",") {
				if err := b.peer(peer, family, ours.figures); err != nil {
					fmt.Printf("  %s of %s is left out: %v\n", peer, family, err)
				}
			}
			for name, value := range ours.figures {
				samples[name] = append(samples[name], value)
			}
		}
		fmt.Printf("  round %d of %d\n", round+1, b.rounds)
	}
	for name, values := range samples {
		slices.Sort(values)
		b.figures[name] = values[len(values)/2]
	}
	for _, r := range realRatios() {
		if of := b.figures[r.of]; of > 0 && b.figures[r.figure] > 0 {
			b.figures[r.name] = b.figures[r.figure] / of
		}
	}
	return nil
}

// peer adds what another program takes for the same.
func (b *bench) peer(peer, family string, to map[string]float64) error {
	if peer != "diffusers" && family != "sd1" {
		return nil
	}
	cmd := exec.CommandContext(b.ctx, b.python, "tests/reference/peers.py", peer, b.realFile(family), "--family", family,
		"--side", fmt.Sprint(realFamilies()[family]), "--work", filepath.Join(b.out, "peers-"+family))
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
	fmt.Printf("  %s: %v\n", peer, found["peer"])
	for name, value := range found {
		if number, ok := value.(float64); ok {
			to["real."+family+"_"+peer+"_"+name] = number
		}
	}
	return nil
}
