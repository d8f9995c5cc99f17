-- KEYS: revocations by time, revocations by subject, subjects by end
-- ARGV: subject, revocation, time, end
local by_time, by_subject, ends = KEYS[1], KEYS[2], KEYS[3]
local function drop(subject)
  local old = redis.call('HGET', by_subject, subject)
  if old then redis.call('ZREM', by_time, old) end
  redis.call('HDEL', by_subject, subject)
  redis.call('ZREM', ends, subject)
end
for _, subject in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', milliseconds(now()), 'LIMIT', 0, 1000)) do drop(subject) end
local old = redis.call('HGET', by_subject, ARGV[3])
if old then
  if tonumber(string.match(old, '^-?%d+')) > tonumber(ARGV[5]) then return {call, 'ok'} end
  drop(ARGV[3])
end
redis.call('ZADD', by_time, ARGV[5], ARGV[4])
redis.call('HSET', by_subject, ARGV[3], ARGV[4])
redis.call('ZADD', ends, ARGV[6], ARGV[3])
live_as(ends, by_time, by_subject, ends)
return {call, 'ok'}
