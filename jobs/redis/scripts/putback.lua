-- Has a running job wait again: given back by its worker if beat is empty, else
-- taken from a worker that is silent since that beat.
local id, attempt, beat, failure = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local deaths, keep, most = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local job = redis.call('HMGET', jobkey(id), 'state', 'attempt', 'slot', 'round', 'model')
if not job[1] then
  redis.call('HDEL', P .. 'beats', id) -- the job's data is gone
  return 0
end
if job[1] ~= 'running' or (attempt ~= '' and job[2] ~= attempt) then return 0 end
if beat ~= '' and redis.call('HGET', P .. 'beats', id) ~= beat then return 0 end
unlease(id, job[3])
redis.call('ZREM', P .. 'alive', (string.gsub(job[3], '/[^/]*$', '')))
if beat ~= '' and redis.call('HINCRBY', jobkey(id), 'deaths', 1) >= deaths then
  redis.call('HSET', jobkey(id), 'failure', failure)
  bury(id, failure, most)
  finished(id, keep)
  return 1
end
redis.call('HSET', jobkey(id), 'state', 'waiting')
redis.call('HDEL', jobkey(id), 'slot')
wait(id, job[4], job[5] or '')
redis.call('PUBLISH', P .. 'wake', id)
redis.call('PUBLISH', P .. 'wake', '')
return 1
