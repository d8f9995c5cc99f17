-- KEYS: session
if redis.call('HEXISTS', KEYS[1], 'user') == 0 then redis.call('DEL', KEYS[1]) end
return {call, 'ok'}
