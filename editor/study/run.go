package study

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"pentimento/editor"
	"pentimento/editor/attention"
	"pentimento/editor/study/judge"
	"pentimento/editor/study/perceptual"
	"pentimento/models"
)

// Options of [Run].
type Options struct {
	// Dir is the folder of the results. A run that was killed goes on there.
	Dir string
	// Jobs is how many pictures are drawn at once; the results are the same.
	Jobs int
	// Rules judge the pictures; nil for models without rules.
	Rules *judge.Rules
	// Perceptual tells how different pictures look; nil leaves it out.
	Perceptual *perceptual.Distance
	// Progress hears of every cell, from one goroutine at a time; it may be
	// nil.
	Progress func(Progress)
}

// Progress is how far a study is.
type Progress struct {
	// Study is the study's name, Part "cells" or, on the seeds that a search
	// held out, "confirmed".
	Study, Part string
	Done, Total int
	// Left is how long the rest will take at the pace of this run so far; 0
	// when that is not known yet.
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

// Run draws and measures all cells of a study, as far as the folder does not
// have them yet, and for a search those on the seeds held out too.
//
// The files in the folder are cells.jsonl, confirmed.jsonl and pictures/.
// They depend on the study, the model and the kind of device alone.
func Run(ctx context.Context, model *models.Model, f *File, o Options) (*Findings, error) {
	if err := f.checkRules(o.Rules); err != nil {
		return nil, err
	}
	cells, err := f.Cells()
	if err != nil {
		return nil, err
	}
	out := &Findings{File: f, Model: model.Digest()}
	if out.Results, err = run(ctx, model, f, cells, "cells", o); err != nil {
		return nil, err
	}
	if f.Search == nil {
		return out, nil
	}
	out.Best = search(out.Results)
	confirming, err := f.confirming(out.Best)
	if err != nil {
		return nil, err
	}
	out.Confirmed, err = run(ctx, model, f, confirming, "confirmed", o)
	return out, err
}

// checkRules reports names that the rules do not know.
func (f *File) checkRules(rules *judge.Rules) error {
	if rules == nil {
		return nil
	}
	for _, p := range f.Prompts {
		for _, e := range p.Edits {
			for _, t := range e.Turns {
				for _, colour := range []string{p.Colour, t.Colour} {
					if p.Region == "" || colour == "" {
						continue
					}
					if err := rules.Check(p.Region, colour); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// run measures the cells that the log name.jsonl does not have.
func run(ctx context.Context, model *models.Model, f *File, cells []Cell, name string, o Options) (_ []Result, err error) {
	want, err := headerOf(f, cells, model.Digest(), o)
	if err != nil {
		return nil, err
	}
	l, err := openLog(filepath.Join(o.Dir, name+".jsonl"), want)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	r := &runner{model: model, file: f, cells: cells, name: name, options: o, log: l, began: time.Now(), before: len(l.done)}
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	return l.done, nil
}

// A runner hands cells to instruments and writes the results in order.
type runner struct {
	model   *models.Model
	file    *File
	cells   []Cell
	name    string
	options Options
	log     *log
	began   time.Time
	before  int // results that were there
}

// a group is a range of cells with one source picture, [from, to).
type group struct{ from, to int }

func (r *runner) groups() []group {
	var out []group
	for i := r.before; i < len(r.cells); {
		from := i
		for i < len(r.cells) && sameSource(r.cells[from], r.cells[i]) {
			i++
		}
		out = append(out, group{from, i})
	}
	return out
}

func sameSource(a, b Cell) bool {
	return a.Edit == b.Edit && a.Seed == b.Seed && a.Steps == b.Steps && a.Guidance == b.Guidance
}

// all measures every cell that is left.
func (r *runner) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan group)
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
		for _, g := range r.groups() {
			select {
			case work <- g:
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
const cacheBytes = 96 << 20

// work measures groups of cells until there are no more.
func (r *runner) work(ctx context.Context, groups <-chan group, results chan<- *measured) error {
	cache := attention.New(attention.Options{Bytes: cacheBytes})
	defer cache.Close()
	in := newInstrument(editor.NewCached(r.model, cache), r.options, r.file)
	for g := range groups {
		for i := g.from; i < g.to; i++ {
			m, err := in.measure(ctx, i, r.cells[i])
			if err != nil {
				return fmt.Errorf("cell %d (%s, seed %d): %w", i, r.cells[i].Edit, r.cells[i].Seed, err)
			}
			if err := r.keep(m); err != nil {
				return err
			}
			results <- m
		}
	}
	return nil
}

// collect writes results in the order of the cells.
func (r *runner) collect(results <-chan *measured) error {
	early := map[int]Result{}
	for m := range results {
		early[m.result.Index] = m.result
		for {
			next, ok := early[len(r.log.done)]
			if !ok {
				break
			}
			delete(early, next.Index)
			if err := r.log.add(next); err != nil {
				return err
			}
		}
		r.tell(len(r.log.done) + len(early))
	}
	return nil
}

func (r *runner) tell(done int) {
	if r.options.Progress == nil {
		return
	}
	p := Progress{Study: r.file.Name, Part: r.name, Done: done, Total: len(r.cells)}
	if drawn := done - r.before; drawn > 0 {
		p.Left = time.Since(r.began) * time.Duration(len(r.cells)-done) / time.Duration(drawn)
	}
	r.options.Progress(p)
}

// keep writes the pictures of a cell whose seed is among the examples.
func (r *runner) keep(m *measured) error {
	c := m.result.Cell
	if !r.file.example(c.Seed) {
		return nil
	}
	m.result.Picture = fmt.Sprintf("pictures/%s-%06d.png", r.name, m.result.Index)
	m.result.Source = fmt.Sprintf("pictures/source-%d-%d-%d-%s.png", r.promptOf(c.Edit), c.Seed, c.Steps, text(c.Guidance))
	if m.edited == nil {
		m.result.Picture = ""
	} else if err := r.write(m.result.Picture, m.edited); err != nil {
		return err
	}
	return r.write(m.result.Source, m.source)
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
func (r *runner) promptOf(edit string) int {
	return slices.IndexFunc(r.file.Prompts, func(p Prompt) bool {
		return slices.ContainsFunc(p.Edits, func(e Edit) bool { return e.Name == edit })
	})
}

// write puts a PNG into the folder at once, so that a killed run leaves no
// halves.
func (r *runner) write(name string, picture *image.NRGBA) error {
	var data bytes.Buffer
	if err := png.Encode(&data, picture); err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	path := filepath.Join(r.options.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder of pictures: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".*.part")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = temporary.Write(data.Bytes())
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(temporary.Name()))
	}
	return nil
}
