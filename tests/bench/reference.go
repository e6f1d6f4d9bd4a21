package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
)

// reference runs the same picture and edit in the PyTorch implementation
// under tests/reference, where Debian's PyTorch is installed.
func (b *bench) reference() error {
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(b.ctx, python, "-c", "import torch").Run(); err != nil {
		fmt.Println("  skipped: Debian's python3-torch is not installed")
		return nil
	}
	out, err := exec.CommandContext(b.ctx, python, "tests/reference/bench.py").Output()
	if err != nil {
		return fmt.Errorf("tests/reference/bench.py: %w", err)
	}
	var times struct {
		Plain float64 `json:"plain_seconds"`
		Edit  float64 `json:"edit_seconds"`
	}
	if err := json.Unmarshal(out, &times); err != nil {
		return fmt.Errorf("read what tests/reference/bench.py printed: %w", err)
	}
	b.figures["speed.pytorch_plain_seconds"] = times.Plain
	b.figures["speed.pytorch_edit_seconds"] = times.Edit
	if ours, ok := b.figures["speed.edit_seconds"]; ok {
		b.figures["speed.edit_vs_pytorch"] = times.Edit / ours
	}
	return nil
}
