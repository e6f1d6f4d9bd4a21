-- Leases a job to a slot: see order.take in order.go for the choice.
local slot, worker, impatient = ARGV[1], ARGV[2], ARGV[3] == '1'
local passes, lookahead, silence, homelife = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local said = ARGV[8] -- the models that the worker serves, as JSON; empty for any
heard(worker)

-- announce notes what the worker serves.
local models = said ~= '' and cjson.decode(said)
if models and redis.call('HGET', P .. 'serves', worker) ~= said then
  redis.call('HSET', P .. 'serves', worker, said)
end
for _, model in ipairs(models or {}) do redis.call('SADD', P .. 'serving:' .. model, worker) end

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

local function firstof(key)
  local found, ids = redis.call('ZRANGE', key, 0, lookahead - 1, 'WITHSCORES'), {}
  for i = 1, #found, 2 do ids[#ids + 1] = {id = found[i], round = tonumber(found[i + 1])} end
  return ids
end

-- What another version put in its place is of no model's queue yet.
local all = firstof(P .. 'waiting')
for _, head in ipairs(all) do
  local job = redis.call('HMGET', jobkey(head.id), 'model', 'body')
  local model = job[1]
  if not model and job[2] then
    local ok, body = pcall(cjson.decode, job[2])
    model = ok and type(body) == 'table' and type(body.recipe) == 'table' and type(body.recipe.settings) == 'table' and body.recipe.settings.model
    if type(model) ~= 'string' then model = '' end
    redis.call('HSET', jobkey(head.id), 'model', model)
  end
  if model then redis.call('ZADD', queue(model), head.round, head.id) end
end

-- heads are the first jobs that the worker serves.
local heads = all
if models then
  heads = {}
  for _, model in ipairs(models) do
    for _, head in ipairs(firstof(queue(model))) do
      head.model = model
      heads[#heads + 1] = head
    end
  end
  table.sort(heads, function(a, b)
    if a.round ~= b.round then return a.round < b.round end
    return a.id < b.id
  end)
end

local known, free, round
local ahead = {}
for i = 1, math.min(#heads, lookahead) do
  local id = heads[i].id
  local job = redis.call('HMGET', jobkey(id), 'user', 'place', 'passed', 'state')
  if not job[1] then
    leave(id, heads[i].model) -- the job's data is gone
  elseif job[4] ~= 'waiting' then
    redis.call('ZREM', queue(heads[i].model or ''), id) -- another version took it
  else
    round = round or heads[i].round
    local at, exhausted = home(job), tonumber(job[3]) >= passes
    if at == worker and not known then known = #ahead + 1 end
    if (at == '' or impatient or exhausted) and not free then free = #ahead + 1 end
    ahead[#ahead + 1] = id
    if exhausted then break end
  end
end
local chosen = known or free
if not chosen then return {#ahead > 0 and 'held' or 'none'} end

for n = 1, chosen - 1 do redis.call('HINCRBY', jobkey(ahead[n]), 'passed', 1) end
local reached = tonumber(redis.call('GET', P .. 'round') or 0)
if round > reached then
  reached = round
  redis.call('SET', P .. 'round', round)
end
local first = redis.call('ZRANGE', P .. 'waiting', 0, 0, 'WITHSCORES')
redis.call('ZREMRANGEBYSCORE', P .. 'rounds', '-inf', '(' .. math.min(reached, tonumber(first[2] or reached)))
local id = ahead[chosen]
leave(id, redis.call('HGET', jobkey(id), 'model'))
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
