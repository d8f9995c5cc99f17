-- KEYS: sessions of the user, mark
-- ARGV: user
remove_sessions(ARGV[3], false)
return {call, 'ok'}
