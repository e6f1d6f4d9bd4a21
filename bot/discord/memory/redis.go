package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is a memory on a Redis server, for several processes at once. Each
// table is a hash:
//
//	<prefix>{bot}:<table>   hash: name → value
type Redis struct {
	client redis.UniversalClient
	prefix string
}

// NewRedis returns the memory that the client's server keeps under names with
// the prefix.
func NewRedis(client redis.UniversalClient, prefix string) *Redis {
	return &Redis{client: client, prefix: prefix + "{bot}:"}
}

// Close closes the client.
func (r *Redis) Close() error { return r.client.Close() }

// errConflict says that somebody else changed the value in between.
var errConflict = errors.New("the value was changed by others again and again")

// attempts at one change.
const attempts = 100

// scriptChange puts a value in place of the one that was read, and returns
// whether that was still there.
//
//	KEYS  the table
//	ARGV  the name, "1" if there was a value, that value, "1" if there is a new
//	      one, that
var scriptChange = redis.NewScript(`
local had = redis.call('HGET', KEYS[1], ARGV[1])
if (had and '1' or '0') ~= ARGV[2] or (had or '') ~= ARGV[3] then
	return 0
end
if ARGV[4] == '1' then
	redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
else
	redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1`)

// Get returns a value; nil if there is none.
func (r *Redis) Get(ctx context.Context, table, name string) ([]byte, error) {
	value, err := r.client.HGet(ctx, r.prefix+table, name).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask the bot's memory on Redis: %w", err)
	}
	return value, nil
}

// Change puts what change makes of a value in its place. Nil stands for no
// value, both ways. Change is called again when somebody else was faster. The
// error is that of change, or of the server; after one of the server the value
// may have been changed or not.
func (r *Redis) Change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error {
	for attempt := 1; ; attempt++ {
		old, err := r.Get(ctx, table, name)
		if err != nil {
			return err
		}
		value, err := change(old)
		if err != nil {
			return err
		}
		if len(value) > MaxBytes {
			return ErrTooLarge
		}
		if bytes.Equal(value, old) && (value == nil) == (old == nil) {
			return nil
		}
		done, err := scriptChange.Run(ctx, r.client, []string{r.prefix + table}, name, old != nil, old, value != nil, value).Bool()
		if err != nil {
			return fmt.Errorf("change the bot's memory on Redis: %w", err)
		}
		if done {
			return nil
		}
		if attempt == attempts {
			return fmt.Errorf("change the bot's memory on Redis: %w", errConflict)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(time.Duration(attempt) * time.Millisecond)): // those who collided do not meet again
		}
	}
}

// Each calls visit with every value of a table, in no order, and stops at its
// first error. A value that is changed meanwhile may be seen as it was.
func (r *Redis) Each(ctx context.Context, table string, visit func(name string, value []byte) error) error {
	const batch = 500
	seen := map[string]bool{}
	for cursor := uint64(0); ; {
		fields, next, err := r.client.HScan(ctx, r.prefix+table, cursor, "", batch).Result()
		if err != nil {
			return fmt.Errorf("read the bot's memory on Redis: %w", err)
		}
		for i := 1; i < len(fields); i += 2 {
			// A scan may return a name twice.
			if name := fields[i-1]; !seen[name] {
				seen[name] = true
				if err := visit(name, []byte(fields[i])); err != nil {
					return err
				}
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
