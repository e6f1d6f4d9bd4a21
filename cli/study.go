package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"pentimento/models"
	"pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/study"
	"pentimento/study/perceptual"
	"pentimento/study/report"
	"pentimento/study/rules"
	"pentimento/study/vision"
)

// studyCommand is `pentimento study`.
type studyCommand struct {
	List studyListCommand `cmd:"" help:"List the studies that ship with the program."`
	Show studyShowCommand `cmd:"" help:"Print the YAML of a study, to start a new one from."`
	Run  studyRunCommand  `cmd:"" help:"Run studies and write a report; a run that was stopped goes on."`
}

// studyListCommand is `pentimento study list`.
type studyListCommand struct {
	Names bool `help:"Print the names alone."`
}

// Run prints a line for each study.
func (c *studyListCommand) Run(p *Process) error {
	for _, name := range study.ShippedNames() {
		if c.Names {
			if _, err := fmt.Fprintln(p.Out, name); err != nil {
				return err
			}
			continue
		}
		f, err := openStudy(name)
		if err != nil {
			return err
		}
		cells, err := f.Cells()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(p.Out, "%-14s %6d pictures  %s\n", f.Name, len(cells), strings.TrimSpace(f.About)); err != nil {
			return err
		}
	}
	return nil
}

// studyShowCommand is `pentimento study show`.
type studyShowCommand struct {
	Name string `arg:"" help:"Name of the study."`
}

// Run prints the YAML.
func (c *studyShowCommand) Run(p *Process) error {
	data, err := study.Shipped(c.Name)
	if err != nil {
		return err
	}
	_, err = p.Out.Write(data)
	return err
}

// studyRunCommand is `pentimento study run`.
type studyRunCommand struct {
	modelFlags
	// Seeds and Steps are not read from the environment: what a chat is set to
	// there must not change a study.
	Studies    []string `arg:"" help:"Studies that ship with the program, by name, or YAML files." placeholder:"STUDY"`
	Out        string   `help:"Folder for results and report." default:"study" placeholder:"DIR"`
	Seeds      string   `help:"Use these seeds instead of the studies' own." placeholder:"0-31" env:"-"`
	Steps      int      `help:"Denoising steps instead of the studies' own." placeholder:"N" env:"-"`
	Jobs       int      `help:"Pictures to draw at once; 0 is one for each processor, or one on a GPU." default:"0"`
	Perceptual string   `help:"ONNX network that compares two pictures, such as LPIPS: two inputs float32 [1, 3, height, width] from -1 to 1, one number out." placeholder:"FILE"`
	Structure  string   `help:"Folder of an ONNX network that gives features of a picture's patches, such as DINO, for the self-similarity distance: model.onnx and preprocessor_config.json." placeholder:"DIR"`
	Clip       string   `help:"Folder of a CLIP as ONNX, for the similarity of pictures with prompts: model.onnx, or vision_model.onnx and text_model.onnx, with tokenizer and preprocessor_config.json." placeholder:"DIR"`
	Judge      string   `help:"YAML file of rules of colour by which pictures are judged, instead of the network that knows the bundled model's pictures." placeholder:"FILE"`
}

// Run runs the studies together and writes the report.
func (c *studyRunCommand) Run(ctx context.Context, p *Process) (err error) {
	files, err := c.files()
	if err != nil {
		return err
	}
	if c.Threads == 0 {
		c.Threads = 1 // several pictures at once are quicker than several threads
	}
	model, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer closeInto(&err, model)
	o := study.Options{Dir: c.Out, Jobs: c.jobs(model)}
	closing, err := c.measures(ctx, p, &o)
	defer func() {
		for _, network := range closing {
			err = errors.Join(err, network.Close())
		}
	}()
	if err != nil {
		return err
	}
	ctx, stop := p.until(ctx, os.Interrupt)
	defer stop()
	meter := newMeter(p.Errors)
	o.Progress = meter.show
	findings, err := study.Run(ctx, model, files, o)
	meter.end()
	if err != nil {
		return fmt.Errorf("run the study: %w", err)
	}
	path, err := report.Write(c.Out, findings)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, path)
	return err
}

// files reads the studies, with the seeds and steps of the command line.
func (c *studyRunCommand) files() ([]*study.File, error) {
	var seeds study.Seeds
	if c.Seeds != "" {
		if err := seeds.Add(c.Seeds); err != nil {
			return nil, fmt.Errorf("--seeds: %w", err)
		}
	}
	var files []*study.File
	for _, name := range c.Studies {
		f, err := openStudy(name)
		if err != nil {
			return nil, err
		}
		if err := f.Override(seeds, c.Steps); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// openStudy reads a study that ships with the program, or a file.
func openStudy(name string) (*study.File, error) {
	data, err := os.ReadFile(name)
	if filepath.Ext(name) == "" && (errors.Is(err, fs.ErrNotExist) || isFolder(name)) {
		data, err = study.Shipped(name)
	}
	if err != nil {
		return nil, fmt.Errorf("open the study: %w", err)
	}
	return study.Parse(data)
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// measures opens what the pictures are judged and measured by, and returns
// what is to be closed, after an error too.
func (c *studyRunCommand) measures(ctx context.Context, p *Process, o *study.Options) ([]io.Closer, error) {
	var open []io.Closer
	options, err := c.modelOptions(p)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Judge != "":
		data, err := os.ReadFile(c.Judge)
		if err != nil {
			return nil, fmt.Errorf("open the judge's rules: %w", err)
		}
		if o.Rules, err = rules.Parse(data); err != nil {
			return nil, err
		}
	case c.Model == "": // the network knows the bundled model's pictures alone
		if o.Network, err = judge.Open(options.Runtime, pocket.Judge(), c.Threads); err != nil {
			return nil, err
		}
		open = append(open, o.Network)
	}
	if c.Perceptual != "" {
		data, err := os.ReadFile(c.Perceptual)
		if err != nil {
			return open, fmt.Errorf("open the network that compares pictures: %w", err)
		}
		if o.Perceptual, err = perceptual.Open(options.Runtime, data, c.Threads); err != nil {
			return open, err
		}
		open = append(open, o.Perceptual)
	}
	if c.Structure != "" {
		if o.Structure, err = vision.OpenStructure(ctx, options.Runtime, os.DirFS(c.Structure), c.Threads); err != nil {
			return open, fmt.Errorf("--structure %s: %w", c.Structure, err)
		}
		open = append(open, o.Structure)
	}
	if c.Clip != "" {
		if o.CLIP, err = vision.OpenCLIP(ctx, options.Runtime, os.DirFS(c.Clip), c.Threads); err != nil {
			return open, fmt.Errorf("--clip %s: %w", c.Clip, err)
		}
		open = append(open, o.CLIP)
	}
	return open, nil
}

func (c *studyRunCommand) jobs(model *models.Model) int {
	switch {
	case c.Jobs > 0:
		return c.Jobs
	case model.Device() == "cpu":
		return runtime.NumCPU()
	}
	return 1
}
