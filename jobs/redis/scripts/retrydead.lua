-- Has a dead letter wait again, as a new job of the same event: whoever still has
-- the old one is late. Whoever asked finds it, also if they were told of the
-- failure and have settled it. Answers 1 if it waits, 0 if it is no longer dead,
-- or not to be had drawn again, and "full".
local id, nonce, key, place, most, keep, model = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local letter = redis.call('HMGET', P .. 'dead:' .. id, 'body', 'user', 'asker')
if not letter[1] or not letter[3] then return 0 end
if redis.call('ZCARD', P .. 'waiting') >= most then return 'full' end
local had = redis.call('GET', P .. 'key:' .. key)
if had and had ~= id and redis.call('EXISTS', jobkey(had)) == 1 then return 0 end -- asked for anew meanwhile
redis.call('DEL', P .. 'dead:' .. id)
redis.call('LREM', P .. 'dead', 1, id)
remove(id)
if redis.call('HDEL', P .. 'settled', key) == 1 then
  redis.call('LREM', P .. 'settledorder', 1, key)
end
enqueue(nonce, letter[1], key, letter[2], place, letter[3], keep, model)
return 1
