// Package attentionstore keeps the attention cache's second tier in Redis (6.2
// or later), so that any of several processes finds the maps that another one
// computed.
//
// Start with [New]. [Store] implements [attention.Store]; layout.go says what
// is kept where. Everything here may be lost at any time: every key has an
// expiry, every place and the whole have a budget of bytes, and the turns that
// were not used for longest go first. The whole also gives way to what else is on
// the server: see pressure.go. Of what another process writes at the
// same moment some may be missing; who reads checks every chunk.
package attentionstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"pentimento/editor/attention"
	"pentimento/session"
	"pentimento/session/redis/conn"
)

// Options of a [Store].
type Options struct {
	// Prefix begins the name of every key; "pentimento:" if empty.
	Prefix string
	// TTL is how long a turn is kept that nobody uses; a day if zero.
	TTL time.Duration
	// PlaceBytes is the budget of each session, 128 MiB if zero, and
	// TotalBytes that of all, 1 GiB if zero.
	PlaceBytes, TotalBytes int64
}

// batch is how many chunks are sent or asked for at once: what is on its way
// has to fit in memory on both sides.
const batch = 8

// maxChunks bounds the chunks of a turn.
const maxChunks = 4096

// A Store keeps chunks in Redis.
type Store struct {
	client redis.UniversalClient
	o      Options
	keys   keys
}

// New returns a store on a server, through Sentinels or on a cluster. The
// client is the caller's to close. Nothing else should use it: behind chunks of
// a mebibyte the small requests of sessions and jobs would wait for a
// connection. Its option ContextTimeoutEnabled should be set, so that a server
// that does not answer holds up a drawing no longer than the cache waits.
func New(client redis.UniversalClient, o Options) *Store {
	if o.Prefix == "" {
		o.Prefix = conn.Prefix
	}
	if o.TTL == 0 {
		o.TTL = 24 * time.Hour
	}
	if o.PlaceBytes == 0 {
		o.PlaceBytes = 128 << 20
	}
	if o.TotalBytes == 0 {
		o.TotalBytes = 1 << 30
	}
	return &Store{client: client, o: o, keys: keys(o.Prefix)}
}

// Put implements [attention.Store]. A turn that is larger than a budget is not
// kept, without an error.
func (s *Store) Put(ctx context.Context, owner attention.Owner, key attention.Key, chunks [][]byte) error {
	t := turnOf(owner, key)
	var size int64
	for _, chunk := range chunks {
		if len(chunk) > attention.MaxChunk {
			return fmt.Errorf("keep maps in Redis: a chunk of %d bytes", len(chunk))
		}
		size += int64(len(chunk))
	}
	budget, err := s.budget(ctx)
	if err != nil {
		return err
	}
	if size > min(s.o.PlaceBytes, budget) || len(chunks) > maxChunks {
		return nil
	}
	if err := s.makeRoom(ctx, t, len(chunks), size, budget); err != nil {
		return fmt.Errorf("make room for maps in Redis: %w", err)
	}
	if err := s.write(ctx, t, chunks); err != nil {
		// What was written of it is of no use, and Redis may be full.
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return errors.Join(fmt.Errorf("keep maps in Redis: %w", err), s.drop(undo, []kept{{t, len(chunks)}}, turn{}))
	}
	return nil
}

// makeRoom enters a turn into its place's index and into that of all turns,
// and removes those that have to go for it.
func (s *Store) makeRoom(ctx context.Context, t turn, chunks int, size, budget int64) error {
	// First what leads Forget to all the rest.
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.SAdd(ctx, s.keys.places(t.user), t.place)
		p.PExpire(ctx, s.keys.places(t.user), s.o.TTL)
		return nil
	})
	if err != nil {
		return err
	}
	gone, err := s.admit(ctx, s.keys.place(t), t.key, chunks, size, s.o.PlaceBytes)
	if err != nil {
		return err
	}
	for i := range gone {
		gone[i].turn.user, gone[i].turn.place = t.user, t.place
	}
	if err := s.drop(ctx, gone, t); err != nil {
		return err
	}
	gone, err = s.admit(ctx, s.keys.all(), t.String(), chunks, size, budget)
	if err != nil {
		return err
	}
	return s.dropNamed(ctx, gone, t)
}

// dropNamed is drop for turns that the index of all turns names.
func (s *Store) dropNamed(ctx context.Context, gone []kept, entered turn) (err error) {
	for i := range gone {
		if gone[i].turn, err = parseTurn(gone[i].turn.key); err != nil {
			return err
		}
	}
	return s.drop(ctx, gone, entered)
}

// A kept is a turn and its number of chunks, as an index has it.
type kept struct {
	turn   turn
	chunks int
}

