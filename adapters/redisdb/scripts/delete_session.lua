-- KEYS: session, mark
-- ARGV: token
if not repeated(KEYS[2]) then
  local owner = redis.call('HGET', KEYS[1], 'user')
  if not owner then return {call, 'missing'} end
  become_mark(KEYS[1], KEYS[2])
  redis.call('ZREM', base .. 'us:' .. owner, ARGV[3])
end
return {call, 'ok', get(KEYS[2], session_fields)}
