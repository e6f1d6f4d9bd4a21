package models

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"pentimento/files"
	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/quantize"
	"pentimento/models/runtime"
)

// An observer gathers the ranges of what a UNet and a decoder compute.
type observer struct {
	sync.Mutex
	unet, decoder quantize.Ranges
	// How many values a run of each gives.
	unetValues, decoderValues int
}

// observed is the output of an observed graph that has so many values.
func observed(values int) tensorSpec {
	return tensorSpec{graph.Value{Name: quantize.RangesOutput, Type: element.Float32}, []int{values}}
}

// add adds the values of a run to some of the ranges.
func (o *observer) add(r *quantize.Ranges, run []float32) error {
	o.Lock()
	defer o.Unlock()
	return r.Add(run)
}

// inEightBits makes the UNet and the decoder of p those in eight bits: the ones in
// the cache, or new ones, which it puts there. Another process that makes them is
// waited for.
func (in *inspection) inEightBits(ctx context.Context, o Options, p *preparedUNet) (err error) {
	cache, err := in.eightCache(o)
	if err != nil {
		return err
	}
	if cache.load(p) == nil {
		return nil
	}
	if err := os.MkdirAll(o.CacheDir, 0o755); err != nil {
		return err
	}
	unlock, err := files.Lock(ctx, cache.file(".lock"))
	if err != nil {
		return fmt.Errorf("wait for another process that prepares the model: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if cache.load(p) == nil {
		return nil
	}
	e, err := in.planEightBits(p)
	if err != nil {
		return err
	}
	if err := in.practise(ctx, o, p, e); err != nil {
		return fmt.Errorf("measure what the model computes: %w", err)
	}
	if err := cache.store(ctx, o.Runtime, e); err != nil {
		return explainDisk(err, o.CacheDir)
	}
	return cache.load(p)
}

// explainDisk says what to do about a disk without room.
func explainDisk(err error, dir string) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk of %s has no room for the weights in eight bits: make some, or name another folder with --cache: %w", dir, err)
	}
	return err
}

// An eightBitPlan is how a model's parts become those in eight bits. A decoder
// without a plan stays as it is.
type eightBitPlan struct {
	unet, decoder eightBitPart
	observer      observer
}

// An eightBitPart is a graph that has a plan.
type eightBitPart struct {
	*quantize.Plan
	located located // of the weights outside the graph
}

// planEightBits finds what is computed in eight bits.
func (in *inspection) planEightBits(p *preparedUNet) (*eightBitPlan, error) {
	var e eightBitPlan
	var err error
	info := p.controlled.Info
	if e.unet, err = planPart(p.graph, info.Sample.Name, info.Text.Name); err != nil {
		return nil, in.folder.failed(in.unet.file(), err)
	}
	decoder, err := opener{folder: in.folder}.graphOf(in.decoder)
	if err == nil {
		e.decoder, err = planPart(placed{decoder, in.decoder.located}, in.decoderIn.Name)
	}
	if err != nil && !errors.Is(err, quantize.ErrNothing) {
		return nil, in.folder.failed(in.decoder.file(), err)
	}
	e.observer.unetValues = e.unet.Observations()
	if e.decoder.Plan != nil {
		e.observer.decoderValues = e.decoder.Observations()
	}
	return &e, nil
}

func planPart(g placed, inputs ...string) (eightBitPart, error) {
	data := g.Data
	if g.Path != "" {
		var err error
		if data, err = files.ReadFile(g.Path, maxGraphBytes); err != nil {
			return eightBitPart{}, err
		}
	}
	plan, err := quantize.Find(data, inputs)
	return eightBitPart{plan, g.located}, err
}

// practise draws with the model in single precision, and observes it.
func (in *inspection) practise(ctx context.Context, o Options, p *preparedUNet, e *eightBitPlan) (err error) {
	observed := *p
	observed.observer = &e.observer
	if observed.graph, err = e.unet.observed(); err != nil {
		return err
	}
	if e.decoder.Plan != nil {
		decoder, err := e.decoder.observed()
		if err != nil {
			return err
		}
		observed.decoder = &decoder
	}
	m, err := in.open(ctx, &observed, o, runtime.Device{Provider: runtime.CPU})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	step := o.Practised
	if step == nil {
		step = func(int, int) {}
	}
	return o.Practice.Draw(ctx, m, step)
}

// observed is the graph that says what it computes.
func (p eightBitPart) observed() (placed, error) {
	data, err := p.Observed()
	return placed{runtime.Graph{Data: data, Weights: p.located.dir}, p.located}, err
}

// eightCache is the place of a model in eight bits in the cache folder.
func (in *inspection) eightCache(o Options) (eightCache, error) {
	if o.CacheDir == "" || o.Practice.Draw == nil {
		return eightCache{}, errors.New("int8 takes a cache folder, and a practice that it is prepared with")
	}
	return newEightCache(o.CacheDir, in.digest, o.Practice.Name)
}

// file is a file of the cache.
func (c eightCache) file(suffix string) string { return filepath.Join(c.dir, c.name()+suffix) }

// precisions are what the model can be drawn in.
func (in *inspection) precisions(o Options, p *preparedUNet) ([]PrecisionReport, error) {
	single, eight := PrecisionReport{Precision: FP32}, PrecisionReport{Precision: Int8, Problem: Int8.Supported()}
	e, err := in.planEightBits(p)
	if errors.Is(err, quantize.ErrNothing) {
		eight.Problem = err
		return []PrecisionReport{single, eight}, nil
	}
	if err != nil {
		return nil, err
	}
	for _, part := range []eightBitPart{e.unet, e.decoder} {
		if part.Plan == nil {
			continue
		}
		s, q := part.Bytes()
		single.Bytes += s
		eight.Bytes += q
	}
	if in.digest == "" { // a large file, which has not been read for its sum yet
		return []PrecisionReport{single, eight}, nil
	}
	if cache, err := in.eightCache(o); err == nil {
		eight.Kept = cache.bytes()
	}
	return []PrecisionReport{single, eight}, nil
}

// prepareEightBits makes the model in eight bits for the report.
func (in *inspection) prepareEightBits(ctx context.Context, o Options, p *preparedUNet, r *Report) (err error) {
	in.folder.sums.hurry = false
	if in.digest, err = in.computeDigest(ctx); err != nil {
		return err
	}
	eight := *p
	if err := in.inEightBits(ctx, o, &eight); err != nil {
		return err
	}
	r.Precisions, err = in.precisions(o, p)
	r.Digest = Int8.digest(in.digest)
	return err
}
