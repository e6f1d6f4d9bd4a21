package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord"
	"pentimento/bot/discord/records/bolt"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/models"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/tests/discordtest"
)

// The load: interactions in a second, for how long, and how many more for the
// memory that an interaction leaves behind.
const (
	loadRate     = 1000
	loadSeconds  = 10
	memoryEach   = 5_000
	memoryRounds = 20
)

// plain is an engine that draws at once, so that the bot is what is measured.
type plain struct{}

// Draw implements drawer.Editor.
func (plain) Draw(context.Context, recipe.Recipe, func(editor.Progress)) (*editor.Drawing, error) {
	return &editor.Drawing{Image: image.NewNRGBA(image.Rect(0, 0, 64, 64))}, nil
}

// Remembers implements drawer.Editor.
func (plain) Remembers(context.Context, recipe.Recipe) bool { return true }

// Model implements drawer.Editor.
func (plain) Model() *models.Model { return &models.Model{} }

// wordless is what the bot knows of the plain engine's model: none of its words.
func wordless() bot.Model {
	return bot.Model{Find: func(string, string) (recipe.Span, error) { return recipe.Span{}, editor.ErrNoSuchWord }}
}

// discord sends a bot many interactions at once, by way of a fake Discord in
// the same process, and measures how soon they are acknowledged.
func (b *bench) discord() (err error) {
	dir, err := os.MkdirTemp("", "pentimento-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	remembered, err := bolt.Open(filepath.Join(dir, "memory"), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	queue := jobs.NewLocal(b.ctx, jobs.Options{PerUser: 5}, jobs.Worker{Name: "plain", Engine: drawer.New(plain{}), Slots: 4})
	defer func() { err = errors.Join(err, queue.Close()) }()
	d := discordtest.New(discordtest.Options{MessageContent: true})
	defer d.Close()
	one, err := discord.New(discord.Options{
		Token: discordtest.Token, Model: wordless(), Planner: bot.Grammar{Planner: dialogue.New()}, Store: session.NewMemory(),
		Records: remembered, Queue: queue, Base: d.URL(), Log: slog.New(slog.DiscardHandler),
		Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 1 }}, Defaults: bot.Options{Steps: 20, Guidance: 4.5},
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(b.ctx)
	ended := make(chan error, 1)
	go func() { ended <- one.Run(ctx) }()
	if !d.Connected(time.Minute) {
		stop()
		return errors.Join(errors.New("the bot did not connect"), <-ended, one.Close())
	}
	b.load(d)
	b.leftovers(d)
	stop()
	return errors.Join(<-ended, one.Close())
}

// load sends commands, buttons and autocompletions at the rate; one in a
// hundred asks for a picture, of which Discord would take some 15 a second.
func (b *bench) load(d *discordtest.Server) {
	people, places := make([]*discordtest.Person, 500), make([]*discordtest.Channel, 500)
	for i := range people {
		people[i] = d.Person(fmt.Sprint("user", i))
		places[i] = people[i].Direct()
	}
	var group sync.WaitGroup
	start := time.Now()
	for n := range loadRate * loadSeconds {
		time.Sleep(time.Until(start.Add(time.Duration(n) * time.Second / loadRate)))
		p, c := people[n%len(people)], places[n%len(people)]
		group.Go(func() { interaction(n, p, c) })
	}
	group.Wait()
	time.Sleep(4 * time.Second) // what is not answered now never is
	took, missing := d.Acknowledgements()
	slices.Sort(took)
	b.figures["bot.interactions"] = float64(len(took) + missing)
	b.figures["bot.unacknowledged"] = float64(missing)
	b.figures["bot.ack_p50_ms"] = milliseconds(took[len(took)/2])
	b.figures["bot.ack_p99_ms"] = milliseconds(took[len(took)*99/100])
	b.figures["bot.ack_max_ms"] = milliseconds(took[len(took)-1])
	fmt.Printf("  %d interactions: %d unacknowledged, half within %.1f ms, 99 %% within %.1f ms\n",
		len(took)+missing, missing, b.figures["bot.ack_p50_ms"], b.figures["bot.ack_p99_ms"])
}

// interaction is the n-th thing that somebody does.
func interaction(n int, p *discordtest.Person, c *discordtest.Channel) {
	switch {
	case n%100 == 0:
		p.Slash(c, "imagine", map[string]any{"prompt": "a river between mountains"})
	case n%4 == 0:
		p.Slash(c, "help", nil)
	case n%4 == 1:
		p.Slash(c, "settings", nil)
	case n%4 == 2:
		p.Autocomplete(c, "weight", "word", "ri")
	default:
		p.Slash(c, "export", nil)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// leftovers measures how much memory an interaction leaves behind.
func (b *bench) leftovers(d *discordtest.Server) {
	p := d.Person("many")
	c := p.Direct()
	round := func() {
		limit := make(chan struct{}, 64)
		var group sync.WaitGroup
		for range memoryEach {
			limit <- struct{}{}
			group.Go(func() {
				defer func() { <-limit }()
				p.Slash(c, "help", nil).Wait(10 * time.Second)
			})
		}
		group.Wait()
		d.Clear()
	}
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	round()
	round()
	before := heap()
	for range memoryRounds {
		round()
	}
	b.figures["bot.bytes_left_per_interaction"] = (heap() - before) / (memoryEach * memoryRounds)
}
