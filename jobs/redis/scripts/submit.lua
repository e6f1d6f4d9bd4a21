-- Puts a job in the queue unless its key is known.
local nonce, body, key, user, place, asker = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local peruser, most, keep, model = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]

if redis.call('HEXISTS', P .. 'settled', key) == 1 then return {'settled'} end
local had = redis.call('GET', P .. 'key:' .. key)
if had and redis.call('EXISTS', jobkey(had)) == 1 then
  -- The nonce tells a submission that was sent twice from a second one.
  local fresh = string.sub(had, -#nonce) == nonce
  return {fresh and 'new' or 'known', had, redis.call('ZRANK', P .. 'waiting', had) or 0}
end

if redis.call('SCARD', P .. 'open:' .. user) >= peruser then
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'open:' .. user)) do
    if redis.call('EXISTS', jobkey(id)) == 0 then redis.call('SREM', P .. 'open:' .. user, id) end
  end
  if redis.call('SCARD', P .. 'open:' .. user) >= peruser then return {'limit'} end
end
if redis.call('ZCARD', P .. 'waiting') >= most then return {'full'} end

local id = enqueue(nonce, body, key, user, place, asker, keep, model)
return {'new', id, redis.call('ZRANK', P .. 'waiting', id)}
