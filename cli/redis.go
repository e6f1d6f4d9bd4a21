package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	redisjobs "pentimento/jobs/redis"
	"pentimento/session/redis/conn"
)

// redisFlags say where Redis is.
type redisFlags struct {
	Redis string `help:"Redis: redis://[user@]host[:port][/database], rediss:// for TLS, redis+sentinel://host,…/master or redis+cluster://host,…; passwords from PENTIMENTO_REDIS_PASSWORD and PENTIMENTO_REDIS_SENTINEL_PASSWORD." default:"redis://127.0.0.1:6379" placeholder:"URL"`
}

// server reads the flags, and from the environment what an address has no place
// for: passwords, and the user of Sentinels.
func (f *redisFlags) server(p *Process) (conn.Options, error) {
	options, err := conn.Parse(f.Redis)
	options.Password = p.Getenv("PENTIMENTO_REDIS_PASSWORD")
	options.SentinelUser = p.Getenv("PENTIMENTO_REDIS_SENTINEL_USER")
	options.SentinelPassword = p.Getenv("PENTIMENTO_REDIS_SENTINEL_PASSWORD")
	return options, err
}

// sharedQueue is a queue in Redis with the connections that it owns.
type sharedQueue struct {
	*redisjobs.Queue
	client redis.UniversalClient
}

// Close closes the queue and its connections.
func (q sharedQueue) Close() error { return errors.Join(q.Queue.Close(), q.client.Close()) }

// connect returns connections to Redis, none of them made yet.
func (f *redisFlags) connect(p *Process) (redis.UniversalClient, conn.Options, error) {
	o, err := f.server(p)
	if err != nil {
		return nil, o, err
	}
	conn.LogTo(p.log)
	return o.Connect(), o, nil
}

// openQueue opens the queue that all bots and workers share.
func (f *redisFlags) openQueue(ctx context.Context, p *Process, options redisjobs.Options) (sharedQueue, error) {
	client, o, err := f.connect(p)
	if err != nil {
		return sharedQueue{}, err
	}
	options.Prefix = o.Prefix + "{jobs}:"
	queue, err := redisjobs.New(ctx, client, options)
	if err != nil {
		return sharedQueue{}, errors.Join(fmt.Errorf("%s: %w", f.Redis, err), client.Close())
	}
	return sharedQueue{queue, client}, nil
}
