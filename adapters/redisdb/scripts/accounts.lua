-- KEYS: accounts of the user, mark
local found = {}
for _, account in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  found[#found + 1] = get(base .. 'a:' .. account, account_fields)
end
return {call, found}
