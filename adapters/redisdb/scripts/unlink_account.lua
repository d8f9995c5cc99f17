-- KEYS: mark, account, accounts of the user, all accounts
-- ARGV: user, account, whether to keep the last one
if repeated(KEYS[1]) then return {call, 'ok'} end
if redis.call('HGET', KEYS[2], 'user') ~= ARGV[3] then return {call, 'missing'} end
if ARGV[5] == '1' and redis.call('ZCARD', KEYS[3]) < 2 then return {call, 'last'} end
become_mark(KEYS[2], KEYS[1], 'id', 'access_token', 'refresh_token', 'id_token', 'extra')
redis.call('ZREM', KEYS[3], ARGV[4])
redis.call('ZREM', KEYS[4], ARGV[4])
return {call, 'ok'}
