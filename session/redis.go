package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/session/blobs"
)

// Redis is a [Store] on a Redis server of version 6.2 or later, for several
// processes at once. What Update returned without an error is in Redis; how
// much of that outlives the server is for its own settings to say (appendonly,
// appendfsync, and maxmemory-policy, which must be noeviction).
//
// redis_layout.go says what is kept where, redis_retry.go what happens when
// the server is away.
type Redis struct {
	// Blobs have connections of their own: behind a large value the small
	// ones of a session would wait.
	client, blobs redis.UniversalClient
	// bucket keeps the blobs instead, if there is one.
	bucket   *blobs.Store
	keys     redisKeys
	ttl      time.Duration
	patience time.Duration
	recent   recentTurns

	mu     sync.RWMutex // held for reading by requests, for writing by Close
	closed bool
}

// OpenRedis connects to the server, to see that it answers. Its errors are
// [ErrUnavailable], [ErrDenied] and [ErrInvalid].
func OpenRedis(ctx context.Context, options RedisOptions) (*Redis, error) {
	if err := options.validate(); err != nil {
		return nil, err
	}
	r := &Redis{
		client: options.client(), blobs: options.client(), bucket: options.Blobs,
		keys: redisKeys(options.Prefix), ttl: options.TTL, patience: options.Patience,
	}
	err := r.try(ctx, "connect to", func(ctx context.Context) error { return r.client.Ping(ctx).Err() })
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Load implements [Store].
func (r *Redis) Load(ctx context.Context, key Key) (*Session, error) {
	if err := r.enter(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	var s *Session
	err := r.try(ctx, "read a session from", func(ctx context.Context) error {
		had, err := r.read(ctx, key)
		if err != nil {
			return err
		}
		s, err = r.recent.loaded(key, had.records)
		return err
	})
	return s, err
}

// Update implements [Store].
func (r *Redis) Update(ctx context.Context, key Key, change func(*Session) error) (s *Session, err error) {
	if err := r.enter(ctx, key.validate()); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	var refused error
	err = r.try(ctx, "keep a session in", func(ctx context.Context) error {
		s, refused, err = r.update(ctx, key, change)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case refused != nil:
		return nil, refused
	}
	return s, nil
}

// update lets change work on what is stored, and returns its error as refused.
// The error is errConflict if another update came between.
func (r *Redis) update(ctx context.Context, key Key, change func(*Session) error) (s *Session, refused, err error) {
	had, err := r.read(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	if s, err = r.recent.loaded(key, had.records); err != nil {
		return nil, nil, err
	}
	next, refused := r.recent.apply(s, had.records, change)
	if refused != nil || next.equal(had.records) {
		return s, refused, nil
	}
	return s, nil, r.write(ctx, key, had, next)
}

// List implements [Store].
func (r *Redis) List(ctx context.Context, user string) ([]Key, error) {
	if err := r.enter(ctx, validateName("user", user)); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	var keys []Key
	err := r.try(ctx, "list the sessions in", func(ctx context.Context) (err error) {
		keys, err = r.list(ctx, user)
		return err
	})
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.Place, b.Place) })
	return keys, err
}

// list returns the user's sessions and takes expired ones out of the index.
func (r *Redis) list(ctx context.Context, user string) ([]Key, error) {
	places, err := r.client.SMembers(ctx, r.keys.places(user)).Result()
	if err != nil {
		return nil, err
	}
	there := make([]*redis.Cmd, len(places))
	for batch := range slices.Chunk(indices(len(places)), redisBatch) {
		_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, i := range batch {
				key := Key{User: user, Place: places[i]}
				there[i] = scriptListed.Eval(ctx, p, []string{r.keys.session(key), r.keys.places(user)}, places[i])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var keys []Key
	for i, place := range places {
		key := Key{User: user, Place: place}
		if is, err := there[i].Bool(); err != nil {
			return nil, err
		} else if is && key.validate() == nil {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// redisBatch is how many commands are sent before their answers are read.
const redisBatch = 500

// indices returns 0 … n-1.
func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Delete implements [Store].
func (r *Redis) Delete(ctx context.Context, key Key) error {
	if err := r.enter(ctx, key.validate()); err != nil {
		return err
	}
	defer r.mu.RUnlock()
	if r.bucket != nil {
		if err := r.bucket.Drop(ctx, blobs.Owner(key)); err != nil {
			return err
		}
	}
	return r.try(ctx, "delete a session from", func(ctx context.Context) error {
		if err := r.unshare(ctx, key.User, key.Place); err != nil {
			return err
		}
		blobs, err := r.blobKeys(ctx, key)
		if err != nil {
			return err
		}
		_, err = r.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Unlink(ctx, r.keys.session(key))
			for batch := range slices.Chunk(blobs, redisBatch) {
				p.Unlink(ctx, batch...)
			}
			p.SRem(ctx, r.keys.places(key.User), key.Place)
			return nil
		})
		return err
	})
}

// Forget implements [Store]. It looks at the name of every key on the server
// that has the user's, so that it finds also what no index leads to.
func (r *Redis) Forget(ctx context.Context, user string) error {
	if err := r.enter(ctx, validateName("user", user)); err != nil {
		return err
	}
	defer r.mu.RUnlock()
	defer r.recent.clear()
	var pictures error // that cannot be reached keep nothing else from going
	if r.bucket != nil {
		pictures = r.bucket.Forget(ctx, user)
	}
	return errors.Join(pictures, r.try(ctx, "forget a user in", func(ctx context.Context) error {
		if err := r.unshare(ctx, user, ""); err != nil {
			return err
		}
		return r.removeMatching(ctx, user, r.keys.ofUser(user))
	}))
}

// removeMatching removes the user's keys that match a pattern.
func (r *Redis) removeMatching(ctx context.Context, user, pattern string) error {
	server, err := r.serverOf(ctx, user)
	if err != nil {
		return err
	}
	for cursor := uint64(0); ; {
		var found []string
		if found, cursor, err = server.Scan(ctx, cursor, pattern, 1000).Result(); err != nil {
			return err
		}
		if len(found) > 0 {
			if err := server.Unlink(ctx, found...).Err(); err != nil {
				return err
			}
		}
		if cursor == 0 {
			return nil
		}
	}
}

// serverOf returns the server that has the user's keys: in a cluster, one
// of many.
func (r *Redis) serverOf(ctx context.Context, user string) (redis.Cmdable, error) {
	if cluster, ok := r.client.(*redis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, r.keys.places(user))
	}
	return r.client, nil
}

// Close implements [Store].
func (r *Redis) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	r.recent.clear()
	err := errors.Join(r.client.Close(), r.blobs.Close())
	if r.bucket != nil {
		err = errors.Join(err, r.bucket.Close())
	}
	if err != nil {
		return fmt.Errorf("close the connections to Redis: %w", err)
	}
	return nil
}

// enter locks the store for a request that is in order so far, or returns why
// it cannot be served.
func (r *Redis) enter(ctx context.Context, invalid error) error {
	if invalid != nil {
		return invalid
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.RLock()
	if r.closed {
		r.mu.RUnlock()
		return ErrClosed
	}
	return nil
}
