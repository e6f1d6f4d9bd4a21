package cli

import (
	"context"
	"io"
	"log/slog"
	"sync"

	"pentimento/editor/attention"
	"pentimento/jobs/attentionstore"
)

// cacheFlags say how much is kept of what drawing computed, so that the next
// edit need not compute it again. ${memory} is the command's default.
type cacheFlags struct {
	Memory int64  `help:"MiB of memory for the attention cache; 0 keeps the last picture's latents only." default:"${memory}"`
	Shared int64  `help:"MiB in Redis, if that is used, for the attention cache of all processes there, and at most half of what everything else there leaves free; 0 for none." default:"1024"`
	Server string `help:"Redis for the attention cache alone, as for --store; without it the cache is where the conversations or the jobs are. Its password is in PENTIMENTO_CACHE_REDIS_PASSWORD, or the same." name:"redis" placeholder:"URL"`
	Coding string `help:"How attention maps are written to Redis: exact, or quantised to 8 bits a number, which takes a third of the room, and then a picture may differ by a level from what its recipe gives elsewhere. All processes there need the same." enum:"exact,quantised" default:"exact"`
}

// An engineCache is the attention cache of an engine in this process, with
// what it needs of Redis.
type engineCache struct {
	*attention.Cache
	shared *sharedMaps // nil without Redis
	stores bool        // that shared is the cache's second tier
}

// openCache opens the attention cache for an engine whose conversations or
// jobs are at place: in Redis if it is an address of that, otherwise in a file.
func (f cacheFlags) openCache(ctx context.Context, p *Process, place string) (*engineCache, error) {
	options := attention.Options{Bytes: f.bytes(), Log: p.log}
	if f.Server == "" && !onRedis(place) {
		return &engineCache{Cache: attention.New(options)}, nil
	}
	shared, err := f.openSharedMaps(p, place)
	if err != nil {
		return nil, err
	}
	if f.Shared > 0 {
		options.Store = shared
	}
	if f.Coding == "quantised" {
		options.Coding = attention.Quantised
	}
	c := &engineCache{attention.New(options), shared, f.Shared > 0}
	shared.watch(ctx, p.log, c.Cache)
	if f.Shared > 0 {
		shared.tend(ctx, p.log)
	}
	return c, nil
}

// bytes is the memory's budget as attention.Options takes it, where 0 would
// mean the usual one.
func (f cacheFlags) bytes() int64 {
	if f.Memory <= 0 {
		return -1
	}
	return f.Memory << 20
}

// Forget implements [session.Forgetter].
func (c *engineCache) Forget(ctx context.Context, user string) error {
	if c.shared == nil || c.stores {
		return c.Cache.Forget(ctx, user)
	}
	c.Drop(user)
	return c.shared.Forget(ctx, user) // other processes may have more
}

// Close waits for what is being written and closes the connections.
func (c *engineCache) Close() error {
	c.Cache.Close()
	if c.shared == nil {
		return nil
	}
	return c.shared.Close()
}

// sharedMaps is the attention cache's tier in Redis. Its connections are no
// others': behind chunks of a mebibyte small requests would wait.
type sharedMaps struct {
	*attentionstore.Store
	connections io.Closer
	stop        []context.CancelFunc // ends watching and tending
	ended       sync.WaitGroup
}

// openSharedMaps opens the tier in Redis, at an address unless the cache has a Redis
// of its own. A bot whose workers draw needs no more of the cache than this, to
// forget users.
func (f cacheFlags) openSharedMaps(p *Process, address string) (*sharedMaps, error) {
	if f.Server != "" {
		address = f.Server
	}
	server, err := redisAt(p, address)
	if err != nil {
		return nil, err
	}
	if password := p.Getenv("PENTIMENTO_CACHE_REDIS_PASSWORD"); f.Server != "" && password != "" {
		server.Password = password
	}
	client := server.Connect()
	return &sharedMaps{
		Store:       attentionstore.New(client, attentionstore.Options{Prefix: server.Prefix, TotalBytes: f.Shared << 20}),
		connections: client,
	}, nil
}

// watch drops from memory what other processes forget, until s is closed.
func (s *sharedMaps) watch(ctx context.Context, log *slog.Logger, memory *attention.Cache) {
	s.goOn(ctx, func(ctx context.Context) {
		if err := s.Watch(ctx, memory.Drop, memory.Clear); err != nil {
			log.Warn("what other processes forget is no longer heard of", "reason", err)
		}
	})
}

// tend has the tier give way to what else is on its server, until s is closed.
func (s *sharedMaps) tend(ctx context.Context, log *slog.Logger) {
	s.goOn(ctx, func(ctx context.Context) {
		if err := s.Tend(ctx); err != nil {
			log.Warn("the attention cache does not give way when Redis fills up", "reason", err)
		}
	})
}

// goOn does something until s is closed. The end of ctx does not end it: a program
// that drains still draws.
func (s *sharedMaps) goOn(ctx context.Context, do func(context.Context)) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = append(s.stop, stop)
	s.ended.Go(func() { do(ctx) })
}

// Close ends watching and tending, and closes the connections.
func (s *sharedMaps) Close() error {
	for _, stop := range s.stop {
		stop()
	}
	s.ended.Wait()
	return s.connections.Close()
}
