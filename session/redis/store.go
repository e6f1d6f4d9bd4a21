// Package redis keeps sessions on a Redis server, for several processes at
// once. Start at [Open].
package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/redis/conn"
)

// Options of a [Store].
type Options struct {
	// Options say where the server is; start from [conn.Parse].
	conn.Options
	// TTL is how long a session is kept that nobody touches; 0 is for ever.
	TTL time.Duration
	// Blobs keeps the blobs, and is closed with the store; nil keeps them on
	// the server too.
	Blobs *blobs.Store
	// Patience is how long a request goes on when the server does not answer;
	// [conn.Patience] if zero, five minutes at most.
	Patience time.Duration
}

const maxPatience = 5 * time.Minute

// withDefaults fills in what is zero.
func (o Options) withDefaults() Options {
	if o.Patience == 0 {
		o.Patience = conn.Patience
	}
	return o
}

// validate reports whether the options make sense.
func (o Options) validate() error {
	switch {
	case o.TTL < 0 || o.TTL > 0 && o.TTL < time.Second:
		return fmt.Errorf("%w: sessions cannot expire after %v", session.ErrInvalid, o.TTL)
	case o.Patience < 0 || o.Patience > maxPatience:
		return fmt.Errorf("%w: patience with Redis is %v, up to %v is allowed", session.ErrInvalid, o.Patience, maxPatience)
	}
	return o.Options.Validate()
}

// Store is a [session.Store] on a Redis server of version 6.2 or later, for
// several processes at once. What Update returned without an error is in Redis;
// how much of that outlives the server is for its own settings to say
// (appendonly, appendfsync, and maxmemory-policy, which must be noeviction).
//
// layout.go says what is kept where, retry.go what happens when the server is
// away.
type Store struct {
	// Blobs have connections of their own: behind a large value the small
	// ones of a session would wait.
	client, blobs goredis.UniversalClient
	// bucket keeps the blobs instead, if there is one.
	bucket   *blobs.Store
	keys     keyNames
	ttl      time.Duration
	patience time.Duration
	codec    session.Codec

	mu     sync.RWMutex // held for reading by requests, for writing by Close
	closed bool
}

// Open connects to the server, to see that it answers. Its errors are
// [session.ErrUnavailable], [session.ErrDenied] and [session.ErrInvalid].
func Open(ctx context.Context, options Options) (*Store, error) {
	options = options.withDefaults()
	if err := options.validate(); err != nil {
		return nil, err
	}
	r := &Store{
		client: options.ConnectOnce(), blobs: options.ConnectOnce(), bucket: options.Blobs,
		keys: keyNames(options.Prefix), ttl: options.TTL, patience: options.Patience,
	}
	err := r.try(ctx, "connect to", func(ctx context.Context) error { return r.client.Ping(ctx).Err() })
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Load implements [session.Store].
func (r *Store) Load(ctx context.Context, key session.Key) (*session.Session, error) {
	if err := r.enter(ctx, key.Validate()); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	var s *session.Session
	err := r.try(ctx, "read a session from", func(ctx context.Context) error {
		had, err := r.read(ctx, key)
		if err != nil {
			return err
		}
		s, err = r.codec.Decode(key, had.Records)
		return err
	})
	return s, err
}

// Update implements [session.Store].
func (r *Store) Update(ctx context.Context, key session.Key, change func(*session.Session) error) (s *session.Session, err error) {
	if err := r.enter(ctx, key.Validate()); err != nil {
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
func (r *Store) update(ctx context.Context, key session.Key, change func(*session.Session) error) (s *session.Session, refused, err error) {
	had, err := r.read(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	if s, err = r.codec.Decode(key, had.Records); err != nil {
		return nil, nil, err
	}
	next, refused := r.codec.Apply(s, had.Records, change)
	if refused != nil || next.Equal(had.Records) {
		return s, refused, nil
	}
	return s, nil, r.write(ctx, key, had, next)
}

// List implements [session.Store].
func (r *Store) List(ctx context.Context, user string) ([]session.Key, error) {
	if err := r.enter(ctx, session.ValidateUser(user)); err != nil {
		return nil, err
	}
	defer r.mu.RUnlock()
	var keys []session.Key
	err := r.try(ctx, "list the sessions in", func(ctx context.Context) (err error) {
		keys, err = r.list(ctx, user)
		return err
	})
	slices.SortFunc(keys, func(a, b session.Key) int { return strings.Compare(a.Place, b.Place) })
	return keys, err
}

// list returns the user's sessions and takes expired ones out of the index.
func (r *Store) list(ctx context.Context, user string) ([]session.Key, error) {
	places, err := r.client.SMembers(ctx, r.keys.places(user)).Result()
	if err != nil {
		return nil, err
	}
	there := make([]*goredis.Cmd, len(places))
	for batch := range slices.Chunk(indices(len(places)), batchSize) {
		_, err := r.client.Pipelined(ctx, func(p goredis.Pipeliner) error {
			for _, i := range batch {
				key := session.Key{User: user, Place: places[i]}
				there[i] = scriptListed.Eval(ctx, p, []string{r.keys.session(key), r.keys.places(user)}, places[i])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var keys []session.Key
	for i, place := range places {
		key := session.Key{User: user, Place: place}
		if is, err := there[i].Bool(); err != nil {
			return nil, err
		} else if is && key.Validate() == nil {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// batchSize is how many commands are sent before their answers are read.
const batchSize = 500

// indices returns 0 … n-1.
func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Delete implements [session.Store].
func (r *Store) Delete(ctx context.Context, key session.Key) error {
	if err := r.enter(ctx, key.Validate()); err != nil {
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
		return conn.Transact(ctx, r.client, func(p goredis.Pipeliner) error {
			p.Unlink(ctx, r.keys.session(key))
			for batch := range slices.Chunk(blobs, batchSize) {
				p.Unlink(ctx, batch...)
			}
			p.SRem(ctx, r.keys.places(key.User), key.Place)
			return nil
		})
	})
}

// Forget implements [session.Store]. It looks at the name of every key on the server
// that has the user's, so that it finds also what no index leads to.
func (r *Store) Forget(ctx context.Context, user string) error {
	if err := r.enter(ctx, session.ValidateUser(user)); err != nil {
		return err
	}
	defer r.mu.RUnlock()
	defer r.codec.Clear()
	var pictures error // that cannot be reached keep nothing else from going
	if r.bucket != nil {
		pictures = r.bucket.Forget(ctx, user)
	}
	return errors.Join(pictures, r.try(ctx, "forget a user in", func(ctx context.Context) error {
		if err := r.unshare(ctx, user, ""); err != nil {
			return err
		}
		return conn.UnlinkMatching(ctx, r.client, r.keys.places(user), r.keys.user(user))
	}))
}

// Close implements [session.Store].
func (r *Store) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	r.codec.Clear()
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
func (r *Store) enter(ctx context.Context, invalid error) error {
	if invalid != nil {
		return invalid
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.RLock()
	if r.closed {
		r.mu.RUnlock()
		return session.ErrClosed
	}
	return nil
}
