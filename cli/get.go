package cli

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"pentimento/models"
	"pentimento/models/assembly"
	"pentimento/models/checkpoint"
	"pentimento/models/hub"
)

// getCommand is `pentimento models get`.
type getCommand struct {
	Model   string   `arg:"" help:"The model on the hub, huggingface.co or the one that HF_ENDPOINT names: OWNER/NAME, with @REVISION for another one than main." placeholder:"OWNER/NAME"`
	Files   []string `arg:"" optional:"" help:"Names of files or patterns such as 'vae/*', instead of what a model needs." placeholder:"FILE"`
	To      string   `help:"Folder for the model's files; one of the model's name in ${models} if not given." placeholder:"DIR" type:"home"`
	Variant string   `help:"Variant of the weights, such as fp16: half the size." placeholder:"NAME"`
}

// Run fetches the model, and says how to use it.
func (c *getCommand) Run(ctx context.Context, p *Process) (err error) {
	ref, err := hub.ParseRef(c.Model)
	if err != nil {
		return err
	}
	ctx, stop := p.until(ctx, os.Interrupt)
	defer stop()
	client, err := hub.NewClient(hub.Config{
		Endpoint: p.Getenv("HF_ENDPOINT"), Token: p.Getenv("HF_TOKEN"), Cache: p.hubCache(),
		Agent: "pentimento", Log: p.log,
	})
	if err != nil {
		return err
	}
	defer closeInto(&err, client)
	repository, err := client.Repository(ctx, ref)
	if err != nil {
		return err
	}
	files, err := repository.Choose(hub.Wish{Files: c.Files, Variant: c.Variant})
	if err != nil {
		return err
	}
	dir := c.To
	if dir == "" {
		dir = filepath.Join(p.modelsDir(), ref.Folder())
	}
	if err := c.fetch(ctx, p, client, repository, files, dir); err != nil {
		return err
	}
	return c.present(ctx, p, files, dir)
}

// fetch brings the files and shows how far it is.
func (c *getCommand) fetch(ctx context.Context, p *Process, client *hub.Client, repository *hub.Repository, files []hub.File, dir string) error {
	var total int64
	for _, f := range files {
		total += f.Size
	}
	if _, err := fmt.Fprintf(p.Errors, "%s: %d files, %s, into %s\n", repository.Ref, len(files), hub.Bytes(total), dir); err != nil {
		return err
	}
	g := newGauge(p.Errors)
	err := client.Fetch(ctx, repository, files, dir, g.show)
	g.end()
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: the same command goes on from here", err)
	}
	return err
}

// present says whether what was fetched is a model, and how to use it.
func (c *getCommand) present(ctx context.Context, p *Process, files []hub.File, dir string) error {
	switch {
	case len(files) == 1 && path.Ext(files[0].Name) == ".safetensors":
		return presentFile(ctx, p, filepath.Join(dir, filepath.FromSlash(files[0].Name)))
	case len(c.Files) > 0:
		_, err := fmt.Fprintf(p.Out, "%s has the files.\n", dir)
		return err
	}
	return presentModel(ctx, p, dir)
}

// presentModel says whether there is a model at a path.
func presentModel(ctx context.Context, p *Process, model string) error {
	report, err := models.Check(ctx, models.Source{Path: model}, models.Options{})
	if err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return fmt.Errorf("%s was fetched and cannot be used; \"pentimento models check\" says why: %w", model, report.Problems[0])
	}
	_, err = fmt.Fprintf(p.Out, "The model can be used:\n\n    pentimento chat --model %s\n", model)
	return err
}

// presentFile says what a file of weights is: a model, or a part for one.
func presentFile(ctx context.Context, p *Process, file string) (err error) {
	opened, err := checkpoint.Open(file)
	if err != nil {
		return err
	}
	defer closeInto(&err, opened)
	contents, err := checkpoint.Recognise(opened)
	if err != nil {
		return fmt.Errorf("%s was fetched and cannot be used: %w", file, err)
	}
	flag := assembly.Flag(contents.Kind)
	if flag == "" {
		return presentModel(ctx, p, file)
	}
	_, err = fmt.Fprintf(p.Out, "%s is a %s and can be used with a model: %s %[1]s\n", file, contents.Kind, flag)
	return err
}

// modelsDir is where fetched models are kept.
func (p *Process) modelsDir() string {
	return filepath.Join(p.userDir("XDG_DATA_HOME", filepath.Join(".local", "share")), "models")
}

// hubCache is where the hub's own tools keep what they have fetched.
func (p *Process) hubCache() string {
	if dir := p.Getenv("HF_HUB_CACHE"); dir != "" {
		return dir
	}
	if dir := p.Getenv("HF_HOME"); dir != "" {
		return filepath.Join(dir, "hub")
	}
	if dir := p.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "huggingface", "hub")
	}
	return filepath.Join(p.Getenv("HOME"), ".cache", "huggingface", "hub")
}
