-- Shared by all scripts. KEYS[1] is the prefix of every key; it holds a hash
-- tag, so that all keys are in one slot of a cluster. docs/decisions/0014 lists
-- the keys.
local P = KEYS[1]

local function jobkey(id) return P .. 'job:' .. id end

-- Milliseconds of the server's clock. Only displayed times and the preference
-- for a worker hang on it, nothing that a jump could break.
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function tell(asker, event)
  redis.call('PUBLISH', P .. 'events:' .. asker, event)
end

local function heard(worker)
  redis.call('ZADD', P .. 'alive', now(), worker)
end

-- queue holds the ids of those of the waiting jobs that are of a model.
local function queue(model) return P .. 'waiting:' .. model end

-- wait puts a job in its place, leave takes it out.
local function wait(id, round, model)
  redis.call('ZADD', P .. 'waiting', round, id)
  redis.call('ZADD', queue(model), round, id)
end
local function leave(id, model)
  redis.call('ZREM', P .. 'waiting', id)
  redis.call('ZREM', queue(model or ''), id)
end

local function alive(worker, silence)
  local at = redis.call('ZSCORE', P .. 'alive', worker)
  return at and math.abs(now() - at) < silence
end

-- served reports whether a worker that is alive draws with the model. One that
-- has not said what it draws with, as those of version 1 do, may.
local function served(model, silence)
  for _, worker in ipairs(redis.call('SMEMBERS', P .. 'serving:' .. model)) do
    if alive(worker, silence) then return true end
  end
  for _, worker in ipairs(redis.call('ZRANGE', P .. 'alive', 0, -1)) do
    if redis.call('HEXISTS', P .. 'serves', worker) == 0 and alive(worker, silence) then return true end
  end
  return false
end

-- unlease takes a running job from its worker.
local function unlease(id, slot)
  redis.call('HDEL', P .. 'beats', id)
  redis.call('HDEL', P .. 'slots', slot)
end

-- finished ends a job that is in no list any more.
local function finished(id, keep)
  local job = redis.call('HMGET', jobkey(id), 'user', 'asker', 'key')
  redis.call('HSET', jobkey(id), 'state', 'done')
  redis.call('SREM', P .. 'open:' .. job[1], id)
  redis.call('EXPIRE', jobkey(id), keep)
  redis.call('EXPIRE', P .. 'key:' .. job[3], keep)
  tell(job[2], cjson.encode({id = id, done = true}))
end

-- bury keeps a dead letter and drops the oldest beyond most.
local function bury(id, failure, most)
  local job = redis.call('HMGET', jobkey(id), 'body', 'user', 'attempt', 'asker')
  redis.call('HSET', P .. 'dead:' .. id, 'body', job[1], 'user', job[2], 'attempts', job[3], 'failure', failure,
    'asker', job[4], 'at', now())
  redis.call('LPUSH', P .. 'dead', id)
  while redis.call('LLEN', P .. 'dead') > most do
    redis.call('DEL', P .. 'dead:' .. redis.call('RPOP', P .. 'dead'))
  end
end

-- enqueue puts a new job behind those of its round and returns its id, which
-- ends with the nonce.
local function enqueue(nonce, body, key, user, place, asker, keep, model)
  local id = string.format('%016x', redis.call('INCR', P .. 'sequence')) .. '-' .. nonce
  -- Start-time fair queueing: see order.go.
  local round = tonumber(redis.call('GET', P .. 'round') or 0)
  local first = redis.call('ZRANGE', queue(model), 0, 0, 'WITHSCORES')
  if first[2] then round = math.min(round, tonumber(first[2])) end
  local last = redis.call('ZSCORE', P .. 'rounds', user)
  if last then round = math.max(round, last + 1) end
  redis.call('ZADD', P .. 'rounds', round, user)
  wait(id, round, model)
  redis.call('HSET', jobkey(id), 'body', body, 'model', model, 'key', key, 'user', user, 'place', place, 'asker', asker,
    'since', now(), 'round', round, 'passed', 0, 'attempt', 0, 'deaths', 0, 'state', 'waiting')
  redis.call('SET', P .. 'key:' .. key, id)
  redis.call('SADD', P .. 'open:' .. user, id)
  redis.call('SADD', P .. 'of:' .. user, id)
  redis.call('EXPIRE', P .. 'of:' .. user, 2 * keep)
  redis.call('SADD', P .. 'asked:' .. asker, id)
  redis.call('PUBLISH', P .. 'wake', '')
  return id
end

-- settled notes that somebody has taken the result of that key.
local function settled(key, token, most)
  redis.call('DEL', P .. 'key:' .. key)
  redis.call('HSET', P .. 'settled', key, token)
  redis.call('RPUSH', P .. 'settledorder', key)
  while redis.call('LLEN', P .. 'settledorder') > most do
    redis.call('HDEL', P .. 'settled', redis.call('LPOP', P .. 'settledorder'))
  end
end

-- remove deletes every trace of a job but its key. A worker that died while it
-- delivered has left chunks that the job does not know of, so every attempt's
-- are looked for.
local function remove(id)
  local job = redis.call('HMGET', jobkey(id), 'user', 'asker', 'attempt', 'chunks')
  if not job[1] then return end
  redis.call('SREM', P .. 'open:' .. job[1], id)
  redis.call('SREM', P .. 'of:' .. job[1], id)
  redis.call('SREM', P .. 'asked:' .. job[2], id)
  for attempt = 1, tonumber(job[3] or 0) do
    local n, had = 0, 0
    repeat
      had = redis.call('DEL', P .. 'picture:' .. id .. ':' .. attempt .. ':' .. n)
      n = n + 1
    until had == 0 and n >= tonumber(job[4] or 0)
  end
  redis.call('DEL', jobkey(id))
end

-- cancel ends a job that waits or runs and reports whether it is cancelled.
local function cancel(id, keep)
  local job = redis.call('HMGET', jobkey(id), 'state', 'slot', 'user', 'round', 'cancelled', 'model')
  if not job[1] then return 0 end
  if job[1] == 'done' then return job[5] and 1 or 0 end
  if job[1] == 'waiting' then
    leave(id, job[6])
    -- The user's next job may have the round of this one.
    if redis.call('ZSCORE', P .. 'rounds', job[3]) == job[4] then
      redis.call('ZINCRBY', P .. 'rounds', -1, job[3])
    end
  else
    unlease(id, job[2])
    redis.call('PUBLISH', P .. 'wake', id) -- its worker may stop
  end
  redis.call('HSET', jobkey(id), 'cancelled', '1')
  finished(id, keep)
  return 1
end
