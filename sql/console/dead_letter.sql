-- One dead letter, with its bytes in hexadecimal digits.
SELECT
    id, toString(state), source, provider, type, reason, detail, toUnixTimestamp64Milli(received_at),
    toUnixTimestamp64Milli(changed_at), request_id, content_type, hex(body), toString(log), log_partition, log_offset
FROM dead_letters
WHERE id = {id:String}
