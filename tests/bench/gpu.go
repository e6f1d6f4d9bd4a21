package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pentimento/editor"
	"pentimento/editor/noise"
	"pentimento/models"
	"pentimento/models/runtime"
	"pentimento/recipe"
)

// gpu measures a GPU, with inputs of the UNet that stay on the device and with all of
// them copied in every step. On a machine without one it says what is missing, and
// measures nothing.
func (b *bench) gpu() error {
	device, err := runtime.ParseDevice(b.device)
	if err != nil {
		return err
	}
	if device.Provider != runtime.CUDA {
		return fmt.Errorf("-device %s: the group gpu measures cuda", device)
	}
	if goruntime.GOOS == "linux" {
		host := runtime.Host{Root: "/", Library: b.runtime.Path(), Paths: filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))}
		if err := missing(host.LacksCUDA()); err != nil {
			return err
		}
	}
	if err := b.measureGPU(device); err != nil {
		return err
	}
	_, err = b.keep()
	return err
}

// missing prints what a machine lacks, if that is anything.
func missing(lacks []runtime.Lack) error {
	if len(lacks) == 0 {
		return nil
	}
	for _, l := range lacks {
		fmt.Println("✗", l)
	}
	return fmt.Errorf("this machine lacks %d of the things that CUDA takes; nothing was measured", len(lacks))
}

func (b *bench) measureGPU(device runtime.Device) error {
	used := watchMemory(b.ctx, "nvidia-smi", device)
	bound, err := b.measureBinding(device, "gpu.", models.BindCUDA)
	if err != nil {
		return err
	}
	peak, err := used()
	if err != nil {
		fmt.Printf("  gpu.peak_mb is left out: %v\n", err)
	} else {
		b.figures["gpu.peak_mb"] = peak
	}
	unbound, err := b.measureBinding(device, "gpu.unbound_", models.BindNever)
	if err != nil {
		return err
	}
	b.figures["gpu.bound_max_pixel_difference"] = furthest(bound, unbound)
	if b.folder != "" {
		return nil // the CPU takes minutes for it
	}
	cpu, err := b.onCPU()
	if err != nil {
		return err
	}
	b.figures["gpu.cpu_max_pixel_difference"] = furthest(bound, cpu)
	return nil
}

// gpuPictures are a picture and an edit of it.
func (b *bench) gpuPictures(m *models.Model, e *editor.Engine) (plain, edit recipe.Recipe) {
	settings := recipe.Settings{Model: m.Digest(), Seed: 7, Scheduler: recipe.DDIM, Steps: b.steps, Guidance: 4.5}
	source := recipe.Turn{Prompt: sourcePrompt}
	return recipe.New(settings, source), recipe.New(settings, source, b.redHair(e))
}

