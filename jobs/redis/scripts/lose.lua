-- Removes a job whose picture is gone, so that it can be submitted again.
local id, key = ARGV[1], ARGV[2]
if redis.call('HGET', jobkey(id), 'state') == 'done' then
  remove(id)
  redis.call('DEL', P .. 'key:' .. key)
end
return 1
