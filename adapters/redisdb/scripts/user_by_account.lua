-- KEYS: account
local id = redis.call('HGET', KEYS[1], 'user')
if not id then return {call, 'missing'} end
return {call, 'found', id, get(base .. 'u:' .. id, user_fields)}
