-- KEYS: links of the address
-- ARGV: link
local value = redis.call('HGET', KEYS[1], ARGV[3])
if not value then return {call, 'missing'} end
return {call, 'ok', value}
