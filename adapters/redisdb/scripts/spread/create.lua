-- KEYS: session
-- ARGV: end of the key, row
if redis.call('HEXISTS', KEYS[1], 'user') == 1 then
  if redis.call('HGET', KEYS[1], 'created_by') == call then return {call, 'ok'} end
  return {call, 'conflict'}
end
redis.call('HSET', KEYS[1], 'created_by', call, unpack(ARGV, 4))
redis.call('HDEL', KEYS[1], 'reserved')
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return {call, 'ok'}
