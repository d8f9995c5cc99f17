-- KEYS: session, mark
-- ARGV: token
if not repeated(KEYS[2]) then
  local owner = redis.call('HGET', KEYS[1], 'user')
  if not owner then return {call, 'missing'} end
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('PEXPIRE', KEYS[2], mark_life)
  redis.call('ZREM', base .. 'us:' .. owner, ARGV[3])
end
return {call, 'ok', get(KEYS[2], session_fields)}
