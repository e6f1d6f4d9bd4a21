-- Counts.
local silence = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', P .. 'alive', '-inf', now() - 10 * silence)
local workers = 0
for _, worker in ipairs(redis.call('ZRANGE', P .. 'alive', 0, -1)) do
  if alive(worker, silence) then workers = workers + 1 end
end
local oldest = 0
local head = redis.call('ZRANGE', P .. 'waiting', 0, 0)[1]
if head then oldest = math.max(0, now() - (redis.call('HGET', jobkey(head), 'since') or now())) end
return {redis.call('ZCARD', P .. 'waiting'), redis.call('HLEN', P .. 'beats'), oldest, redis.call('LLEN', P .. 'dead'), workers}
