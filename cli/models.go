package cli

import (
	"context"
	"errors"
	"fmt"

	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/models/runtime"
)

// modelsCommand is `pentimento models`.
type modelsCommand struct {
	List    listCommand    `cmd:"" help:"List the model folders in a folder."`
	Check   checkCommand   `cmd:"" help:"Say whether a model folder works, which attention layers it has, and if not why."`
	Prepare prepareCommand `cmd:"" help:"Check a model folder and rewrite its UNet now, so that the first start is quick."`
}

// listCommand is `pentimento models list`.
type listCommand struct {
	Dir string `arg:"" optional:"" help:"Where to look." default:"." placeholder:"DIR"`
}

// Run prints a line for each model.
func (c *listCommand) Run(w *world) error {
	found, err := models.List(c.Dir)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w.out, "%-32s %7s  %s\n", "pocket", "", "bundled, used when no --model is given"); err != nil {
		return err
	}
	for _, l := range found {
		if _, err := fmt.Fprintf(w.out, "%-32s %4d MB  %s\n", l.Name, l.Bytes>>20, l.Class); err != nil {
			return err
		}
	}
	return nil
}

// checkCommand is `pentimento models check`.
type checkCommand struct {
	modelRunFlags
	Dir string `arg:"" help:"The model folder."`
}

// Run prints the report.
func (c *checkCommand) Run(w *world) error { return c.report(w, c.Dir, models.Check) }

// prepareCommand is `pentimento models prepare`.
type prepareCommand struct {
	modelRunFlags
	Dir string `arg:"" help:"The model folder."`
}

// Run rewrites the UNet and prints the report.
func (c *prepareCommand) Run(w *world) error { return c.report(w, c.Dir, models.Prepare) }

// errUnusable makes the command fail after a report of what is wrong.
var errUnusable = errors.New("the model cannot be used")

// report looks at a model folder and prints what was found.
func (f *modelRunFlags) report(w *world, dir string, look func(context.Context, string, models.Options) (*models.Report, error)) error {
	options, err := f.options(w)
	if err != nil {
		return err
	}
	report, err := look(w.ctx, dir, options)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w.out, report); err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return errUnusable
	}
	return nil
}

// modelFlags choose a model and what it runs on.
type modelFlags struct {
	Model string `help:"Model folder in the diffusers ONNX layout; the bundled pocket model if not given." placeholder:"DIR"`
	modelRunFlags
}

// modelRunFlags choose what a model runs on.
type modelRunFlags struct {
	Device      string `help:"auto, cpu, cuda[:n], tensorrt, coreml, directml or openvino." default:"auto"`
	Threads     int    `help:"Threads on the CPU; 0 fits the machine." default:"0"`
	Cache       string `help:"Folder for prepared graphs." default:"${cache}" placeholder:"DIR"`
	Onnxruntime string `help:"ONNX Runtime's library, or the folder it lies in." placeholder:"FILE"`
}

// options loads the runtime library.
func (f *modelRunFlags) options(w *world) (models.Options, error) {
	lib, err := runtime.Load(f.Onnxruntime)
	if err != nil {
		return models.Options{}, err
	}
	return models.Options{Runtime: lib, Device: f.Device, Threads: f.Threads, CacheDir: f.Cache, Log: w.log}, nil
}

// read reads the model without opening it.
func (f *modelFlags) read() (*models.Model, error) {
	if f.Model == "" {
		return models.ReadFS(pocket.Files(), "pocket")
	}
	return models.ReadDir(f.Model)
}

// open loads the model.
func (f *modelFlags) open(w *world) (*models.Model, error) {
	options, err := f.options(w)
	if err != nil {
		return nil, err
	}
	if f.Model == "" {
		return models.OpenFS(w.ctx, pocket.Files(), "pocket", options)
	}
	return models.OpenDir(w.ctx, f.Model, options)
}
