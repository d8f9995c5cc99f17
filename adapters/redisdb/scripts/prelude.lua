-- Begins every script. ARGV[1] is the id of the call, which begins every reply;
-- ARGV[2] begins every key that a script makes itself.
local call, base = ARGV[1], ARGV[2]

-- The names of the fields are in row.go as well.
local user_fields = {'id', 'name', 'email', 'email_verified', 'image', 'extra'}
local session_fields = {'user', 'expires', 'created', 'seen', 'address', 'agent'}
local account_fields = {'user', 'provider', 'id', 'type', 'access_token', 'refresh_token', 'id_token', 'token_type',
  'scope', 'session_state', 'expires_at', 'extra'}

local function get(key, fields) return redis.call('HMGET', key, unpack(fields)) end

-- A call that was made again because its reply was lost finds its mark and changes
-- nothing. The mark is the first thing that a script writes: a server that takes no
-- writes, because its memory is full for example, refuses that one and with it the
-- script. What only removes something makes a mark of what it removes, so that it
-- works on a server that is full.
local mark_life = 60000
local function repeated(mark) return redis.call('EXISTS', mark) == 1 end
local function set_mark(mark, value) redis.call('SET', mark, value, 'PX', mark_life) end
local function become_mark(key, mark, ...)
  redis.call('RENAME', key, mark)
  redis.call('PEXPIRE', mark, mark_life)
  for _, field in ipairs({...}) do redis.call('HDEL', mark, field) end
end

local function milliseconds(n) return string.format('%.0f', n) end

local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Gives keys the life of the last entry of an index by time.
local function live_as(index, ...)
  local last = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
  if last[2] then
    for _, key in ipairs({...}) do redis.call('PEXPIREAT', key, milliseconds(last[2])) end
  end
end

-- Drops what has expired from an index by time.
local function sweep(index)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', milliseconds(now()))
  live_as(index, index)
end

-- Removes the sessions of a user but one, and the index of them.
local function remove_sessions(id, spared)
  local index = base .. 'us:' .. id
  for _, token in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    local session = base .. 's:' .. token
    if token ~= spared and redis.call('HGET', session, 'user') == id then redis.call('DEL', session) end
  end
  redis.call('DEL', index)
end

-- Removes the accounts of a user but one, and the index of them.
local function remove_accounts(id, spared)
  local index = base .. 'ua:' .. id
  for _, account in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    if account ~= spared then redis.call('DEL', base .. 'a:' .. account) end
    redis.call('ZREM', base .. 'accounts', account)
  end
  redis.call('DEL', index)
end
