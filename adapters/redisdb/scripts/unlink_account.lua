-- KEYS: mark, account, accounts of the user, all accounts
-- ARGV: user, account, whether another one has to be there, beginnings of those
if repeated(KEYS[1]) then return {call, 'ok'} end
if redis.call('HGET', KEYS[2], 'user') ~= ARGV[3] then return {call, 'missing'} end
if ARGV[5] == '1' then
  local other = false
  for _, account in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    for i = 6, #ARGV do
      if account ~= ARGV[4] and string.sub(account, 1, #ARGV[i]) == ARGV[i] then other = true end
    end
  end
  if not other then return {call, 'last'} end
end
become_mark(KEYS[2], KEYS[1], 'id', 'access_token', 'refresh_token', 'id_token', 'extra')
redis.call('ZREM', KEYS[3], ARGV[4])
redis.call('ZREM', KEYS[4], ARGV[4])
return {call, 'ok'}
