-- KEYS: links of the address, ends of these links, mark
-- ARGV: link
local value = redis.call('GET', KEYS[3])
if not value then
  value = redis.call('HGET', KEYS[1], ARGV[3])
  if not value then return {call, 'missing'} end
  set_mark(KEYS[3], value)
  redis.call('HDEL', KEYS[1], ARGV[3])
  redis.call('ZREM', KEYS[2], ARGV[3])
end
return {call, 'ok', value}
