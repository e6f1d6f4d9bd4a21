package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"time"

	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	modeljudge "pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/picture"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/study/metric"
	"pentimento/tests/judge"
)

const (
	sourcePrompt = "a woman's face with blond hair"
	hairMargin   = 4   // pixels around the hair that count as hair
	hairLeast    = 400 // pixels of hair that make a source usable
	sheetSeeds   = 8
)

// edit measures blond → red → blond over many seeds: whether the hair has the
// colour, what else changed against plain re-generation with the same seed,
// and whether the way back ends at the first picture.
func (b *bench) edit() (err error) {
	critic, err := modeljudge.Open(b.runtime, pocket.Judge(), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, critic.Close()) }()
	engine := editor.New(b.model)
	var tally tally
	for seed := range uint64(b.seeds) {
		pictures, err := b.hairDialogue(engine, critic, seed)
		if err != nil {
			return fmt.Errorf("seed %d: %w", seed, err)
		}
		if err := tally.add(b.ctx, critic, pictures); err != nil {
			return err
		}
		if seed < sheetSeeds {
			tally.frames = append(tally.frames, pictures.frames()...)
		}
	}
	tally.report(b.figures)
	sheet, err := picture.Sheet(tally.frames, 4)
	if err != nil {
		return err
	}
	path := filepath.Join(b.out, "edit-sheet.png")
	fmt.Println("  contact sheet:", path)
	return os.WriteFile(path, sheet, 0o644)
}

// hairPictures are the pictures of one seed.
type hairPictures struct {
	source, edited, back, regenerated *image.NRGBA
}

func (p hairPictures) frames() []picture.Frame {
	return []picture.Frame{
		{PNG: encode(p.source), Label: "blond"},
		{PNG: encode(p.edited), Label: "make her hair red"},
		{PNG: encode(p.back), Label: "and blond again"},
		{PNG: encode(p.regenerated), Label: "re-generated"},
	}
}

// conversation is one whose pictures the engine draws until stop is called.
func (b *bench) conversation(engine *editor.Engine, critic *modeljudge.Network, options bot.Options) (talk *bot.Conversation, stop func() error) {
	queue := jobs.NewLocal(b.ctx, jobs.Options{}, jobs.Worker{Name: "bench", Engine: drawer.New(engine).Seeing(critic), TimeLimit: time.Hour, Drain: time.Millisecond})
	return &bot.Conversation{
		Key: session.Key{User: "bench", Place: "bench"}, Store: session.NewMemory(), Planner: bot.Grammar{Planner: dialogue.New()},
		Model: bot.ModelOf(engine.Model()), Queue: queue, Clock: bot.Clock{Now: time.Now}, Options: options,
	}, queue.Close
}

// hairDialogue has the conversation, and draws the second prompt afresh to
// compare with.
func (b *bench) hairDialogue(engine *editor.Engine, critic *modeljudge.Network, seed uint64) (_ hairPictures, err error) {
	talk, stop := b.conversation(engine, critic, bot.Options{Seed: &seed, Steps: b.steps, Guidance: 4.5})
	defer func() { err = errors.Join(err, stop()) }()
	var pictures []*image.NRGBA
	var last *bot.Answer
	for _, said := range []string{sourcePrompt, "make her hair red", "make her hair blond"} {
		answer, err := talk.Say(b.ctx, bot.Request{}, said)
		if err != nil {
			return hairPictures{}, err
		}
		if answer.Question != nil {
			return hairPictures{}, fmt.Errorf("%q was answered with a question: %s", said, answer.Question.Text)
		}
		picture, err := decode(answer.Picture.Bytes())
		if err != nil {
			return hairPictures{}, err
		}
		pictures = append(pictures, picture)
		if said == "make her hair red" {
			last = answer
		}
	}
	again, err := engine.Draw(b.ctx, recipe.New(last.Turn.Settings, recipe.Turn{Prompt: last.Turn.Recipe.Prompt}), nil)
	if err != nil {
		return hairPictures{}, err
	}
	return hairPictures{pictures[0], pictures[1], pictures[2], again.Image}, nil
}

// tally adds up the figures of all seeds.
type tally struct {
	seeds, usable, red             int
	changed, changedByRegenerating float64
	psnr                           float64
	cycle                          int
	frames                         []picture.Frame
}

func (t *tally) add(ctx context.Context, critic *modeljudge.Network, p hairPictures) error {
	t.seeds++
	t.cycle = max(t.cycle, judge.MaxDifference(p.source, p.back))
	source, err := critic.See(ctx, p.source)
	if err != nil {
		return err
	}
	edited, err := critic.See(ctx, p.edited)
	if err != nil {
		return err
	}
	hair := metric.Square(source.Region("hair"))
	if source.Values["people.hair"] != judge.Blond || hair.Count() < hairLeast {
		return nil
	}
	t.usable++
	t.red += number(edited.Values["people.hair"] == judge.Red)
	outside := judge.Outside(hair, hairMargin)
	mean, psnr := judge.Difference(p.source, p.edited, outside)
	t.changed += mean
	t.psnr += psnr
	mean, _ = judge.Difference(p.source, p.regenerated, outside)
	t.changedByRegenerating += mean
	return nil
}

func (t *tally) report(figures map[string]float64) {
	n := float64(t.usable)
	figures["edit.seeds"] = float64(t.seeds)
	figures["edit.usable_sources"] = n
	figures["edit.hair_success"] = float64(t.red) / n
	figures["edit.outside_change"] = t.changed / n
	figures["edit.outside_change_regenerated"] = t.changedByRegenerating / n
	figures["edit.outside_change_vs_regeneration"] = t.changed / t.changedByRegenerating
	figures["edit.outside_psnr"] = t.psnr / n
	figures["edit.cycle_max_pixel_difference"] = float64(t.cycle)
	for name, v := range figures {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			delete(figures, name)
		}
	}
}

func decode(data []byte) (*image.NRGBA, error) {
	decoded, err := picture.Decode(data)
	if err != nil {
		return nil, err
	}
	out := image.NewNRGBA(decoded.Bounds())
	draw.Draw(out, out.Rect, decoded, decoded.Bounds().Min, draw.Src)
	return out, nil
}

func encode(img image.Image) []byte {
	data, err := picture.Encode(img)
	if err != nil {
		panic(err) // writing to memory does not fail
	}
	return data
}
