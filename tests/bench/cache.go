package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"syscall"

	"pentimento/editor"
	"pentimento/editor/attention"
	"pentimento/recipe"
	"pentimento/tests/judge"
)

const (
	// depth is the number of edits in the long chain.
	depth = 10
	// cacheSeeds is how many pictures are edited, with every preset, from
	// maps of 8 bits.
	cacheSeeds = 4
)

// cache times edits whose source's attention is known, at both ends of a long
// chain, and measures what a turn takes in the cache and what rounding its
// maps to 8 bits does to the next picture.
func (b *bench) cache() error {
	if err := b.cacheTimes(); err != nil {
		return err
	}
	return b.cacheCodings()
}

// A timed is a recipe that is drawn again and again on an engine that has what
// came before in its cache.
type timed struct {
	engine  *editor.Engine
	recipe  recipe.Recipe
	forget  bool // nothing is known of the turns before
	seconds []float64
	// processor is the processor time of every run, in seconds: other programs
	// on the machine change it less than they change the time.
	processor []float64
	rows      int
}

// draw times the recipe once. Its last turn is given another preset's name
// every time, which nothing depends on: the cache must not know the picture
// itself.
func (t *timed) draw(b *bench, round int) error {
	if t.forget {
		t.engine.Forget()
	}
	r := t.recipe
	r.Turns = slices.Clone(r.Turns)
	r.Turns[len(r.Turns)-1].Preset = fmt.Sprint("round ", round)
	before, err := processorTime()
	if err != nil {
		return err
	}
	seconds, rows, err := b.time(t.engine, r)
	if err != nil {
		return err
	}
	after, err := processorTime()
	t.seconds, t.rows = append(t.seconds, seconds), max(t.rows, rows)
	t.processor = append(t.processor, after-before)
	return err
}

