-- KEYS: all accounts, mark
-- ARGV: account, limit
local found = {}
for _, account in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], '(' .. ARGV[3], '+', 'LIMIT', 0, ARGV[4])) do
  found[#found + 1] = get(base .. 'a:' .. account, account_fields)
end
return {call, found}
