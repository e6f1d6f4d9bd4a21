package main

import (
	"context"
	"errors"
	"time"

	"pentimento/bot"
	"pentimento/bot/jobs"
	"pentimento/editor"
	"pentimento/metrics"
	"pentimento/models"
	"pentimento/session"
)

// A studio is what a bot has of those who draw: a queue, and the engine that
// takes from it, in this process.
type studio struct {
	queue  jobs.Queue
	engine *editor.Engine
	model  *models.Model
	// cache is what has to forget users, beside the queue.
	cache session.Forgetter
	stop  func() error
}

// openStudio opens the model and has it draw what is put into a queue of this
// process.
func (c *serveCommand) openStudio(w *world, operations *metrics.Metrics) (_ *studio, err error) {
	model, err := c.open(w)
	if err != nil {
		return nil, err
	}
	cache, err := c.openCache(w, c.Store)
	if err != nil {
		return nil, errors.Join(err, model.Close())
	}
	operations.Cache(cache.Stats)
	queue := jobs.NewMemory(jobs.Options{PerUser: max(1, c.PerUser)})
	engine := editor.NewCached(model, cache.Cache)
	worker := &jobs.Worker{
		Name: "local", Source: queue, Engine: bot.Drawer{Engine: engine}, Slots: max(1, c.Parallel), TimeLimit: c.TimeLimit,
		Drain: time.Millisecond, Log: w.log, Observer: operations, // the bot has waited for what it wants
	}
	// Not w.ctx: while the bot drains, the worker draws.
	working, stop := context.WithCancel(context.WithoutCancel(w.ctx))
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(working) }()
	return &studio{queue: queue, engine: engine, model: model, cache: cache, stop: func() error {
		stop()
		return errors.Join(<-ended, queue.Close(), cache.Close(), model.Close())
	}}, nil
}

// Close stops drawing and closes the queue.
func (s *studio) Close() error { return s.stop() }
