-- Removes a finished job; the token says who did. Whoever settles a job that
-- Redis has no trace of has its result, which Redis has forgotten meanwhile: the
-- first of them settles it, unless it is asked for anew.
local id, key, token, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local by = redis.call('HGET', P .. 'settled', key)
if by == token then return 1 end
local state = redis.call('HGET', jobkey(id), 'state')
if state and state ~= 'done' then return 0 end
if not state then
  local anew = redis.call('GET', P .. 'key:' .. key)
  if by or anew and redis.call('EXISTS', jobkey(anew)) == 1 then return 0 end
end
remove(id)
settled(key, token, most)
return 1
