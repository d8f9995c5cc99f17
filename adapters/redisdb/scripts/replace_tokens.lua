-- KEYS: mark, account
-- ARGV: three old tokens, three new ones, extra
if repeated(KEYS[1]) then return {call, 'ok'} end
local stored = redis.call('HMGET', KEYS[2], 'access_token', 'refresh_token', 'id_token', 'user')
if not stored[4] then return {call, 'missing'} end
for i = 1, 3 do
  if stored[i] ~= ARGV[2 + i] then return {call, 'conflict'} end
end
set_mark(KEYS[1], '1')
redis.call('HSET', KEYS[2], 'access_token', ARGV[6], 'refresh_token', ARGV[7], 'id_token', ARGV[8], 'extra', ARGV[9])
return {call, 'ok'}
