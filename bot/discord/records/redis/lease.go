package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/session/redis/conn"
)

// A Lease is a process's right to be a bot, or some of its shards: with two that
// answer for the same, everybody would be answered twice. Whoever has it counts
// beats; another process takes it over when it has watched them stand still. No two
// clocks are compared.
//
//	<prefix>{bot}:lease:<bot>   hash: holder → "first last of beats"
type Lease struct {
	client goredis.UniversalClient
	key    string
	holder string
	shards string // "first last of"
	beats  uint64
}

// How often a lease's holder beats and those who wait look, and after how long
// without a beat they take it over.
const (
	beatEvery = time.Second
	lookEvery = 500 * time.Millisecond
	silence   = 5 * time.Second
	leaseKept = 24 * time.Hour // after the last beat of anybody
)

// ErrHeld says that another process has the lease.
var ErrHeld = errors.New("another process answers for this bot")

// scriptLease writes a holder's beat if nobody else has any of the shards, and
// returns those who have, with their values; none stands for all shards, which are
// in the way of any.
//
//	KEYS  the lease
//	ARGV  the holder, first, last, of, beats, how long to keep the lease in ms,
//	      then holders that are silent and their values
var scriptLease = goredis.NewScript(`
for i = 7, #ARGV, 2 do
	if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
		redis.call('HDEL', KEYS[1], ARGV[i])
	end
end
local first, last, of = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local others = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
	local f, l, o = string.match(all[i + 1], '^(%d+) (%d+) (%d+) ')
	f, l, o = tonumber(f), tonumber(l), tonumber(o)
	local apart = f and of > 0 and o == of and (l < first or last < f)
	if all[i] ~= ARGV[1] and not apart then
		others[#others + 1] = all[i]
		others[#others + 1] = all[i + 1]
	end
end
if #others == 0 then
	redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5])
	redis.call('PEXPIRE', KEYS[1], ARGV[6])
end
return others`)

// Acquire waits until no other process is the bot with any of those shards, First to
// Last of as many as Of, where an Of of 0 is all; holder names this process and no
// other. It tells waiting once who has the lease. When ctx ends the error is
// [ErrHeld], if somebody has it.
func (r *Records) Acquire(ctx context.Context, bot, holder string, first, last, of int, waiting func(holder string)) (*Lease, error) {
	l := &Lease{client: r.client, key: r.prefix + "lease:" + bot, holder: holder, shards: fmt.Sprintf("%d %d %d", first, last, of)}
	var watch beatWatch
	var silent []string
	for told := false; ; {
		others, err := l.beat(ctx, silent)
		if err == nil && len(others) == 0 {
			return l, nil
		}
		if err != nil && !conn.IsTransient(err) {
			return nil, fmt.Errorf("take the bot's lease on Redis: %w", err)
		}
		if len(others) > 0 && !told {
			told = true
			waiting(others[0])
		}
		silent = watch.look(time.Now(), others)
		select {
		case <-ctx.Done():
			if len(others) > 0 {
				return nil, fmt.Errorf("%w: %s", ErrHeld, others[0])
			}
			return nil, errors.Join(ctx.Err(), err)
		case <-time.After(lookEvery):
		}
	}
}

// Hold keeps the lease until ctx ends. The error is [ErrHeld] if another process has
// taken it over.
func (l *Lease) Hold(ctx context.Context) error {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		// While Redis is away nobody can take it over.
		if others, err := l.beat(ctx, nil); err == nil && len(others) > 0 {
			return fmt.Errorf("%w: %s has taken over", ErrHeld, others[0])
		}
	}
}

// Release lets others have the lease at once.
func (l *Lease) Release(ctx context.Context) error {
	if err := l.client.HDel(ctx, l.key, l.holder).Err(); err != nil {
		return fmt.Errorf("give back the bot's lease on Redis: %w", err)
	}
	return nil
}

// beat writes a beat and returns those who are in the way, holders and values in
// turn; those that are silent are removed first.
func (l *Lease) beat(ctx context.Context, silent []string) (others []string, err error) {
	l.beats++
	args := []any{l.holder}
	for part := range strings.FieldsSeq(l.shards) {
		args = append(args, part)
	}
	args = append(args, strconv.FormatUint(l.beats, 10), leaseKept.Milliseconds())
	for _, part := range silent {
		args = append(args, part)
	}
	return scriptLease.Run(ctx, l.client, []string{l.key}, args...).StringSlice()
}

// A beatWatch notices holders whose beats stand still.
type beatWatch struct {
	seen map[string]sighting
	last time.Time
}

// sighting is a value and when it was first seen.
type sighting struct {
	value string
	since time.Time
}

// look takes holders and their values as they are now, and returns those that have
// not changed for the time of silence. Who has been away between two looks begins
// anew: what was not watched is not silent.
func (w *beatWatch) look(now time.Time, others []string) (silent []string) {
	if w.seen == nil || now.Sub(w.last) > silence/2 {
		w.seen = map[string]sighting{}
	}
	w.last = now
	for i := 0; i+1 < len(others); i += 2 {
		holder, value := others[i], others[i+1]
		had, known := w.seen[holder]
		switch {
		case !known || had.value != value:
			w.seen[holder] = sighting{value, now}
		case now.Sub(had.since) >= silence:
			silent = append(silent, holder, value)
		}
	}
	return silent
}
