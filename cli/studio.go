package cli

import (
	"context"
	"errors"
	"time"

	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
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

// A studio is what a conversation has of those who draw: the queue that they take
// jobs from, and the model.
type studio struct {
	queue  jobs.Queue
	shared bool // the queue outlives this process
	// model is open if this process draws. Otherwise only its words are read, and
	// no weights take memory.
	model *models.Model
	// cache is what has to forget users, beside the queue.
	cache session.Forgetter
	close func() error
}

// Close closes the queue, and stops drawing if that is done here.
func (s *studio) Close() error { return s.close() }

// openStudio opens the queue and, unless others draw, the engine. The asker is
// who this bot is to a queue of several.
func (c *serveCommand) openStudio(ctx context.Context, p *Process, asker string, operations *metrics.Metrics) (*studio, error) {
	limits := jobs.Options{PerUser: c.mostPerUser()}
	if c.Engine == "queue" {
		return c.joinStudio(ctx, p, redisjobs.Options{Options: limits, Asker: asker})
	}
	cache, err := c.openCache(ctx, p, c.Store)
	if err != nil {
		return nil, err
	}
	operations.Cache(cache.Stats)
	return c.runStudio(ctx, p, cache, limits, jobs.Worker{Slots: max(1, c.Parallel), TimeLimit: c.TimeLimit, Observer: operations})
}

// runStudio opens the model and has a worker of this process draw with it what is
// put into the queue. It closes the cache, also when it fails.
func (f *modelFlags) runStudio(ctx context.Context, p *Process, cache *engineCache, limits jobs.Options, worker jobs.Worker) (*studio, error) {
	model, network, err := f.openDrawing(ctx, p)
	if err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	worker.Name, worker.Log = "local", p.log
	worker.Engine = drawer.New(editor.NewCached(model, cache.Cache)).Seeing(network)
	worker.Models = []string{model.Digest()}
	worker.Drain = time.Millisecond // by then everybody has waited for what they want
	queue := jobs.NewLocal(ctx, limits, worker)
	return &studio{queue: queue, model: model, cache: cache, close: func() error {
		return errors.Join(queue.Close(), cache.Close(), network.Close(), model.Close())
	}}, nil
}

// joinStudio opens the queue that others draw from.
func (c *serveCommand) joinStudio(ctx context.Context, p *Process, options redisjobs.Options) (*studio, error) {
	model, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	queue, err := c.openQueue(ctx, p, options)
	if err != nil {
		return nil, errors.Join(err, model.Close())
	}
	cache, err := c.openSharedMaps(p, c.Redis)
	if err != nil {
		return nil, errors.Join(err, queue.Close(), model.Close())
	}
	return &studio{queue: queue, shared: true, model: model, cache: cache, close: func() error {
		return errors.Join(queue.Close(), cache.Close(), model.Close())
	}}, nil
}
