-- Removes a finished job; the token says who did.
local id, key, token, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if redis.call('HGET', P .. 'settled', key) == token then return 1 end
if redis.call('HGET', jobkey(id), 'state') ~= 'done' then return 0 end
remove(id)
settled(key, token, most)
return 1
