-- KEYS: sessions of the user
-- ARGV: tokens
for i = 3, #ARGV do redis.call('ZREM', KEYS[1], ARGV[i]) end
return {call, 'ok'}
