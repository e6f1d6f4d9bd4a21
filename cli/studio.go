package cli

import (
	"context"
	"errors"
	"time"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/jobs"
	redisjobs "pentimento/jobs/redis"
	"pentimento/metrics"
	"pentimento/models"
	"pentimento/session"
)

// engineFlags say who draws for a bot.
type engineFlags struct {
	Engine string `help:"Who draws: local is this process; queue is any number of pentimento workers, by way of Redis." enum:"local,queue" default:"local"`
	redisFlags
}

// A studio is what a bot has of those who draw: the queue that they take jobs
// from, and what there is to know of the model.
type studio struct {
	queue  jobs.Queue
	shared bool // the queue outlives this process
	engine *editor.Engine
	model  *models.Model
	// cache is what has to forget users, beside the queue.
	cache session.Forgetter
	close func() error
}

// Close closes the queue, and stops drawing if that is done here.
func (s *studio) Close() error { return s.close() }

// openStudio opens the queue and, unless others draw, the engine. The asker is
// who this bot is to a queue of several.
func (c *serveCommand) openStudio(ctx context.Context, p *Process, asker string, operations *metrics.Metrics) (*studio, error) {
	if c.Engine == "queue" {
		return c.joinStudio(ctx, p, asker)
	}
	return c.runStudio(ctx, p, operations)
}

// runStudio opens the model and has it draw what is put into a queue of this
// process.
func (c *serveCommand) runStudio(ctx context.Context, p *Process, operations *metrics.Metrics) (*studio, error) {
	model, err := c.open(ctx, p)
	if err != nil {
		return nil, err
	}
	cache, err := c.openCache(ctx, p, c.Store)
	if err != nil {
		return nil, errors.Join(err, model.Close())
	}
	operations.Cache(cache.Stats)
	queue := jobs.NewMemory(jobs.Options{PerUser: c.mostPerUser()})
	engine := editor.NewCached(model, cache.Cache)
	worker := &jobs.Worker{
		Name: "local", Source: queue, Engine: bot.Drawer{Engine: engine}, Slots: max(1, c.Parallel), TimeLimit: c.TimeLimit,
		Drain: time.Millisecond, Log: p.log, Observer: operations, // the bot has waited for what it wants
	}
	// The end of ctx does not end it: while the bot drains, the worker draws.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(working) }()
	return &studio{queue: queue, engine: engine, model: model, cache: cache, close: func() error {
		stop()
		return errors.Join(<-ended, queue.Close(), cache.Close(), model.Close())
	}}, nil
}

// joinStudio opens the queue that others draw from. Of the model only the words
// are read: no weights take memory here.
func (c *serveCommand) joinStudio(ctx context.Context, p *Process, asker string) (*studio, error) {
	model, err := c.read()
	if err != nil {
		return nil, err
	}
	queue, err := c.openQueue(ctx, p, redisjobs.Options{Options: jobs.Options{PerUser: c.mostPerUser()}, Asker: asker})
	if err != nil {
		return nil, err
	}
	cache, err := openSharedMaps(p, c.Redis, c.Shared)
	if err != nil {
		return nil, errors.Join(err, queue.Close())
	}
	return &studio{queue: queue, shared: true, engine: editor.New(model), model: model, cache: cache, close: func() error {
		return errors.Join(queue.Close(), cache.Close(), model.Close())
	}}, nil
}
