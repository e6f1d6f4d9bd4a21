-- Gives up a job that waits and whose model no worker serves.
local id, failure, silence, keep, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local job = redis.call('HMGET', jobkey(id), 'state', 'model')
if job[1] ~= 'waiting' or served(job[2] or '', silence) then return 0 end
leave(id, job[2])
redis.call('HSET', jobkey(id), 'failure', failure)
bury(id, failure, most)
finished(id, keep)
return 1
