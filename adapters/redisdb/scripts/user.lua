-- KEYS: user
return {call, get(KEYS[1], user_fields)}
