-- KEYS: links of the address, ends of these links
-- ARGV: link, value, end of the entry
local links, ends = KEYS[1], KEYS[2]
for _, old in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', milliseconds(now()))) do
  redis.call('HDEL', links, old)
end
sweep(ends)
local stored = redis.call('HGET', links, ARGV[3])
if stored and stored ~= ARGV[4] then return {call, 'conflict'} end
redis.call('HSET', links, ARGV[3], ARGV[4])
redis.call('ZADD', ends, ARGV[5], ARGV[3])
live_as(ends, links, ends)
return {call, 'ok'}
