-- KEYS: revocations by time
-- ARGV: time
return {call, redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[3], '+inf')}
