package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	redisjobs "pentimento/jobs/redis"
	"pentimento/session/redis/conn"
)

// redisFlags say where Redis is.
type redisFlags struct {
	Redis string `help:"Redis: redis://[user@]host[:port][/database], rediss:// for TLS, redis+sentinel://host,…/master or redis+cluster://host,…; passwords from PENTIMENTO_REDIS_PASSWORD and PENTIMENTO_REDIS_SENTINEL_PASSWORD." default:"redis://127.0.0.1:6379" placeholder:"URL"`
}

// redisAt is Redis at an address, with what has no place in that and comes from
// the environment: passwords, and the user of Sentinels.
func redisAt(p *Process, address string) (conn.Options, error) {
	conn.LogTo(p.log)
	options, err := conn.Parse(address)
	options.Password = p.Getenv("PENTIMENTO_REDIS_PASSWORD")
	options.SentinelUser = p.Getenv("PENTIMENTO_REDIS_SENTINEL_USER")
	options.SentinelPassword = p.Getenv("PENTIMENTO_REDIS_SENTINEL_PASSWORD")
	return options, err
}

// sharedQueue is a queue in Redis with the connections that it owns.
type sharedQueue struct {
	*redisjobs.Queue
	connections io.Closer
}

// Close closes the queue and its connections.
func (q sharedQueue) Close() error { return errors.Join(q.Queue.Close(), q.connections.Close()) }

// openQueue opens the queue that all bots and workers share.
func (f *redisFlags) openQueue(ctx context.Context, p *Process, options redisjobs.Options) (sharedQueue, error) {
	server, err := redisAt(p, f.Redis)
	if err != nil {
		return sharedQueue{}, err
	}
	client := server.Connect()
	options.Prefix = server.Prefix + "{jobs}:"
	queue, err := redisjobs.New(ctx, client, options)
	if err != nil {
		return sharedQueue{}, errors.Join(fmt.Errorf("%s: %w", f.Redis, err), client.Close())
	}
	return sharedQueue{queue, client}, nil
}
