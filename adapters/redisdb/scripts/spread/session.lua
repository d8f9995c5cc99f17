-- KEYS: session
return {call, get(KEYS[1], session_fields)}
