package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// With the CPU in the GPU's place everything is measured. Bound inputs draw the same
// pictures, and less is copied.
func TestMeasureGPU(t *testing.T) {
	b := &bench{ctx: t.Context(), runtime: runtimetest.Load(t), figures: map[string]float64{}, steps: 4, out: t.TempDir()}
	cpu := runtime.Device{Provider: runtime.CPU}
	bound, err := b.measureBinding(cpu, "gpu.", models.BindAlways)
	if err != nil {
		t.Fatal(err)
	}
	unbound, err := b.measureBinding(cpu, "gpu.unbound_", models.BindNever)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := b.onCPU()
	if err != nil || len(plain) == 0 || furthest(bound, unbound) != 0 || furthest(bound, plain) != 0 {
		t.Errorf("the pictures differ by %g and %g, %v", furthest(bound, unbound), furthest(bound, plain), err)
	}
	for _, name := range []string{"step_seconds", "plain_seconds", "edit_traced_seconds", "plain_from_device_mb", "edit_traced_from_device_mb"} {
		if b.figures["gpu."+name] <= 0 || b.figures["gpu.unbound_"+name] <= 0 {
			t.Errorf("%s is missing in %v", name, slices.Sorted(maps.Keys(b.figures)))
		}
	}
	for _, name := range []string{"plain_to_device_mb", "edit_traced_to_device_mb"} {
		with, without := b.figures["gpu."+name], b.figures["gpu.unbound_"+name]
		t.Logf("%s: %.3f bound, %.3f unbound", name, with, without)
		if with <= 0 || with >= without {
			t.Errorf("%s: %g with bound inputs, %g without", name, with, without)
		}
	}
}

// Without a GPU nothing is measured, and the figures that are there stay.
func TestGPUIsMissing(t *testing.T) {
	if found, err := filepath.Glob("/dev/nvidia[0-9]*"); err != nil || len(found) > 0 {
		t.Skip("this machine has a GPU")
	}
	b := &bench{ctx: t.Context(), runtime: runtimetest.Load(t), figures: map[string]float64{}, device: "cuda", out: t.TempDir()}
	if err := b.gpu(); err == nil || !strings.Contains(err.Error(), "nothing was measured") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(b.out, "bench.json")); err == nil || len(b.figures) > 0 {
		t.Error("figures were written")
	}
	b.device = "cpu"
	if err := b.gpu(); err == nil || !strings.Contains(err.Error(), "measures cuda") {
		t.Errorf("on the CPU: %v", err)
	}
}

func TestWatchMemory(t *testing.T) {
	program := func(script string) string {
		file := filepath.Join(t.TempDir(), "smi")
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
		return file
	}
	device := runtime.Device{Provider: runtime.CUDA, ID: "1"}
	if mb, err := memoryUsed(t.Context(), program(`[ "$3" = --id=1 ] && echo " 1000 "`), device); err != nil || mb < 1048 || mb > 1049 {
		t.Errorf("%g MB, %v", mb, err)
	}
	for name, script := range map[string]string{"no number": "echo '[N/A]'", "an error": "exit 9"} {
		if mb, err := memoryUsed(t.Context(), program(script), device); err == nil {
			t.Errorf("%s: %g MB", name, mb)
		}
	}
	if mb, err := watchMemory(t.Context(), filepath.Join(t.TempDir(), "nothing"), device)(); err == nil {
		t.Errorf("without the program: %g MB", mb)
	}
}
