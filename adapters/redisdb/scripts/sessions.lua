-- KEYS: sessions of the user, mark
-- ARGV: user
local found = {}
for _, token in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local session = get(base .. 's:' .. token, session_fields)
  if session[1] == ARGV[3] then found[#found + 1] = {token, session} end
end
return {call, found}