// admit runs the script of that name on an index. The turns that it returns
// have the index's names for their keys.
func (s *Store) admit(ctx context.Context, index index, name string, chunks int, size, budget int64) ([]kept, error) {
	gone, err := scriptAdmit.Run(ctx, s.client, index.keys(), name, chunks, size, budget, s.o.TTL.Milliseconds()).StringSlice()
	if err != nil {
		return nil, err
	}
	return parseKept(gone)
}

// write sends the chunks, a few at a time, and takes them back if the user was
// forgotten meanwhile.
func (s *Store) write(ctx context.Context, t turn, chunks [][]byte) error {
	for from := 0; from < len(chunks); from += batch {
		_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := from; i < min(from+batch, len(chunks)); i++ {
				scriptKeep.Eval(ctx, p, []string{s.keys.chunk(t, i)}, chunks[i], s.o.TTL.Milliseconds())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	there, err := s.client.SIsMember(ctx, s.keys.places(t.user), t.place).Result()
	if err != nil || there {
		return err
	}
	return s.drop(ctx, []kept{{t, len(chunks)}}, turn{})
}

// Get implements [attention.Store]. It renews the turn's expiry.
func (s *Store) Get(ctx context.Context, owner attention.Owner, key attention.Key, most int) ([][]byte, error) {
	t := turnOf(owner, key)
	n, err := scriptUse.Run(ctx, s.client, append(s.keys.place(t).keys(), s.keys.places(t.user)), t.key, s.o.TTL.Milliseconds()).Int()
	if err != nil {
		return nil, fmt.Errorf("find maps in Redis: %w", err)
	}
	if err := scriptUse.Run(ctx, s.client, s.keys.all().keys(), t.String(), s.o.TTL.Milliseconds()).Err(); err != nil {
		return nil, fmt.Errorf("find maps in Redis: %w", err)
	}
	n = min(n, most, maxChunks)
	chunks := make([][]byte, 0, n)
	for from := 0; from < n; from += batch {
		var found []*redis.StringCmd
		_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := from; i < min(from+batch, n); i++ {
				// Not GET: whatever lies there, no more is read.
				found = append(found, p.GetRange(ctx, s.keys.chunk(t, i), 0, attention.MaxChunk))
				p.PExpire(ctx, s.keys.chunk(t, i), s.o.TTL)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read maps from Redis: %w", err)
		}
		for _, f := range found {
			if chunk := f.Val(); chunk != "" {
				chunks = append(chunks, []byte(chunk))
			}
		}
	}
	return chunks, nil
}

// Forget implements [attention.Store].
func (s *Store) Forget(ctx context.Context, user string) error {
	// Those who write something of the user stop before it is looked for.
	err := s.client.Publish(ctx, s.keys.forgotten(), user).Err()
	if err = errors.Join(err, s.forget(ctx, session.HashName(user))); err != nil {
		return fmt.Errorf("forget maps in Redis: %w", err)
	}
	return nil
}

// forget removes what is kept of a user, by hashed name. It looks at every key
// and every name in the index of all turns: what leads to a chunk may be lost
// before the chunk is.
func (s *Store) forget(ctx context.Context, user string) error {
	// First what tells those who are writing.
	if err := s.client.Unlink(ctx, s.keys.places(user)).Err(); err != nil {
		return err
	}
	if err := conn.UnlinkMatching(ctx, s.client, s.keys.places(user), s.keys.places(user)); err != nil {
		return err
	}
	// In an index are turns and their values in turn. No value is a turn's name,
	// so that removing both removes the turns.
	all := s.keys.all()
	sizes := func(cursor uint64) ([]string, uint64, error) {
		return s.client.HScan(ctx, all.sizes, cursor, user+":*", 1000).Result()
	}
	if err := conn.EachScanned(sizes, func(found []string) error { return s.client.HDel(ctx, all.sizes, found...).Err() }); err != nil {
		return err
	}
	used := func(cursor uint64) ([]string, uint64, error) {
		return s.client.ZScan(ctx, all.used, cursor, user+":*", 1000).Result()
	}
	return conn.EachScanned(used, func(found []string) error { return s.client.ZRem(ctx, all.used, found).Err() })
}

// drop removes turns, and their names from both indexes. Of the turn that is
// entered there anew only the old chunks go.
func (s *Store) drop(ctx context.Context, gone []kept, entered turn) error {
	for _, k := range gone {
		place, all := s.keys.place(k.turn), s.keys.all()
		_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := range min(k.chunks, maxChunks) {
				p.Unlink(ctx, s.keys.chunk(k.turn, i))
			}
			if k.turn == entered {
				return nil
			}
			p.ZRem(ctx, place.used, k.turn.key)
			p.HDel(ctx, place.sizes, k.turn.key)
			p.ZRem(ctx, all.used, k.turn.String())
			p.HDel(ctx, all.sizes, k.turn.String())
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
