-- KEYS: session, mark
-- ARGV: user, empty for anybody
if not repeated(KEYS[2]) then
  local owner = redis.call('HGET', KEYS[1], 'user')
  if not owner or ARGV[3] ~= '' and owner ~= ARGV[3] then return {call, 'missing'} end
  become_mark(KEYS[1], KEYS[2])
end
return {call, 'ok', get(KEYS[2], session_fields)}
