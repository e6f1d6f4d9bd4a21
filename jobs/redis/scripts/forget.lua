-- Cancels and removes all that is kept of a user.
local user, keep, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
-- The set of all jobs expires; one that has waited longer is unfinished still.
for _, id in ipairs(redis.call('SUNION', P .. 'of:' .. user, P .. 'open:' .. user)) do
  local key = redis.call('HGET', jobkey(id), 'key')
  cancel(id, keep)
  remove(id)
  if key then settled(key, 'forgotten', most) end
end
for _, id in ipairs(redis.call('LRANGE', P .. 'dead', 0, -1)) do
  if redis.call('HGET', P .. 'dead:' .. id, 'user') == user then
    redis.call('DEL', P .. 'dead:' .. id)
    redis.call('LREM', P .. 'dead', 1, id)
  end
end
redis.call('DEL', P .. 'of:' .. user, P .. 'open:' .. user, P .. 'homes:' .. user)
redis.call('ZREM', P .. 'rounds', user)
return 1
