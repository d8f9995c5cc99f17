-- KEYS: session
-- ARGV: user, end, last seen, end of the key
if redis.call('HGET', KEYS[1], 'user') ~= ARGV[3] then return {call, 'missing'} end
redis.call('HSET', KEYS[1], 'expires', ARGV[4], 'seen', ARGV[5])
redis.call('PEXPIREAT', KEYS[1], ARGV[6])
return {call, 'ok'}
