-- The windows of one caller (crates/limits/src/window.rs), in Redis: one decision over all nodes, counted under every rule or under none.
-- KEYS: a window for each rule. ARGV: now, then span, run and hits of each rule; times in microseconds.
-- A window is text: "last,count;" for each run, oldest first. Numbers are doubles here, exact up to 2^53; cjson would round them.
-- Answers: 1 or 0, then total, time until more is free, and time until one more is allowed, of each rule.
local now = tonumber(ARGV[1])
local windows, allowed = {}, 1
for i, key in ipairs(KEYS) do
  local window = {
    key = key, span = tonumber(ARGV[3 * i - 1]), run = tonumber(ARGV[3 * i]), total = 0, wait = 0, last = {}, count = {},
  }
  local hits, n = tonumber(ARGV[3 * i + 1]), 0
  for last, count in string.gmatch(redis.call('GET', key) or '', '(%d+),(%d+);') do
    last = tonumber(last)
    if last + window.span > now and last <= now + window.span then
      n = n + 1
      window.last[n], window.count[n] = last, tonumber(count)
      window.total = window.total + window.count[n]
    end
  end
  if window.total >= hits then
    allowed = 0
    window.wait = window.span
    local left = window.total
    for r = 1, n do
      left = left - window.count[r]
      if left < hits then
        window.wait = window.last[r] + window.span - now
        break
      end
    end
  end
  window.n = n
  windows[i] = window
end
local answer = { allowed }
for _, window in ipairs(windows) do
  if allowed == 1 then
    local n = window.n
    if n > 0 and (now <= window.last[n] or math.floor(window.last[n] / window.run) == math.floor(now / window.run)) then
      window.last[n] = math.max(window.last[n], now)
      window.count[n] = window.count[n] + 1
    else
      n = n + 1
      window.last[n], window.count[n] = now, 1
    end
    window.total = window.total + 1
    local text = {}
    for r = 1, n do
      text[r] = string.format('%.0f,%d;', window.last[r], window.count[r])
    end
    redis.call('SET', window.key, table.concat(text), 'PX', string.format('%.0f', window.span / 1000 + 60000))
  end
  answer[#answer + 1] = window.total
  answer[#answer + 1] = window.last[1] and window.last[1] + window.span - now or 0
  answer[#answer + 1] = window.wait
end
return answer
