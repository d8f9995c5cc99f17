-- KEYS: sessions of the user
return {call, redis.call('ZRANGE', KEYS[1], 0, -1)}
