package attentionstore

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"pentimento/editor/attention"
	"pentimento/session"
	"pentimento/session/redis/conn"
)

// keys names the keys of the server; its value is the prefix of all.
//
//	<prefix>{<user>}:maps                      set: the places that have turns
//	<prefix>{<user>}:maps:<place>:used         sorted set: turn → when it was used, in ms
//	<prefix>{<user>}:maps:<place>:sizes        hash: turn → "chunks bytes"
//	<prefix>{<user>}:maps:<place>:<turn>:<i>   a chunk
//	<prefix>{maps}:used, <prefix>{maps}:sizes  the same two of all turns, by user:place:turn
//	<prefix>{maps}:forgotten                   channel: users who are forgotten; nothing is kept of it
//
// User and place are hashed as those of sessions are, so that in one database
// with them whatever removes all keys of a user removes these too.
type keys string

// A turn is a turn's name in keys.
type turn struct{ user, place, key string }

func turnOf(owner attention.Owner, key attention.Key) turn {
	return turn{session.HashName(owner.User), session.HashName(owner.Place), hex.EncodeToString(key[:])}
}

// String is the turn's name among those of all users.
func (t turn) String() string { return t.user + ":" + t.place + ":" + t.key }

func parseTurn(name string) (turn, error) {
	parts := strings.Split(name, ":")
	if len(parts) != 3 {
		return turn{}, fmt.Errorf("%q in the index is no turn", name)
	}
	return turn{parts[0], parts[1], parts[2]}, nil
}

func (k keys) places(user string) string { return conn.HashedUserKeys(string(k), user) + "maps" }

func (k keys) chunk(t turn, i int) string {
	return k.places(t.user) + ":" + t.place + ":" + t.key + ":" + strconv.Itoa(i)
}

// An index is the two keys that list turns.
type index struct{ used, sizes string }

func (x index) keys() []string { return []string{x.used, x.sizes} }

func (k keys) place(t turn) index {
	name := k.places(t.user) + ":" + t.place
	return index{name + ":used", name + ":sizes"}
}

func (k keys) forgotten() string { return string(k) + "{maps}:forgotten" }

func (k keys) all() index { return index{string(k) + "{maps}:used", string(k) + "{maps}:sizes"} }

// parseKept reads names and numbers of chunks in turn. The names become keys.
func parseKept(list []string) ([]kept, error) {
	if len(list)%2 != 0 {
		return nil, fmt.Errorf("an answer of %d parts", len(list))
	}
	out := make([]kept, 0, len(list)/2)
	for ; len(list) > 0; list = list[2:] {
		out = append(out, kept{turn{key: list[0]}, chunksOf(list[1])})
	}
	return out, nil
}

// chunksOf reads the first number of "chunks bytes"; 0 if there is none.
func chunksOf(size string) int {
	first, _, _ := strings.Cut(size, " ")
	n, err := strconv.Atoi(first)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// scriptKeep puts a chunk under a key, for so many ms. It is written to no file
// that the server appends to, and to no replica: a conversation's maps are a
// hundred times what it is itself, and may be lost.
var scriptKeep = redis.NewScript(`
if redis.set_repl then
	redis.set_repl(redis.REPL_NONE)
end
return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`)

// scriptSum returns how many bytes the turns of an index have.
//
//	KEYS  the index
var scriptSum = redis.NewScript(`
local total = 0
for _, size in ipairs(redis.call('HVALS', KEYS[2])) do
	total = total + (tonumber(string.match(size, ' (%d+)$')) or 0)
end
return total`)

// scriptAdmit enters a turn into an index and takes out the turns that have
// expired, an older version of the turn, and the least recently used until
// the rest fits the budget. It returns those, each with its "chunks bytes".
//
//	KEYS  the index
//	ARGV  the turn, its number of chunks, its bytes, the budget, the expiry in ms;
//	      no turn is entered if it is empty
var scriptAdmit = redis.NewScript(`
local used, sizes = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local total = tonumber(ARGV[3])
local size = {}
local all = redis.call('HGETALL', sizes)
for i = 1, #all, 2 do
	size[all[i]] = all[i + 1]
	total = total + (tonumber(string.match(all[i + 1], ' (%d+)$')) or 0)
end
local gone = {}
local function drop(turn)
	redis.call('ZREM', used, turn)
	redis.call('HDEL', sizes, turn)
	if size[turn] then
		total = total - (tonumber(string.match(size[turn], ' (%d+)$')) or 0)
		gone[#gone + 1] = turn
		gone[#gone + 1] = size[turn]
		size[turn] = nil
	end
end
drop(ARGV[1])
for _, turn in ipairs(redis.call('ZRANGEBYSCORE', used, '-inf', now - tonumber(ARGV[5]))) do
	drop(turn)
end
while total > tonumber(ARGV[4]) do
	local oldest = redis.call('ZRANGE', used, 0, 0)[1] or next(size)
	if not oldest then
		break
	end
	drop(oldest)
end
if ARGV[1] == '' then
	return gone
end
redis.call('ZADD', used, now, ARGV[1])
redis.call('HSET', sizes, ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
redis.call('PEXPIRE', used, ARGV[5])
redis.call('PEXPIRE', sizes, ARGV[5])
return gone`)

// scriptUse marks a turn as used and returns its number of chunks, 0 if it is
// not in the index.
//
//	KEYS  the index; perhaps another key that is to live on
//	ARGV  the turn, the expiry in ms
var scriptUse = redis.NewScript(`
local size = redis.call('HGET', KEYS[2], ARGV[1])
if not size then
	return 0
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
for _, key in ipairs(KEYS) do
	redis.call('PEXPIRE', key, ARGV[2])
end
return tonumber(string.match(size, '^(%d+)')) or 0`)
