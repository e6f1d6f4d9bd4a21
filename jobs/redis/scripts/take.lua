-- Leases a job to a slot: see order.take in order.go for the choice.
local slot, worker, impatient = ARGV[1], ARGV[2], ARGV[3] == '1'
local passes, lookahead, silence, homelife = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
heard(worker)

local function lease(id)
  local job = redis.call('HMGET', jobkey(id), 'body', 'attempt', 'since')
  return {'job', id, job[1], tonumber(job[2]), math.max(0, now() - job[3])}
end

-- The answer to the last take may have been lost on its way.
local had = redis.call('HGET', P .. 'slots', slot)
if had then
  if redis.call('HGET', jobkey(had), 'slot') == slot then return lease(had) end
  redis.call('HDEL', P .. 'slots', slot)
end

local function home(job)
  local at = redis.call('HGET', P .. 'homes:' .. job[1], job[2])
  if at and (at == worker or alive(at, silence)) then return at end
  return ''
end

local heads, i = redis.call('ZRANGE', P .. 'waiting', 0, lookahead - 1, 'WITHSCORES'), 1
local known, free, round
local ahead = {}
while i < #heads do
  local id = heads[i]
  local job = redis.call('HMGET', jobkey(id), 'user', 'place', 'passed')
  if not job[1] then
    redis.call('ZREM', P .. 'waiting', id) -- the job's data is gone
  else
    round = round or tonumber(heads[i + 1])
    local at, exhausted = home(job), tonumber(job[3]) >= passes
    if at == worker and not known then known = #ahead + 1 end
    if (at == '' or impatient or exhausted) and not free then free = #ahead + 1 end
    ahead[#ahead + 1] = id
    if exhausted then break end
  end
  i = i + 2
end
local chosen = known or free
if not chosen then return {#ahead > 0 and 'held' or 'none'} end

for n = 1, chosen - 1 do redis.call('HINCRBY', jobkey(ahead[n]), 'passed', 1) end
if round > tonumber(redis.call('GET', P .. 'round') or 0) then
  redis.call('SET', P .. 'round', round)
  redis.call('ZREMRANGEBYSCORE', P .. 'rounds', '-inf', '(' .. round)
end
local id = ahead[chosen]
redis.call('ZREM', P .. 'waiting', id)
local attempt = redis.call('HINCRBY', jobkey(id), 'attempt', 1)
redis.call('HSET', jobkey(id), 'state', 'running', 'slot', slot)
redis.call('HDEL', jobkey(id), 'step', 'steps')
redis.call('HSET', P .. 'slots', slot, id)
redis.call('HSET', P .. 'beats', id, attempt .. ':0')
local job = redis.call('HMGET', jobkey(id), 'user', 'place', 'asker')
redis.call('HSET', P .. 'homes:' .. job[1], job[2], worker)
redis.call('EXPIRE', P .. 'homes:' .. job[1], homelife)
tell(job[3], cjson.encode({id = id, running = true}))
return lease(id)
