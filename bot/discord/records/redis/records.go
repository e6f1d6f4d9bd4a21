// Package redis keeps a bot's records on a Redis server, for several processes
// at once. Start at [New].
package redis

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/bot/discord/records"
	"pentimento/session/redis/conn"
)

// Records are the records on a server. Each table is a hash:
//
//	<prefix>{bot}:<table>    hash: name → value
//	<prefix>{bot}:done:<w>   the mark of change w, for as long as it may be sent
//	                         again
//
// While the server does not answer, they wait for as long as their callers do.
type Records struct {
	client goredis.UniversalClient
	prefix string
}

// New returns the records that the client's server keeps under names with the
// prefix. The client must not repeat requests by itself, as one of
// [conn.Options.ConnectOnce].
func New(client goredis.UniversalClient, prefix string) *Records {
	return &Records{client: client, prefix: prefix + "{bot}:"}
}

// Erase does nothing: Redis keeps no value that was removed. Its own log of
// changes is the operator's to write anew.
func (r *Records) Erase(context.Context) error { return nil }

// Close closes the client.
func (r *Records) Close() error { return r.client.Close() }

// errConflict says that somebody else changed the value in between.
var errConflict = errors.New("the value was changed by others again and again")

// attempts at one change.
const attempts = 100

// doneFor is how long the mark of a change is kept. Nobody waits as long for one:
// package state gives up before.
const doneFor = 2 * time.Minute

// scriptChange puts a value in place of the one that was read, and returns
// whether that was still there. A change that is done is not done again.
//
//	KEYS  the table, the change's mark
//	ARGV  the name, "1" if there was a value, that value, "1" if there is a new
//	      one, that, how long to keep the mark in ms
var scriptChange = goredis.NewScript(`
if redis.call('EXISTS', KEYS[2]) == 1 then
	return 1
end
local had = redis.call('HGET', KEYS[1], ARGV[1])
if (had and '1' or '0') ~= ARGV[2] or (had or '') ~= ARGV[3] then
	return 0
end
if ARGV[4] == '1' then
	redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
else
	redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('SET', KEYS[2], '', 'PX', ARGV[6])
return 1`)

// Get returns a value; nil if there is none.
func (r *Records) Get(ctx context.Context, table, name string) (value []byte, err error) {
	err = conn.Retry(ctx, func(ctx context.Context) error {
		value, err = r.client.HGet(ctx, r.prefix+table, name).Bytes()
		return err
	}, conn.IsTransient)
	if errors.Is(err, goredis.Nil) {
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
func (r *Records) Change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error {
	left := attempts
	return conn.Retry(ctx, func(ctx context.Context) error { return r.change(ctx, table, name, change) }, func(err error) bool {
		left--
		return errors.Is(err, errConflict) && left > 0
	})
}

// change tries once; the error is errConflict if somebody else was faster.
func (r *Records) change(ctx context.Context, table, name string, change func(old []byte) ([]byte, error)) error {
	old, err := r.Get(ctx, table, name)
	if err != nil {
		return err
	}
	value, err := change(old)
	if err != nil {
		return err
	}
	if len(value) > records.MaxBytes {
		return records.ErrTooLarge
	}
	if bytes.Equal(value, old) && (value == nil) == (old == nil) {
		return nil
	}
	return r.replace(ctx, table, name, old, value)
}

// replace puts a value in place of the old one, once however often the server is
// told; the error is errConflict if that is no longer there.
func (r *Records) replace(ctx context.Context, table, name string, old, value []byte) error {
	keys := []string{r.prefix + table, r.prefix + "done:" + rand.Text()}
	err := conn.Retry(ctx, func(ctx context.Context) error {
		done, err := scriptChange.Run(ctx, r.client, keys, name, old != nil, old, value != nil, value, doneFor.Milliseconds()).Bool()
		if err == nil && !done {
			err = errConflict
		}
		return err
	}, conn.IsTransient)
	if err != nil {
		return fmt.Errorf("change the bot's memory on Redis: %w", err)
	}
	return nil
}

// Each calls visit with every value of a table, in no order, and stops at its
// first error. A value that is changed meanwhile may be seen as it was.
func (r *Records) Each(ctx context.Context, table string, visit func(name string, value []byte) error) error {
	seen := map[string]bool{}
	scan := func(cursor uint64) ([]string, uint64, error) {
		var fields []string
		var next uint64
		err := conn.Retry(ctx, func(ctx context.Context) (err error) {
			fields, next, err = r.client.HScan(ctx, r.prefix+table, cursor, "", 500).Result()
			return err
		}, conn.IsTransient)
		if err != nil {
			err = fmt.Errorf("read the bot's memory on Redis: %w", err)
		}
		return fields, next, err
	}
	return conn.EachScanned(scan, func(fields []string) error {
		for i := 1; i < len(fields); i += 2 {
			// A scan may return a name twice.
			if name := fields[i-1]; !seen[name] {
				seen[name] = true
				if err := visit(name, []byte(fields[i])); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
