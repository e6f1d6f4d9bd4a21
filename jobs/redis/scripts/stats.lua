-- Counts, and forgets the workers that are gone for long.
local silence = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', P .. 'alive', '-inf', now() - 10 * silence)
local workers, any, serving = 0, 0, {}
local serves = redis.call('HGETALL', P .. 'serves')
local models = {}
for i = 1, #serves, 2 do
  models[serves[i]] = cjson.decode(serves[i + 1])
  if not redis.call('ZSCORE', P .. 'alive', serves[i]) then
    for _, model in ipairs(models[serves[i]]) do redis.call('SREM', P .. 'serving:' .. model, serves[i]) end
    redis.call('HDEL', P .. 'serves', serves[i])
  end
end
for _, worker in ipairs(redis.call('ZRANGE', P .. 'alive', 0, -1)) do
  if alive(worker, silence) then
    workers = workers + 1
    if not models[worker] then any = any + 1 end
    for _, model in ipairs(models[worker] or {}) do serving[model] = (serving[model] or 0) + 1 end
  end
end
local counts = {}
for model, n in pairs(serving) do
  counts[#counts + 1] = model
  counts[#counts + 1] = n
end
local oldest = 0
local head = redis.call('ZRANGE', P .. 'waiting', 0, 0)[1]
if head then oldest = math.max(0, now() - (redis.call('HGET', jobkey(head), 'since') or now())) end
return {redis.call('ZCARD', P .. 'waiting'), redis.call('HLEN', P .. 'beats'), oldest, redis.call('LLEN', P .. 'dead'), workers, any, counts}
