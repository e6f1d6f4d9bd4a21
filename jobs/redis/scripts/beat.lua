-- Keeps a lease, and passes progress on.
local id, worker, attempt, beat, event, step, steps = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
heard(worker)
local job = redis.call('HMGET', jobkey(id), 'state', 'attempt', 'asker')
if job[1] ~= 'running' or job[2] ~= attempt then return 0 end
redis.call('HSET', P .. 'beats', id, attempt .. ':' .. beat)
if event ~= '' then
  redis.call('HSET', jobkey(id), 'step', step, 'steps', steps)
  tell(job[3], event)
end
return 1
