package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pentimento/bot/discord/records/redis"
)

// leaseFor is how long a bot waits for another process of the same bot to end:
// longer than one drains that was told to.
const leaseFor = 45 * time.Second

// takeLease has this process alone be the bot, with its shards, where the bot has a
// Redis. The context ends with the cause when another one takes over. With files,
// and without a queue, nothing is known of other processes.
func (c *serveCommand) takeLease(ctx context.Context, p *Process, bot string) (_ context.Context, release func() error, err error) {
	place := c.Store
	if !onRedis(place) && c.Engine == "queue" {
		place = c.Redis
	}
	if !onRedis(place) {
		return ctx, func() error { return nil }, nil
	}
	server, err := redisAt(p, place)
	if err != nil {
		return nil, nil, err
	}
	holder, err := workerName()
	if err != nil {
		return nil, nil, err
	}
	records := redis.New(server.ConnectOnce(), server.Prefix)
	waiting, cancel := context.WithTimeout(ctx, leaseFor)
	defer cancel()
	lease, err := records.Acquire(waiting, bot, holder, c.Shards.First, c.Shards.Last, c.Shards.Of, func(other string) {
		p.log.Warn("another process answers for this bot; waiting for it to end", "process", other)
	})
	if err != nil {
		if errors.Is(err, redis.ErrHeld) {
			err = fmt.Errorf("%w. Two would answer everything twice: stop it, or give each other --shards", err)
		}
		return nil, nil, errors.Join(err, records.Close())
	}
	return hold(ctx, lease, records)
}

// hold keeps the lease until release is called or another process has it.
func hold(ctx context.Context, lease *redis.Lease, records *redis.Records) (context.Context, func() error, error) {
	ours, end := context.WithCancelCause(ctx)
	holding, stop := context.WithCancel(context.WithoutCancel(ctx))
	held := make(chan error, 1)
	go func() {
		err := lease.Hold(holding)
		if err != nil {
			end(err)
		}
		held <- err
	}()
	release := func() error {
		stop()
		lost := <-held
		end(nil)
		if lost != nil {
			return errors.Join(lost, records.Close())
		}
		giving, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		// If Redis is away, the next process waits a little longer.
		_ = lease.Release(giving)
		return records.Close()
	}
	return ours, release, nil
}