// processorTime is what this process has used so far, in seconds.
func processorTime() (float64, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("ask for the processor time: %w", err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9, nil
}

func (b *bench) cacheTimes() error {
	long := b.recipe(b.hairTurns(editor.New(b.model))...)
	first := func(n int) recipe.Recipe {
		r := long
		r.Turns = r.Turns[:n+1]
		return r
	}
	plain := &timed{engine: editor.New(b.model), recipe: first(0)}
	warm := &timed{engine: editor.New(b.model), recipe: first(1)}
	deep := &timed{engine: editor.New(b.model), recipe: long}
	cold := &timed{engine: editor.New(b.model), recipe: long, forget: true}
	for n := range depth { // the turns before, as a conversation draws them
		if _, err := deep.engine.Draw(b.ctx, first(n), nil); err != nil {
			return err
		}
	}
	if _, err := warm.engine.Draw(b.ctx, first(0), nil); err != nil {
		return err
	}
	for round := range 4 * repeats {
		for _, t := range []*timed{plain, warm, deep, cold} {
			if t == cold && round > 2 {
				continue // it takes long
			}
			if err := t.draw(b, round); err != nil {
				return err
			}
		}
	}
	least := slices.Min(plain.seconds)
	b.figures["cache.edit_vs_plain_depth1"] = slices.Min(warm.seconds) / least
	b.figures["cache.edit_vs_plain_depth10"] = slices.Min(deep.seconds) / least
	b.figures["cache.uncached_vs_plain_depth10"] = slices.Min(cold.seconds) / least
	busy := slices.Min(plain.processor)
	b.figures["cache.edit_vs_plain_processor_depth1"] = slices.Min(warm.processor) / busy
	b.figures["cache.edit_vs_plain_processor_depth10"] = slices.Min(deep.processor) / busy
	b.figures["cache.uncached_vs_plain_processor_depth10"] = slices.Min(cold.processor) / busy
	b.figures["cache.edit_rows_depth10"] = float64(deep.rows)
	b.figures["cache.uncached_rows_depth10"] = float64(cold.rows)
	turn := attention.New(attention.Options{})
	if _, err := editor.NewCached(b.model, turn).Draw(b.ctx, first(0), nil); err != nil {
		return err
	}
	b.figures["cache.bytes_per_turn"] = float64(turn.Stats().Bytes)
	b.figures["cache.latents_bytes_per_turn"] = float64(turn.Stats().Bytes - turn.Stats().MapsBytes)
	return nil
}

// hairTurns is a picture and edits of its hair, red and blond in turn.
func (b *bench) hairTurns(engine *editor.Engine) []recipe.Turn {
	red := b.redHair(engine)
	back := red
	back.Prompt = sourcePrompt
	back.Blend.Source, back.Blend.Target = red.Blend.Target, red.Blend.Source
	turns := []recipe.Turn{{Prompt: sourcePrompt}}
	for n := range depth {
		turns = append(turns, []recipe.Turn{red, back}[n%2])
	}
	return turns
}

// cacheCodings draws edits in a second process's place, from what the first
// one stored, and compares them with the exact pictures.
func (b *bench) cacheCodings() error {
	for coding, name := range map[attention.Coding]string{attention.Exact: "exact", attention.Quantised: "quantised"} {
		var bytes, turns, most int
		var mean float64
		seeds := uint64(cacheSeeds)
		if coding == attention.Exact {
			seeds = 1 // there is nothing to find but a difference of 0
		}
		for seed := range seeds {
			for _, preset := range recipe.PresetNames() {
				r := b.recipe(recipe.Turn{Prompt: sourcePrompt}, b.redHair(editor.New(b.model)))
				r.Settings.Seed = seed
				p, _ := recipe.PresetNamed(preset)
				if p.Windows.Cross.To+p.Windows.Self.To == 0 {
					continue // it takes no maps over
				}
				r.Turns[1].Start, r.Turns[1].Windows = 0, p.Windows // every step takes maps from the store
				r.Turns[1].Blend.Threshold, r.Turns[1].Blend.Start = p.Threshold, p.BlendStart
				d, err := b.restored(r, coding)
				if err != nil {
					return err
				}
				most, mean = max(most, d.most), mean+d.mean
				bytes += d.bytes
				turns++
			}
		}
		b.figures["cache.stored_bytes_per_turn_"+name] = float64(bytes) / float64(turns)
		if coding == attention.Quantised {
			b.figures["cache.quantisation_max_pixel_difference"] = float64(most)
			b.figures["cache.quantisation_mean_pixel_difference"] = mean / float64(turns)
		} else if most > 0 {
			return fmt.Errorf("maps that were stored exactly change a picture by %d levels", most)
		}
	}
	return nil
}

// A restoredEdit is an edit from stored maps against the exact one: the
// largest and the mean difference of a channel, in levels of 255.
type restoredEdit struct {
	most  int
	mean  float64
	bytes int // of the source in the store
}

// restored draws a source, and an edit of it on an engine that has the source
// from a store only.
func (b *bench) restored(r recipe.Recipe, coding attention.Coding) (restoredEdit, error) {
	ctx := attention.WithOwner(b.ctx, attention.Owner{User: "bench", Place: "bench"})
	store := &shelf{turns: map[attention.Key][][]byte{}}
	draw := func(turns int, o attention.Options) (*editor.Drawing, error) {
		cache := attention.New(o)
		defer cache.Close()
		part := r
		part.Turns = r.Turns[:turns]
		return editor.NewCached(b.model, cache).Draw(ctx, part, nil)
	}
	if _, err := draw(1, attention.Options{Store: store, Coding: coding}); err != nil {
		return restoredEdit{}, err
	}
	bytes := store.bytes()
	from, err := draw(2, attention.Options{Store: store, Coding: coding})
	if err != nil {
		return restoredEdit{}, err
	}
	if from.CachedSteps == 0 {
		return restoredEdit{}, fmt.Errorf("the edit found nothing in the store")
	}
	exact, err := draw(2, attention.Options{})
	if err != nil {
		return restoredEdit{}, err
	}
	whole := judge.Outside(judge.Mask{
		Width: exact.Image.Rect.Dx(), Height: exact.Image.Rect.Dy(), Set: make([]bool, len(exact.Image.Pix)/4),
	}, 0)
	mean, _ := judge.Difference(exact.Image, from.Image, whole)
	return restoredEdit{judge.MaxDifference(exact.Image, from.Image), mean, bytes}, nil
}

// shelf is a store in memory.
type shelf struct {
	sync.Mutex
	turns map[attention.Key][][]byte
}

func (s *shelf) Put(_ context.Context, _ attention.Owner, turn attention.Key, chunks [][]byte) error {
	s.Lock()
	defer s.Unlock()
	s.turns[turn] = chunks
	return nil
}

func (s *shelf) Get(_ context.Context, _ attention.Owner, turn attention.Key, most int) ([][]byte, error) {
	s.Lock()
	defer s.Unlock()
	return s.turns[turn][:min(most, len(s.turns[turn]))], nil
}

func (s *shelf) Forget(context.Context, string) error { return nil }

func (s *shelf) bytes() (n int) {
	s.Lock()
	defer s.Unlock()
	for _, chunks := range s.turns {
		for _, chunk := range chunks {
			n += len(chunk)
		}
	}
	return n
}