// measureBinding measures the model on a device, and gives the pixels of a picture
// and of its edit.
func (b *bench) measureBinding(device runtime.Device, prefix string, binding models.Binding) (pixels []byte, err error) {
	m, err := b.openWith(models.Options{
		Runtime: b.runtime, Device: device.String(), Precision: b.precision, CacheDir: filepath.Join(b.out, "cache"), Binding: binding,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	if err := b.timeSteps(m, prefix); err != nil {
		return nil, err
	}
	engine := editor.New(m)
	plain, edit := b.gpuPictures(m, engine)
	for _, r := range []recipe.Recipe{plain, edit} { // the first runs of each number of rows choose how to compute
		if _, err := engine.Draw(b.ctx, r, nil); err != nil {
			return nil, err
		}
	}
	var plains, edits []float64
	for range repeats {
		engine.Forget()
		pixels = pixels[:0]
		for _, one := range []struct {
			name    string
			recipe  recipe.Recipe
			seconds *[]float64
		}{{"plain", plain, &plains}, {"edit_traced", edit, &edits}} {
			picture, seconds, moved, err := b.timeMoved(m, engine, one.recipe)
			if err != nil {
				return nil, err
			}
			pixels = append(pixels, picture.Image.Pix...)
			*one.seconds = append(*one.seconds, seconds)
			b.figures[prefix+one.name+"_to_device_mb"] = float64(moved.ToDevice) / 1e6
			b.figures[prefix+one.name+"_from_device_mb"] = float64(moved.FromDevice) / 1e6
		}
	}
	b.figures[prefix+"plain_seconds"], b.figures[prefix+"edit_traced_seconds"] = slices.Min(plains), slices.Min(edits)
	return pixels, nil
}

// timeMoved draws, and says how long that took and what was copied for it.
func (b *bench) timeMoved(m *models.Model, engine *editor.Engine, r recipe.Recipe) (d *editor.Drawing, seconds float64, moved models.Moved, err error) {
	before, err := m.Moved(b.ctx)
	if err != nil {
		return nil, 0, moved, err
	}
	start := time.Now()
	if d, err = engine.Draw(b.ctx, r, nil); err != nil {
		return nil, 0, moved, err
	}
	seconds = time.Since(start).Seconds()
	after, err := m.Moved(b.ctx)
	return d, seconds, models.Moved{ToDevice: after.ToDevice - before.ToDevice, FromDevice: after.FromDevice - before.FromDevice}, err
}

// timeSteps times the two rows of a guided step, each time on other latents. The
// fastest counts.
func (b *bench) timeSteps(m *models.Model, prefix string) error {
	const rows, rounds = 2, 30
	s := m.Spec()
	text, err := m.EncodeText(b.ctx, sourcePrompt)
	if err != nil {
		return err
	}
	batch := &models.Batch{
		Rows: rows, Timestep: 500, Control: models.Identity(rows, len(s.Layers), s.ContextLength),
		TimestepCond: make([]float32, rows*s.TimestepCondWidth),
	}
	for range rows {
		batch.AddText(text)
	}
	var times []float64
	for i := range rounds {
		batch.Latents = noise.Normal(uint64(i), rows*s.LatentChannels*s.LatentHeight*s.LatentWidth)
		start := time.Now()
		if _, err := m.Denoise(b.ctx, batch); err != nil {
			return err
		}
		times = append(times, time.Since(start).Seconds())
	}
	b.figures[prefix+"step_seconds"] = slices.Min(times)
	return nil
}

// onCPU draws the same pictures on the CPU, in single precision.
func (b *bench) onCPU() (pixels []byte, err error) {
	m, err := b.openWith(models.Options{Runtime: b.runtime, Device: "cpu"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	engine := editor.New(m)
	plain, edit := b.gpuPictures(m, engine)
	for _, r := range []recipe.Recipe{plain, edit} {
		d, err := engine.Draw(b.ctx, r, nil)
		if err != nil {
			return nil, err
		}
		pixels = append(pixels, d.Image.Pix...)
	}
	return pixels, nil
}

// furthest is the greatest difference between two values of pixels.
func furthest(a, b []byte) float64 {
	most := 0
	for i := range a {
		most = max(most, int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return float64(most)
}

// watchMemory asks a program of the driver what all processes use of a GPU's memory, ten
// times a second, until the function that it returns is called: that gives the most, in
// MB.
func watchMemory(ctx context.Context, program string, device runtime.Device) (stop func() (float64, error)) {
	ctx, cancel := context.WithCancel(ctx)
	var most float64
	var failed error
	var watching sync.WaitGroup
	watching.Go(func() {
		for ctx.Err() == nil {
			mb, err := memoryUsed(ctx, program, device)
			if err != nil && ctx.Err() == nil {
				failed = err
				return
			}
			most = max(most, mb)
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	return func() (float64, error) {
		cancel()
		watching.Wait()
		if failed == nil && most == 0 {
			failed = fmt.Errorf("%s said nothing in time", program)
		}
		return most, failed
	}
}

// memoryUsed is what all processes use of a GPU's memory, in MB.
func memoryUsed(ctx context.Context, program string, device runtime.Device) (float64, error) {
	id := device.ID
	if id == "" {
		id = "0"
	}
	out, err := exec.CommandContext(ctx, program, "--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id="+id).Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", program, err)
	}
	mib, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", program, err)
	}
	return mib * (1 << 20) / 1e6, nil
}
