package redis

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/session"
	"pentimento/session/redis/conn"
)

// keyNames names the keys of the server; its value is the prefix of all.
//
//	<prefix>{<user>}:places            set: the places where the user has sessions
//	<prefix>{<user>}:session:<place>   hash: "state", the session without its turns;
//	                                   "1", "2" …, its turns; "born", which tells it
//	                                   from one that was deleted before
//	<prefix>{<user>}:done:<place>:<w>  the mark of write w, for as long as w may be
//	                                   sent again
//	<prefix>{<user>}:blobs:<place>     hash: digest → number of chunks
//	<prefix>{<user>}:chunk:<place>:<digest>:<i>   at most 1 MiB of a blob
//
// User and place are hashed, as [conn.UserKeys] says.
type keyNames string

func (k keyNames) user(user string) string { return conn.UserKeys(string(k), user) }

func (k keyNames) places(user string) string { return k.user(user) + "places" }

func (k keyNames) session(key session.Key) string {
	return k.user(key.User) + "session:" + session.HashName(key.Place)
}

func (k keyNames) done(key session.Key, write string) string {
	return k.user(key.User) + "done:" + session.HashName(key.Place) + ":" + write
}

func (k keyNames) blobs(key session.Key) string {
	return k.user(key.User) + "blobs:" + session.HashName(key.Place)
}

func (k keyNames) chunk(key session.Key, digest string, i int) string {
	return k.user(key.User) + "chunk:" + session.HashName(key.Place) + ":" + digest + ":" + strconv.Itoa(i)
}

// The fields of a session that are not turns.
const (
	fieldState = "state"
	fieldBorn  = "born"
)

// doneFor is how long the mark of a write is kept. No write is sent again
// after that, since maxPatience is shorter.
const doneFor = 10 * time.Minute

// scriptRead returns a session's hash and renews its expiry.
//
//	KEYS  the session, the user's places
//	ARGV  the expiry in ms or 0, the most fields that a session has
var scriptRead = goredis.NewScript(`
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[2]) then
	return redis.error_reply('TOOMANY fields')
end
if ARGV[1] ~= '0' then
	redis.call('PEXPIRE', KEYS[1], ARGV[1])
	redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
return redis.call('HGETALL', KEYS[1])`)

// scriptWrite stores fields of a session if it still is what was read, and
// returns whether it was. A write that is done is not done again.
//
//	KEYS  the session, the user's places, the write's mark
//	ARGV  the expiry in ms or 0, how long to keep the mark in ms, the place,
//	      "born" and "state" as read (empty if there was no session),
//	      then fields and values
var scriptWrite = goredis.NewScript(`
if redis.call('EXISTS', KEYS[3]) == 1 then
	return 1
end
local had = redis.call('HMGET', KEYS[1], 'born', 'state')
if (had[1] or '') ~= ARGV[4] or (had[2] or '') ~= ARGV[5] then
	return 0
end
for i = 6, #ARGV, 2 do
	redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('SADD', KEYS[2], ARGV[3])
redis.call('SET', KEYS[3], '', 'PX', ARGV[2])
if ARGV[1] ~= '0' then
	redis.call('PEXPIRE', KEYS[1], ARGV[1])
	redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
return 1`)

// scriptListed returns whether a session is there, and takes it out of the
// user's places if not.
//
//	KEYS  the session, the user's places
//	ARGV  the place
var scriptListed = goredis.NewScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then
	return 1
end
redis.call('SREM', KEYS[2], ARGV[1])
return 0`)

// stored are a session as read from the server.
type stored struct {
	session.Records
	born string
}

// read returns the session's records; none at all if it is not there.
func (r *Store) read(ctx context.Context, key session.Key) (stored, error) {
	fields, err := scriptRead.Run(ctx, r.client,
		[]string{r.keys.session(key), r.keys.places(key.User)}, r.ttl.Milliseconds(), session.MaxTurns+2).StringSlice()
	if err != nil {
		return stored{}, err
	}
	return parseFields(fields)
}

// parseFields makes records of a session's fields, names and values in turn.
func parseFields(fields []string) (stored, error) {
	if len(fields) == 0 {
		return stored{}, nil
	}
	values := make(map[string]string, len(fields)/2)
	for i := 1; i < len(fields); i += 2 {
		values[fields[i-1]] = fields[i]
	}
	had := stored{born: values[fieldBorn]}
	had.State = []byte(values[fieldState])
	st, err := session.DecodeState(had.State)
	if err != nil {
		return stored{}, err
	}
	if had.born == "" || len(values) != st.Turns+2 {
		return stored{}, fmt.Errorf("%w: a session of %d turns has %d fields", session.ErrCorrupt, st.Turns, len(values))
	}
	had.Turns = make([][]byte, st.Turns)
	for i := range had.Turns {
		turn, ok := values[strconv.Itoa(i+1)]
		if !ok {
			return stored{}, fmt.Errorf("%w: turn %d of %d is missing", session.ErrCorrupt, i+1, st.Turns)
		}
		had.Turns[i] = []byte(turn)
	}
	return had, nil
}

// write stores what of next is not in had, in one step. It returns
// errConflict if the session is no longer had.
func (r *Store) write(ctx context.Context, key session.Key, had stored, next session.Records) error {
	keys := []string{r.keys.session(key), r.keys.places(key.User), r.keys.done(key, rand.Text())}
	args := []any{r.ttl.Milliseconds(), doneFor.Milliseconds(), key.Place, had.born, had.State, fieldState, next.State}
	if had.born == "" {
		args = append(args, fieldBorn, rand.Text())
	}
	for i, turn := range next.Turns {
		if i >= len(had.Turns) || !bytes.Equal(turn, had.Turns[i]) {
			args = append(args, strconv.Itoa(i+1), turn)
		}
	}
	return insist(ctx, func(ctx context.Context) error {
		stored, err := scriptWrite.Run(ctx, r.client, keys, args...).Bool()
		if err == nil && !stored {
			return errConflict
		}
		return err
	})
}
