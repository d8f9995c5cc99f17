-- KEYS: session, mark
-- ARGV: token, end, last seen, end of the key
local owner = redis.call('HGET', KEYS[1], 'user')
if not owner then return {call, 'missing'} end
redis.call('HSET', KEYS[1], 'expires', ARGV[4], 'seen', ARGV[5])
redis.call('PEXPIREAT', KEYS[1], ARGV[6])
local index = base .. 'us:' .. owner
redis.call('ZADD', index, ARGV[6], ARGV[3])
sweep(index)
return {call, 'ok'}
