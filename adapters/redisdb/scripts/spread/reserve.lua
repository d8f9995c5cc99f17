-- KEYS: session
if redis.call('HEXISTS', KEYS[1], 'user') == 1 then return {call, 'conflict'} end
local holder = redis.call('HGET', KEYS[1], 'reserved')
if holder and holder ~= call then return {call, 'conflict'} end
redis.call('HSET', KEYS[1], 'reserved', call)
redis.call('PEXPIRE', KEYS[1], 60000)
return {call, 'ok'}
