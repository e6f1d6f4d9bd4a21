package study

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"pentimento/editor"
	"pentimento/editor/attention"
	"pentimento/files"
	"pentimento/models"
	"pentimento/models/judge"
	"pentimento/picture"
	"pentimento/study/perceptual"
	"pentimento/study/rules"
	"pentimento/study/vision"
)

// Options of [Run].
type Options struct {
	// Dir is the folder of all results; every study has its own in it. A run
	// that was killed goes on there.
	Dir string
	// Jobs is how many pictures are drawn at once; the results are the same.
	Jobs int
	// Network sees what pictures show; nil for models that it was not trained
	// for.
	Network *judge.Network
	// Rules judge pictures by their colours, where the network does not; nil
	// for none.
	Rules *rules.Rules
	// Perceptual tells how different pictures look; nil leaves it out.
	Perceptual *perceptual.Distance
	// Structure sees how pictures are arranged; nil leaves the self-similarity
	// distance out.
	Structure *vision.Structure
	// CLIP compares pictures with prompts; nil leaves that out.
	CLIP *vision.CLIP
	// Progress hears of every cell, from one goroutine at a time; it may be
	// nil.
	Progress func(Progress)
}

// Folder is a study's folder among the results.
func Folder(dir, study string) string { return filepath.Join(dir, study) }

// Progress is how far studies are.
type Progress struct {
	// Part is "cells" or, on the seeds that searches held out, "confirmed".
	Part        string
	Done, Total int
	// Left is how long the rest of the part will take at the pace of this run
	// so far; 0 when that is not known yet.
	Left time.Duration
}

// Findings are all results of a study.
type Findings struct {
	File    *File
	Model   string
	Results []Result
	// Best are what a search found, one for each kind of edit; Confirmed are
	// the results on the seeds that were held out.
	Best      []Best
	Confirmed []Result
}

// Run draws and measures the cells of studies that their folders do not have
// yet, for a search also those on the seeds held out. What studies have in
// common is drawn once.
//
// A study's folder has the files cells.jsonl and confirmed.jsonl and the folder
// pictures. They depend on the study, the model and the kind of device alone.
func Run(ctx context.Context, model *models.Model, files []*File, o Options) ([]*Findings, error) {
	var found, searched []*Findings
	cells := map[*Findings][]Cell{}
	for i, f := range files {
		if err := f.checkJudges(o); err != nil {
			return nil, fmt.Errorf("study %s: %w", f.Name, err)
		}
		if slices.ContainsFunc(files[:i], func(g *File) bool { return g.Name == f.Name }) {
			return nil, fmt.Errorf("two studies are called %s", f.Name)
		}
		one := &Findings{File: f, Model: model.Digest()}
		var err error
		if cells[one], err = f.Cells(); err != nil {
			return nil, err
		}
		found = append(found, one)
		if f.Search != nil {
			searched = append(searched, one)
		}
	}
	results, err := run(ctx, model, found, cells, "cells", o)
	if err != nil {
		return nil, err
	}
	for _, one := range found {
		one.Results = results[one]
	}
	for _, one := range searched {
		one.Best = search(one.Results, one.File.Search.Latest)
		if cells[one], err = one.File.confirming(one.Best); err != nil {
			return nil, err
		}
	}
	results, err = run(ctx, model, searched, cells, "confirmed", o)
	for _, one := range searched {
		one.Confirmed = results[one]
	}
	return found, err
}

