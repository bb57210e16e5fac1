-- Each request is a report of its own about a message of its own, made before it is needed by so little that it
-- costs wrk next to nothing. At the end, one line of JSON with microseconds.

local threads = 0

function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

function init(args)
    run = args[1]
    count = 0
    head = wrk.headers
    head["Content-Type"] = "application/json"
end

function request()
    count = count + 1
    local body = string.format(
        '{"messageId":"w%s-%d-%d","phone":"55119939%05d","status":"DELIVRD","timestamp":"2026-04-12T10:30:00Z",'
            .. '"campaign":"b7a6b1f2-0c1d-4c5e-9f3a-2d1e0f9a8b7c"}',
        run, id, count, count % 100000)
    return wrk.format("POST", nil, head, body)
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        'JSON {"requests": %d, "microseconds": %d, "failed": %d, "p50": %d, "p99": %d}\n',
        summary.requests, summary.duration,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
