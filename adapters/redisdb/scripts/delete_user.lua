-- KEYS: mark, user
-- ARGV: user
if repeated(KEYS[1]) then return {call, 'ok'} end
local address = redis.call('HGET', KEYS[2], 'email_key')
if not address then return {call, 'missing'} end
become_mark(KEYS[2], KEYS[1], 'name', 'email', 'email_key', 'image', 'extra')
remove_accounts(ARGV[3], false)
remove_sessions(ARGV[3], false)
if address ~= '' then
  redis.call('DEL', base .. 'e:' .. address, base .. 'l:' .. address, base .. 'le:' .. address)
end
return {call, 'ok'}
