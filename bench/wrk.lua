-- For wrk: sends a body if BODY_BYTES says so, and reports as one line of JSON instead of prose.
local bytes = tonumber(os.getenv('BODY_BYTES') or '0')
if bytes > 0 then
  wrk.method = 'POST'
  wrk.body = string.rep('x', bytes)
  wrk.headers['Content-Type'] = 'application/octet-stream'
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nREPORT {"requests":%d,"durationUs":%d,"bytes":%d,"p50Us":%d,"p99Us":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