// run measures those cells that the studies' logs of that name do not have.
func run(ctx context.Context, model *models.Model, studies []*Findings, cells map[*Findings][]Cell, name string, o Options) (_ map[*Findings][]Result, err error) {
	r := &runner{model: model, name: name, options: o, began: time.Now()}
	defer func() { err = errors.Join(err, closeAll(r.parts)) }()
	for _, one := range studies {
		p, err := openPart(one.File, cells[one], name, model.Digest(), o)
		if err != nil {
			return nil, fmt.Errorf("study %s: %w", one.File.Name, err)
		}
		r.parts = append(r.parts, p)
		r.total += len(p.cells)
		r.before += len(p.log.done)
	}
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	out := map[*Findings][]Result{}
	for i, one := range studies {
		if out[one], err = r.parts[i].log.finish(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// A runner hands sources to instruments and writes the results.
type runner struct {
	model   *models.Model
	parts   []*part
	name    string
	options Options
	began   time.Time
	total   int // cells
	before  int // results that were there
}

// all measures every cell that is left.
func (r *runner) all(ctx context.Context) error {
	todo, err := sources(r.parts, r.model.Digest())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan *source)
	results := make(chan *measured)
	var workers sync.WaitGroup
	for range max(1, r.options.Jobs) {
		workers.Go(func() {
			if err := r.work(ctx, work, results); err != nil {
				cancel(err)
			}
		})
	}
	go func() {
		defer close(work)
		for _, s := range todo {
			select {
			case work <- s:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		workers.Wait()
		close(results)
	}()
	if err := r.collect(results); err != nil {
		cancel(err)
		for range results { // so that the workers can stop
		}
	}
	return context.Cause(ctx)
}

// cacheBytes is each worker's memory for latents and attention maps.
const cacheBytes = 128 << 20

// work measures the cells of sources until there are no more.
func (r *runner) work(ctx context.Context, work <-chan *source, results chan<- *measured) error {
	cache := attention.New(attention.Options{Bytes: cacheBytes})
	defer cache.Close()
	in := &instrument{engine: editor.NewCached(r.model, cache), options: r.options}
	for s := range work {
		written := map[string]bool{} // paths of the source's picture
		for _, g := range s.groups {
			all, err := in.measure(ctx, s, g)
			if err != nil {
				return fmt.Errorf("%s, seed %d: %w", g.place.edit.Name, s.settings.Seed, err)
			}
			for _, m := range all {
				if err := m.keep(written); err != nil {
					return err
				}
				results <- m
			}
		}
	}
	return nil
}

// collect writes results as they come.
func (r *runner) collect(results <-chan *measured) error {
	done := r.before
	for m := range results {
		if err := m.part.log.add(m.result); err != nil {
			return err
		}
		done++
		r.tell(done)
	}
	return nil
}

func (r *runner) tell(done int) {
	if r.options.Progress == nil {
		return
	}
	p := Progress{Part: r.name, Done: done, Total: r.total}
	if drawn := done - r.before; drawn > 0 {
		p.Left = time.Since(r.began) * time.Duration(r.total-done) / time.Duration(drawn)
	}
	r.options.Progress(p)
}

// keep writes the pictures of a cell whose seed is among the examples; that of
// the source only where it is not written yet.
func (m *measured) keep(written map[string]bool) error {
	p, c := m.part, m.result.Cell
	if !p.file.example(c.Seed) {
		return nil
	}
	m.result.Picture = fmt.Sprintf("pictures/%s-%06d.png", p.name, m.result.Index)
	m.result.Source = fmt.Sprintf("pictures/source-%d-%d-%s-%d-%s.png", p.file.promptOf(c.Edit), c.Seed, c.Scheduler, c.Steps, text(c.Guidance))
	if m.edited == nil {
		m.result.Picture = ""
	} else if err := write(p.dir, m.result.Picture, m.edited); err != nil {
		return err
	}
	source := filepath.Join(p.dir, m.result.Source)
	if written[source] {
		return nil
	}
	written[source] = true
	return write(p.dir, m.result.Source, m.source)
}

// example reports whether a seed is among those whose pictures are kept.
func (f *File) example(seed uint64) bool {
	seeds := []Seeds{f.Seeds}
	if f.Search != nil {
		seeds = append(seeds, f.Search.HeldOut)
	}
	return slices.ContainsFunc(seeds, func(s Seeds) bool { return slices.Contains(s[:min(len(s), max(0, f.Examples))], seed) })
}

// promptOf is the number of the prompt that an edit belongs to.
func (f *File) promptOf(edit string) int {
	return slices.IndexFunc(f.Prompts, func(p Prompt) bool {
		return slices.ContainsFunc(p.Edits, func(e Edit) bool { return e.Name == edit })
	})
}

// write puts a PNG into the folder at once, so that a killed run leaves no
// halves.
func write(dir, name string, drawn *image.NRGBA) error {
	data, err := picture.Encode(drawn)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return replace(filepath.Join(dir, filepath.FromSlash(name)), data)
}

// replace writes a file at once, making its folder.
func replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder of results: %w", err)
	}
	if err := files.Write(path, data, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
