package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pentimento/models"
)

// modelsCommand is `pentimento models`.
type modelsCommand struct {
	List    listCommand    `cmd:"" help:"List the models in a folder."`
	Check   checkCommand   `cmd:"" help:"Say whether a model works, which attention layers it has, and if not why."`
	Get     getCommand     `cmd:"" help:"Fetch a model from huggingface.co or a mirror; HF_TOKEN holds a token for models that want one."`
	Prepare prepareCommand `cmd:"" help:"Check a model and rewrite its UNet now, so that the first start is quick."`
}

// listCommand is `pentimento models list`.
type listCommand struct {
	Dir string `arg:"" optional:"" help:"Where to look: without it here and where \"models get\" keeps what it fetched." placeholder:"DIR" type:"home"`
}

// Run prints a line for each model, below the folder that it is in.
func (c *listCommand) Run(p *Process) error {
	dirs := []string{c.Dir}
	if c.Dir == "" {
		dirs = []string{"."}
		if _, err := os.Stat(p.modelsDir()); err == nil { // something was fetched
			dirs = append(dirs, p.modelsDir())
		}
	}
	var lines strings.Builder
	fmt.Fprintf(&lines, "%-32s %7s  %s\n", "pocket", "", "bundled, used when no --model is given")
	for _, dir := range dirs {
		found, err := models.List(dir)
		if err != nil {
			return err
		}
		list(&lines, dir, found)
	}
	_, err := fmt.Fprint(p.Out, lines.String())
	return err
}

// list writes what was found in a folder.
func list(lines *strings.Builder, dir string, found []models.Listing) {
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	if len(found) == 0 {
		fmt.Fprintf(lines, "no models in %s\n", dir)
		return
	}
	fmt.Fprintf(lines, "in %s:\n", dir)
	for _, l := range found {
		fmt.Fprintf(lines, "%-32s %4d MB  %s\n", l.Name, l.Bytes>>20, l.Class)
	}
}

// checkCommand is `pentimento models check`.
type checkCommand struct {
	modelRunFlags
	sourceFlags
	Path string `arg:"" help:"The model: a .safetensors file, a diffusers folder or a folder of ONNX graphs." placeholder:"FILE|DIR" type:"home"`
}

// Run prints the report.
func (c *checkCommand) Run(ctx context.Context, p *Process) error {
	return c.report(ctx, p, c.source(c.Path), models.Check)
}

// prepareCommand is `pentimento models prepare`.
type prepareCommand struct {
	modelRunFlags
	sourceFlags
	Path string `arg:"" help:"The model: a .safetensors file, a diffusers folder or a folder of ONNX graphs." placeholder:"FILE|DIR" type:"home"`
}

// Run rewrites the UNet and prints the report.
func (c *prepareCommand) Run(ctx context.Context, p *Process) error {
	return c.report(ctx, p, c.source(c.Path), models.Prepare)
}

// errUnusable makes the command fail after a report of what is wrong.
var errUnusable = errors.New("the model cannot be used")

// report looks at a model and prints what was found.
func (f *modelRunFlags) report(ctx context.Context, p *Process, source models.Source, look func(context.Context, models.Source, models.Options) (*models.Report, error)) error {
	options, err := f.modelOptions(p)
	if err != nil {
		return err
	}
	report, err := look(ctx, source, options)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.Out, report); err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return errUnusable
	}
	return nil
}
