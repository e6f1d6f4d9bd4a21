package cli

import (
	"context"
	"errors"
	"time"

	"pentimento/jobs"
	redisjobs "pentimento/jobs/redis"
	"pentimento/metrics"
	"pentimento/session"
)

// engineFlags say who draws for a bot.
type engineFlags struct {
	Engine string `help:"Who draws: local is this process; queue is any number of pentimento workers, by way of Redis." enum:"local,queue" default:"local"`
	redisFlags
}

// hostFlags are those of a command that draws for several people, or has others draw.
type hostFlags struct {
	offerFlags
	engineFlags
	cacheFlags `embed:"" prefix:"cache-" set:"memory=256"`
	drawingFlags
	Parallel  int           `help:"Pictures drawn at once by the local engine." default:"1"`
	TimeLimit time.Duration `help:"How long the local engine may take for a picture." default:"15m"`
	PerUser   int           `help:"Pictures that a user may have waiting or being drawn." default:"5"`
}

// A studio is what a conversation has of those who draw: the queue that they take
// jobs from, and the model.
type studio struct {
	queue  jobs.Queue
	shared bool // the queue outlives this process
	// offer is the models. The default is open if this process draws. Otherwise only
	// their words are read, and no weights take memory.
	offer offer
	// cache is what has to forget users, beside the queue.
	cache session.Forgetter
	close func() error
}

// Close closes the queue, and stops drawing if that is done here.
func (s *studio) Close() error { return s.close() }

// openStudio opens the queue, in which a user may have that many pictures, and, unless
// others draw, the engine. The asker is who this program is to a queue of several, and
// place is where the conversations are.
func (c *hostFlags) openStudio(ctx context.Context, p *Process, asker, place string, perUser int, operations *metrics.Metrics) (*studio, error) {
	limits := jobs.Options{PerUser: perUser}
	if c.Engine == "queue" {
		return c.joinStudio(ctx, p, redisjobs.Options{Options: limits, Asker: asker})
	}
	cache, err := c.openCache(ctx, p, place)
	if err != nil {
		return nil, err
	}
	operations.Cache(cache.Stats)
	return c.runStudio(ctx, p, cache, limits, jobs.Worker{Slots: max(1, c.Parallel), TimeLimit: c.TimeLimit, Observer: operations})
}

// runStudio opens the default model and has a worker of this process draw what is put
// into the queue, with that model or another. It closes the cache, also when it fails.
func (f *offerFlags) runStudio(ctx context.Context, p *Process, cache *engineCache, limits jobs.Options, worker jobs.Worker) (*studio, error) {
	offer, network, err := f.openOffer(ctx, p)
	if err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	shelf := offer.shelve(p, network, cache)
	worker.Name, worker.Log = "local", p.log
	worker.Engine, worker.Models = shelf, shelf.Models()
	worker.Drain = time.Millisecond // by then everybody has waited for what they want
	queue := jobs.NewLocal(ctx, limits, worker)
	return &studio{queue: queue, offer: offer, cache: cache, close: func() error {
		return errors.Join(queue.Close(), cache.Close(), shelf.Close(), offer.Close())
	}}, nil
}

// joinStudio opens the queue that others draw from.
func (c *hostFlags) joinStudio(ctx context.Context, p *Process, options redisjobs.Options) (*studio, error) {
	offer, err := c.readOffer(ctx)
	if err != nil {
		return nil, err
	}
	queue, err := c.openQueue(ctx, p, options)
	if err != nil {
		return nil, errors.Join(err, offer.Close())
	}
	cache, err := c.openSharedMaps(p, c.Redis)
	if err != nil {
		return nil, errors.Join(err, queue.Close(), offer.Close())
	}
	return &studio{queue: queue, shared: true, offer: offer, cache: cache, close: func() error {
		return errors.Join(queue.Close(), cache.Close(), offer.Close())
	}}, nil
}
