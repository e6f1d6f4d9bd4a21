-- Lists the jobs of an asker that are not settled.
local asker, found = ARGV[1], {}
for _, id in ipairs(redis.call('SMEMBERS', P .. 'asked:' .. asker)) do
  local body = redis.call('HGET', jobkey(id), 'body')
  if body then
    found[#found + 1] = {id, body, redis.call('ZRANK', P .. 'waiting', id) or 0}
  else
    redis.call('SREM', P .. 'asked:' .. asker, id)
  end
end
return found
