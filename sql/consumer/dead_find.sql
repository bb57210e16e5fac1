-- Dead letters by the beginning of their ids, by reason, or all; the newest first.
SELECT
    id, toString(state), source, type, reason, detail, toUnixTimestamp64Milli(received_at), request_id, content_type,
    hex(context), hex(body), toString(log), log_partition, log_offset
FROM dead_letters FINAL
WHERE (empty({starts:Array(String)})
        OR arrayExists(start -> startsWith(lower(leftPad(hex(id), 32, '0')), start), {starts:Array(String)}))
    AND ({reason:String} = '' OR reason = {reason:String})
    AND ({source:String} = '' OR source = {source:String})
    AND ({state:String} = '' OR toString(state) = {state:String})
ORDER BY received_at DESC, id
LIMIT {limit:UInt64}
