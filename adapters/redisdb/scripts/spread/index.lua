-- KEYS: sessions of the user
-- ARGV: token, end
redis.call('ZADD', KEYS[1], ARGV[4], ARGV[3])
sweep(KEYS[1])
return {call, 'ok'}
