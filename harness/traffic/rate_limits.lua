#!lua name=outlive_rate_limits

-- Token buckets as TensorZero's gateway (2026.6) keeps them in Valkey: the same keys, fields, commands
-- and arithmetic, so that the keyspace and its recency are what the gateway would leave behind.
--
-- A bucket is the hash tensorzero_ratelimit:<name> with `balance` and `last_refilled` (microseconds).
-- A bucket that is not there is full. Refills come in whole windows, counted from the first request.

-- It runs hundreds of thousands of times a second: what it needs for a call it keeps for the next.

local prefix = 'tensorzero_ratelimit:'
local ttl_least = 172800 -- seconds: 48 h
local words_per_limit = 4 -- requested, capacity, refill, window in microseconds

-- Of the call under way, by limit.
local balances, last_refills, results = {}, {}, {}

-- Balance and last refill of a bucket, with the windows that have passed since.
local function read_bucket(call, key, capacity, refill, window, now)
  local fields = call('HMGET', key, 'balance', 'last_refilled')
  local balance = tonumber(fields[1]) or capacity
  local last_refilled = tonumber(fields[2]) or now
  if now - last_refilled >= window then
    local windows = math.floor((now - last_refilled) / window)
    balance = balance + windows * refill
    last_refilled = last_refilled + windows * window
  end
  return balance < capacity and balance or capacity, last_refilled
end

-- Twice the time to fill an empty bucket, and 48 h at least.
local function ttl_of(capacity, refill, window)
  return math.max(ttl_least, 2 * math.ceil(math.ceil(capacity / refill) * window / 1000000))
end

-- Reads all buckets; whether all of them have what is wanted.
local function read_all(call, names, words, first, now)
  local granted = true
  for i, name in ipairs(names) do
    for earlier = 1, i - 1 do
      if names[earlier] == name then error('Duplicate keys are not allowed in the input array') end
    end
    local at = first + (i - 1) * words_per_limit
    balances[i], last_refills[i] = read_bucket(
      call, prefix .. name, tonumber(words[at + 1]), tonumber(words[at + 2]), tonumber(words[at + 3]), now)
    granted = granted and tonumber(words[at]) <= balances[i]
  end
  return granted
end

-- All limits or none. `ahead_ms`: the server's clock is so far ahead of `now`; without it they agree.
local function consume(names, words, first, now, ahead_ms)
  local call = server.call -- not there yet when the library is loaded
  local granted = read_all(call, names, words, first, now)
  for i, name in ipairs(names) do
    local at = first + (i - 1) * words_per_limit
    local requested = granted and tonumber(words[at]) or 0
    local balance = balances[i] - requested
    if granted then
      local key = prefix .. name
      local ttl = ttl_of(tonumber(words[at + 1]), tonumber(words[at + 2]), tonumber(words[at + 3]))
      call('HSET', key, 'balance', balance, 'last_refilled', last_refills[i])
      if ahead_ms then
        call('PEXPIREAT', key, string.format('%.0f', math.floor(now / 1000) + ahead_ms + ttl * 1000))
      else
        call('EXPIRE', key, ttl)
      end
    end
    local result = results[i] or {}
    result.key, result.success, result.remaining, result.consumed = name, granted, balance, requested
    results[i] = result
  end
  for i = #names + 1, #results do results[i] = nil end
  return cjson.encode(results)
end

-- As the gateway calls it: the server's clock is the clock.
server.register_function('outlive_consume_tickets', function(names, words)
  local time = server.call('TIME')
  return consume(names, words, 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
end)

-- For a server whose clock is not the scenario's: the first word is the scenario's instant in
-- microseconds, the second how far the server's clock is ahead of the scenario's, in milliseconds.
server.register_function('outlive_consume_tickets_at', function(names, words)
  return consume(names, words, 3, tonumber(words[1]), tonumber(words[2]))
end)
