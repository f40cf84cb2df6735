#!lua name=outlive_rate_limits

-- Token buckets as TensorZero's gateway (2026.6) keeps them in Valkey: the same keys, fields, commands
-- and arithmetic, so that the keyspace and its recency are what the gateway would leave behind.
--
-- A bucket is the hash tensorzero_ratelimit:<name> with `balance` and `last_refilled` (microseconds).
-- A bucket that is not there is full. Refills come in whole windows, counted from the first request.

local prefix = 'tensorzero_ratelimit:'
local ttl_least = 172800 -- seconds: 48 h
local words_per_limit = 4 -- requested, capacity, refill, window in microseconds

local function read_bucket(name, limit, now)
  local fields = server.call('HMGET', prefix .. name, 'balance', 'last_refilled')
  local balance = tonumber(fields[1]) or limit.capacity
  local last_refilled = tonumber(fields[2]) or now
  local windows = math.floor(math.max(now - last_refilled, 0) / limit.window)
  return {
    balance = math.min(balance + windows * limit.refill, limit.capacity),
    last_refilled = last_refilled + windows * limit.window,
  }
end

-- Twice the time to fill an empty bucket, and 48 h at least.
local function ttl_of(limit)
  local fill_us = math.ceil(limit.capacity / limit.refill) * limit.window
  return math.max(ttl_least, 2 * math.ceil(fill_us / 1000000))
end

-- All limits or none. `expire` gives a key the TTL in seconds.
local function consume(names, words, first, now, expire)
  local limits, buckets, granted, seen = {}, {}, true, {}
  for i, name in ipairs(names) do
    if seen[name] then error('Duplicate keys are not allowed in the input array') end
    seen[name] = true
    local at = first + (i - 1) * words_per_limit
    local limit = {
      requested = tonumber(words[at]),
      capacity = tonumber(words[at + 1]),
      refill = tonumber(words[at + 2]),
      window = tonumber(words[at + 3]),
    }
    limits[i] = limit
    buckets[i] = read_bucket(name, limit, now)
    granted = granted and limit.requested <= buckets[i].balance
  end

  local results = {}
  for i, name in ipairs(names) do
    local limit, bucket = limits[i], buckets[i]
    local balance = bucket.balance
    if granted then
      balance = balance - limit.requested
      server.call('HSET', prefix .. name, 'balance', balance, 'last_refilled', bucket.last_refilled)
      expire(prefix .. name, ttl_of(limit))
    end
    results[i] = {
      key = name,
      success = granted,
      remaining = balance,
      consumed = granted and limit.requested or 0,
    }
  end
  return cjson.encode(results)
end

-- As the gateway calls it: the server's clock is the clock.
server.register_function('outlive_consume_tickets', function(names, words)
  local time = server.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  return consume(names, words, 1, now, function(key, ttl)
    server.call('EXPIRE', key, ttl)
  end)
end)

-- For a server whose clock is not the scenario's: the first word is the scenario's instant in
-- microseconds, the second how far the server's clock is ahead of the scenario's, in milliseconds.
server.register_function('outlive_consume_tickets_at', function(names, words)
  local now = tonumber(words[1])
  local ahead_ms = tonumber(words[2])
  return consume(names, words, 3, now, function(key, ttl)
    local expires_ms = math.floor(now / 1000) + ahead_ms + ttl * 1000
    server.call('PEXPIREAT', key, string.format('%.0f', expires_ms))
  end)
end)
