-- KEYS: revocations by time, revocations by subject, subjects by end
-- ARGV: subject, revocation, time, end
local by_time, by_subject, ends = KEYS[1], KEYS[2], KEYS[3]
local subject, revocation = ARGV[3], ARGV[4]
local old = redis.call('HGET', by_subject, subject)
if old and tonumber(string.match(old, '^-?%d+')) > tonumber(ARGV[5]) then return {call, 'ok'} end

-- The new one before the old one goes: a server that is full keeps what it has.
redis.call('ZADD', by_time, ARGV[5], revocation)
redis.call('HSET', by_subject, subject, revocation)
redis.call('ZADD', ends, ARGV[6], subject)
if old and old ~= revocation then redis.call('ZREM', by_time, old) end

for _, ended in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', milliseconds(now()), 'LIMIT', 0, 1000)) do
  local value = redis.call('HGET', by_subject, ended)
  if value then redis.call('ZREM', by_time, value) end
  redis.call('HDEL', by_subject, ended)
  redis.call('ZREM', ends, ended)
end
live_as(ends, by_time, by_subject, ends)
return {call, 'ok'}
