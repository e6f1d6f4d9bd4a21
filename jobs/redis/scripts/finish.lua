-- Ends a lease with a result, or with a failure if that is not empty.
local id, attempt, result, failure = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local picture, chunks, keep, most = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local job = redis.call('HMGET', jobkey(id), 'state', 'attempt', 'slot', 'cancelled')
if job[1] == 'done' and job[2] == attempt and not job[4] then return 1 end
if job[1] ~= 'running' or job[2] ~= attempt then return 0 end
unlease(id, job[3])
if failure ~= '' then
  redis.call('HSET', jobkey(id), 'failure', failure)
  bury(id, failure, most)
else
  redis.call('HSET', jobkey(id), 'result', result, 'picture', picture, 'chunks', chunks)
end
finished(id, keep)
return 1
