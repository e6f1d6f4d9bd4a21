-- Tells how a job fares.
local id, key, silence = ARGV[1], ARGV[2], tonumber(ARGV[3])
local job = redis.call('HMGET', jobkey(id), 'state', 'step', 'steps', 'cancelled', 'failure', 'result', 'picture', 'chunks', 'model')
if not job[1] then
  return {redis.call('HEXISTS', P .. 'settled', key) == 1 and 'settled' or 'lost'}
end
if job[1] == 'waiting' then
  local rank = redis.call('ZRANK', P .. 'waiting', id)
  if not rank then -- another script or an eviction has dropped it
    redis.call('DEL', jobkey(id))
    redis.call('ZREM', queue(job[9] or ''), id)
    return {'lost'}
  end
  return {'waiting', rank, redis.call('HLEN', P .. 'beats'), served(job[9] or '', silence) and 1 or 0}
end
if job[1] == 'running' then return {'running', tonumber(job[2] or 0), tonumber(job[3] or 0)} end
if job[4] then return {'cancelled'} end
if job[5] then return {'failed', job[5]} end
return {'done', job[6], job[7], tonumber(job[8])}
