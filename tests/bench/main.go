// Bench measures Pentimento as its users meet it and writes every figure by
// name to a flat JSON file:
//
//	make bench
//
// edit.go and pocket.go judge pictures, speed.go times the engine, process.go and
// memory.go run the program itself, reference.go runs the same edit in PyTorch where
// Debian has it, gpu.go measures a GPU, jobs.go loads the queue in a real Redis, and web.go the pages. Figures of runs that could
// not be done are left out, with a line that says why. What memory.go measured
// is also written to docs/figures.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"pentimento/editor"
	"pentimento/models"
	"pentimento/models/pocket"
	"pentimento/models/runtime"
	"pentimento/tests/figures"
)

// bench is what the measurements share.
type bench struct {
	ctx     context.Context
	model   *models.Model
	runtime *runtime.Runtime
	binary  string
	out     string // folder for pictures and figures
	folder  string // of the model; empty for the bundled one
	set     map[string]string
	// precision is what the model is computed in.
	precision models.Precision
	device    string // of the group gpu
	said      string // part of the edits to measure; empty for all
	seeds     int
	steps     int
	turns     int     // of the long conversation
	page      string  // shows the figures of memory
	blind     bool    // pictures are edited without a look at them
	drawings  string  // folder of held-out drawings
	pairs     string  // folder of drawings with their true edits
	guidance  float64 // of the group photo
	alone     bool    // without the other methods of the group photo
	families  string  // of the groups real and peers, with commas between
	realSteps int     // of the pictures of those groups
	rounds    int     // of the group peers
	with      string  // programs of the group peers, with commas between
	python    string  // runs them
	figures   map[string]float64
}

func main() {
	b := &bench{ctx: context.Background(), figures: map[string]float64{}, set: map[string]string{}}
	flag.StringVar(&b.binary, "binary", "bin/pentimento", "the program to run")
	flag.StringVar(&b.out, "out", "build", "folder for bench.json and contact sheets")
	flag.IntVar(&b.seeds, "seeds", 32, "pictures to edit")
	flag.IntVar(&b.steps, "steps", 20, "denoising steps")
	flag.IntVar(&b.turns, "turns", longConversation, "of the group memory, turns of the conversation")
	flag.StringVar(&b.page, "page", "docs/figures.md", "the page that shows the figures of memory")
	flag.StringVar(&b.folder, "model", "", "model folder to measure instead of the bundled model")
	flag.Func("set", "of the groups pocket and photo, a hyper-parameter of all edits, as in k=.5; may be repeated", func(text string) error {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return errors.New("not name=value")
		}
		b.set[name] = value
		return nil
	})
	flag.StringVar((*string)(&b.precision), "precision", string(models.FP32), "what the model is computed in, fp32 or int8; of the group gpu, fp32 or fp16")
	flag.StringVar(&b.device, "device", "cuda", "of the group gpu, the device: cuda, and its number behind a colon where there are several")
	flag.StringVar(&b.said, "said", "", "of the groups pocket, photo, unnamed and seen, only edits with this in their words")
	flag.StringVar(&b.drawings, "drawings", "", "of the group calibrate, the folder of held-out drawings")
	flag.StringVar(&b.pairs, "pairs", "tests/bench/drawings", "of the group photo, the folder of drawings with their true edits")
	flag.Float64Var(&b.guidance, "guidance", 4.5, "of the group photo, the guidance scale")
	flag.BoolVar(&b.alone, "alone", false, "of the group photo, draw nothing but the program's edits, to try settings")
	flag.BoolVar(&b.blind, "blind", false, "of the group unnamed, edit without a look at the picture")
	only := flag.String("only", "", "run these groups, with commas between: process, memory, speed, reference, jobs, edit, pocket, discord, web, cache, calibrate, photo, unnamed, seen; and real and peers, which take 12 GB and many minutes; or gpu alone, on a machine that has one")
	flag.StringVar(&b.families, "real", "sd1,sdxl", "of the groups real and peers, the families, with commas between; sd1:int8 is one in eight bits")
	flag.IntVar(&b.realSteps, "real-steps", 3, "of the groups real and peers, denoising steps of the pictures, at least 2; edits begin late from 20 on")
	flag.IntVar(&b.rounds, "rounds", 3, "of the group peers, how often each program runs")
	flag.StringVar(&b.with, "with", "diffusers,diffusers-edit,openvino,openvino-int8,stable-diffusion-cpp", "of the group peers, the other programs, with commas between")
	flag.StringVar(&b.python, "python", "", "of the group peers, the interpreter that has the packages of tests/reference/peers.py")
	flag.Parse()
	if err := b.run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(only string) error {
	if err := b.begin(); err != nil {
		return err
	}
	if only == "gpu" { // on another device than the others
		return b.gpu()
	}
	if err := b.open(); err != nil {
		return err
	}
	groups := []struct {
		name    string
		measure func() error
	}{
		{"process", b.process},
		{"memory", b.memory},
		{"speed", b.speed},
		{"reference", b.reference},
		{"jobs", b.jobs},
		{"edit", b.edit},
		{"pocket", b.pocket},
		{"discord", b.discord},
		{"web", b.web},
		{"cache", b.cache},
		{"calibrate", b.calibrate},
		{"photo", b.photo},
		{"unnamed", b.unnamed},
		{"seen", b.seen},
		{"real", b.real},
		{"peers", b.peers},
	}
	for _, g := range groups {
		asked := slices.Contains(strings.Split(only, ","), g.name)
		if !asked && (only != "" || g.name == "real" || g.name == "peers") {
			continue
		}
		fmt.Printf("%s …\n", g.name)
		if err := g.measure(); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
	}
	if err := b.model.Close(); err != nil {
		return err
	}
	all, err := b.keep()
	if err != nil {
		return err
	}
	return b.showMemory(all)
}

// keep prints the figures and writes them beside those of earlier runs.
func (b *bench) keep() (all map[string]float64, err error) {
	b.print()
	path := filepath.Join(b.out, "bench.json")
	if err := figures.Add(path, b.figures); err != nil {
		return nil, err
	}
	return figures.Read(path)
}

func (b *bench) begin() (err error) {
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return err
	}
	b.runtime, err = runtime.Load(os.Getenv("PENTIMENTO_ONNXRUNTIME"))
	return err
}

func (b *bench) open() (err error) {
	options := models.Options{Runtime: b.runtime, Device: "cpu", Precision: b.precision}
	if b.precision == models.Int8 {
		options.CacheDir, options.Practice = filepath.Join(b.out, "cache"), editor.Practice()
	}
	b.model, err = b.openWith(options)
	return err
}

// openWith opens the model that is measured.
func (b *bench) openWith(o models.Options) (*models.Model, error) {
	if b.folder != "" {
		return models.Open(b.ctx, models.Source{Path: b.folder}, o)
	}
	return models.OpenFS(b.ctx, pocket.Files(), "pocket", o)
}

// print shows the figures as a table.
func (b *bench) print() {
	names := make([]string, 0, len(b.figures))
	for name := range b.figures {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Println()
	for _, name := range names {
		fmt.Printf("%-42s %10.4g\n", name, b.figures[name])
	}
}
