-- KEYS: session
local session = get(KEYS[1], session_fields)
if not session[1] then return {call, 'missing'} end
return {call, 'found', session, get(base .. 'u:' .. session[1], user_fields)}
