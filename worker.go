package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"pentimento/bot"
	"pentimento/bot/jobs"
	"pentimento/bot/jobs/redisjobs"
	"pentimento/editor"
	"pentimento/metrics"
	"pentimento/session"
)

// workerCommand is `pentimento worker`.
type workerCommand struct {
	modelFlags
	redisFlags
	operationFlags
	cacheFlags `embed:"" prefix:"cache-" set:"memory=512"`
	Slots      int           `help:"Pictures drawn at once." default:"1"`
	TimeLimit  time.Duration `help:"How long drawing a picture may take." default:"5m"`
	Drain      time.Duration `help:"How long to go on drawing after SIGTERM; what is unfinished then goes to another worker." default:"30s"`
}

// Run draws pictures for the bots on the same Redis until SIGTERM or an
// interrupt; a second interrupt ends it at once.
func (c *workerCommand) Run(w *world) (err error) {
	ctx, stopListening := signal.NotifyContext(w.ctx, os.Interrupt)
	defer stopListening()
	context.AfterFunc(ctx, stopListening)
	queue, err := c.openQueue(w, "worker")
	if err != nil {
		return err
	}
	defer closeInto(&err, queue)
	model, err := c.open(w)
	if err != nil {
		return err
	}
	defer closeInto(&err, model)
	name, err := workerName()
	if err != nil {
		return err
	}
	cache, err := c.openCache(w, c.Redis)
	if err != nil {
		return err
	}
	defer closeInto(&err, cache)
	operations := metrics.New()
	operations.Queue(queue.Stats)
	operations.Cache(cache.Stats)
	worker := &jobs.Worker{
		Name: name, Source: queue, Engine: bot.Drawer{Engine: editor.NewCached(model, cache.Cache)}, Slots: c.Slots,
		TimeLimit: c.TimeLimit, Drain: c.Drain, Log: w.log.With("worker", name), Observer: operations,
	}
	stop, err := c.serve(w, operations, metrics.Check{Name: "queue", Run: queue.Check})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	w.log.Info("ready", "worker", name, "model", model.Name(), "digest", model.Digest(), "device", model.Device())
	return worker.Run(ctx)
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

// redisFlags say where Redis is.
type redisFlags struct {
	Redis string `help:"Redis: redis://[user@]host[:port][/database], rediss:// for TLS, redis+sentinel://host,…/master or redis+cluster://host,…; passwords from PENTIMENTO_REDIS_PASSWORD and PENTIMENTO_REDIS_SENTINEL_PASSWORD." default:"redis://127.0.0.1:6379" placeholder:"URL"`
}

// redisOptions reads the flags, and the passwords from the environment alone.
func (f *redisFlags) redisOptions(w *world) (session.RedisOptions, error) {
	options, err := session.ParseRedis(f.Redis)
	options.Password = w.getenv("PENTIMENTO_REDIS_PASSWORD")
	options.SentinelPassword = w.getenv("PENTIMENTO_REDIS_SENTINEL_PASSWORD")
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
func (f *redisFlags) connect(w *world) (redis.UniversalClient, session.RedisOptions, error) {
	o, err := f.redisOptions(w)
	if err != nil {
		return nil, o, err
	}
	session.LogRedis(w.log)
	return redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs: o.Addresses, MasterName: o.Master, IsClusterMode: o.Cluster, DB: o.Database,
		Username: o.User, Password: o.Password, SentinelUsername: o.SentinelUser, SentinelPassword: o.SentinelPassword,
		TLSConfig: o.TLS, ContextTimeoutEnabled: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}), o, nil
}

// openQueue opens the queue that all bots and workers share. The asker is who
// submits to it.
func (f *redisFlags) openQueue(w *world, asker string) (sharedQueue, error) {
	client, o, err := f.connect(w)
	if err != nil {
		return sharedQueue{}, err
	}
	queue, err := redisjobs.New(w.ctx, client, redisjobs.Options{Asker: asker, Prefix: o.Prefix + "{jobs}:"})
	if err != nil {
		return sharedQueue{}, errors.Join(fmt.Errorf("%s: %w", f.Redis, err), client.Close())
	}
	return sharedQueue{queue, client}, nil
}

// operationFlags say where operators look.
type operationFlags struct {
	Metrics string `help:"Serve /metrics, /healthz and /readyz on this address, such as 127.0.0.1:9090; not served if empty." placeholder:"HOST:PORT"`
}

// serve answers operators until stop is called.
func (f *operationFlags) serve(w *world, m *metrics.Metrics, checks ...metrics.Check) (stop func() error, err error) {
	if f.Metrics == "" {
		return func() error { return nil }, nil
	}
	l, err := net.Listen("tcp", f.Metrics)
	if err != nil {
		return nil, fmt.Errorf("serve metrics: %w", err)
	}
	w.log.Info("metrics", "address", l.Addr().String())
	// Not w.ctx: while the program drains, operators may look.
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.ctx))
	ended := make(chan error, 1)
	go func() { ended <- metrics.Serve(ctx, l, m.Handler(checks...)) }()
	return sync.OnceValue(func() error { cancel(); return <-ended }), nil
}
