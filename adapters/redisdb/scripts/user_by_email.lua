-- KEYS: address
local id = redis.call('GET', KEYS[1])
if not id then return {call, 'missing'} end
return {call, 'found', id, get(base .. 'u:' .. id, user_fields)}
