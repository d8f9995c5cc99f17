-- KEYS: mark, user, address, account, accounts of the user, all accounts, links of
-- the address, ends of these links, session to remove, session to create, sessions
-- of the user. Where a sign-in has no such part the key is the mark.
local mark, user_key, address_key, account_key, own_accounts, accounts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local links, link_ends, old_session, new_session, own_sessions = KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]

-- The mode is create, update or keep. A text is empty where there is no such part.
local mode, id, address = ARGV[3], ARGV[4], ARGV[5]
local identifier, link = ARGV[6], ARGV[7]
local remove = ARGV[8] == '1'
local account, old_token, new_token, ends = ARGV[9], ARGV[10], ARGV[11], ARGV[12]

-- Three lists follow, each after its length.
local position = 13
local function list()
  local length = tonumber(ARGV[position])
  local values = {unpack(ARGV, position + 1, position + length)}
  position = position + length + 1
  return values
end
local user_row, account_row, session_row = list(), list(), list()

local user_step = mode == 'create' and 'CreateUser' or 'UpdateUser'

if repeated(mark) then
  local user = get(user_key, user_fields)
  if not user[1] then return {call, 'missing', user_step} end
  return {call, 'ok', user}
end

-- Everything is looked at before anything is changed: a script is not undone.
if link ~= '' and redis.call('HEXISTS', links, link) == 0 then return {call, 'missing', 'UseVerificationToken'} end

local exists = redis.call('EXISTS', user_key) == 1
if mode == 'create' and exists then return {call, 'conflict', user_step} end
if mode ~= 'create' and not exists then return {call, 'missing', user_step} end
if #user_row > 0 and address ~= '' then
  local owner = redis.call('GET', address_key)
  if owner and owner ~= id then return {call, 'conflict', user_step} end
end

local function taken(key)
  local owner = redis.call('HGET', key, 'user')
  return owner and not (remove and owner == id)
end
if #account_row > 0 and taken(account_key) then return {call, 'conflict', 'LinkAccount'} end
local replaced = old_token ~= '' and old_token == new_token
if #session_row > 0 and not replaced and taken(new_session) then return {call, 'conflict', 'CreateSession'} end

set_mark(mark, '1')
if link ~= '' then
  for _, other in ipairs(redis.call('ZRANGE', link_ends, 0, -1)) do
    if string.sub(other, 1, #identifier) == identifier then
      redis.call('HDEL', links, other)
      redis.call('ZREM', link_ends, other)
    end
  end
end
if #user_row > 0 then
  local old_address = redis.call('HGET', user_key, 'email_key')
  if old_address and old_address ~= '' and old_address ~= address then redis.call('DEL', base .. 'e:' .. old_address) end
  redis.call('HSET', user_key, unpack(user_row))
  if address ~= '' then redis.call('SET', address_key, id) end
end
if remove then
  remove_accounts(id, #account_row > 0 and account)
  remove_sessions(id, #session_row > 0 and new_token)
end
if #account_row > 0 then
  redis.call('HSET', account_key, unpack(account_row))
  redis.call('ZADD', own_accounts, 0, account)
  redis.call('ZADD', accounts, 0, account)
end
if old_token ~= '' then
  local owner = redis.call('HGET', old_session, 'user')
  if owner then
    redis.call('ZREM', base .. 'us:' .. owner, old_token)
    if old_token ~= new_token then redis.call('DEL', old_session) end
  end
end
if #session_row > 0 then
  redis.call('HSET', new_session, unpack(session_row))
  redis.call('PEXPIREAT', new_session, ends)
  redis.call('ZADD', own_sessions, ends, new_token)
  sweep(own_sessions)
end
return {call, 'ok', get(user_key, user_fields)}
