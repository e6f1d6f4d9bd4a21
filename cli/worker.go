package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"pentimento/jobs"
	redisjobs "pentimento/jobs/redis"
	"pentimento/metrics"
)

// workerCommand is `pentimento worker`.
type workerCommand struct {
	offerFlags
	redisFlags
	operationFlags
	cacheFlags `embed:"" prefix:"cache-" set:"memory=512"`
	Slots      int           `help:"Pictures drawn at once." default:"1"`
	TimeLimit  time.Duration `help:"How long drawing a picture may take." default:"5m"`
	Drain      time.Duration `help:"How long to go on drawing after SIGTERM; what is unfinished then goes to another worker." default:"30s"`
	RetryDead  bool          `help:"First put the pictures that were given up back into the queue; pentimento doctor --engine=queue shows them."`
}

// Run draws pictures for the bots on the same Redis until SIGTERM or an
// interrupt; a second interrupt ends it at once.
func (c *workerCommand) Run(ctx context.Context, p *Process) (err error) {
	ctx, stopListening := p.until(ctx, os.Interrupt)
	defer stopListening()
	context.AfterFunc(ctx, stopListening)
	queue, err := c.openQueue(ctx, p, redisjobs.Options{Asker: "worker"})
	if err != nil {
		return err
	}
	defer closeInto(&err, queue)
	offer, network, err := c.openOffer(ctx, p)
	if err != nil {
		return err
	}
	defer closeInto(&err, offer)
	name, err := workerName()
	if err != nil {
		return err
	}
	cache, err := c.openCache(ctx, p, c.Redis)
	if err != nil {
		return err
	}
	defer closeInto(&err, cache)
	shelf := offer.shelve(p, network, cache)
	defer closeInto(&err, shelf)
	operations := metrics.New()
	operations.Queue(queue.Stats)
	operations.Cache(cache.Stats)
	worker := &jobs.Worker{
		Name: name, Source: queue, Engine: shelf, Models: shelf.Models(), Slots: c.Slots,
		TimeLimit: c.TimeLimit, Drain: c.Drain, Log: p.log.With("worker", name), Observer: operations,
	}
	stop, err := c.serve(ctx, p, operations, metrics.Check{Name: "queue", Run: queue.Check})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if c.RetryDead {
		if err := retryDead(ctx, p, queue.Queue); err != nil {
			return err
		}
	}
	p.log.Info("ready", "worker", name, "model", strings.Join(offer.names(), ","), "digest", strings.Join(shelf.Models(), ","), "device", offer[0].model.Device())
	return worker.Run(ctx)
}

// retryDead puts the pictures that were given up back into the queue and says
// how many. If there is no room for all, the rest stays given up.
func retryDead(ctx context.Context, p *Process, queue *redisjobs.Queue) error {
	n, err := queue.RetryDead(ctx)
	if err != nil && !errors.Is(err, jobs.ErrQueueFull) {
		return fmt.Errorf("put back what was given up: %w", err)
	}
	stats, err := queue.Stats(ctx)
	if err != nil {
		return fmt.Errorf("count what is given up: %w", err)
	}
	_, err = fmt.Fprintf(p.Out, "%d of the pictures that were given up are in the queue again; %d stay given up\n", n, stats.DeadLetters)
	return err
}

// workerName is the worker's and no other's, not even its own after a restart.
func workerName() (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("name the worker: %w", err)
	}
	var unique [4]byte
	_, _ = rand.Read(unique[:]) // never fails
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), hex.EncodeToString(unique[:])), nil
}
