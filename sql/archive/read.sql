-- The records of a file of the archive, which was sent along. Bytes come as hexadecimal digits.
SELECT
    offset, id, source, type, toUnixTimestamp64Milli(time), key, content_type, hex(context), hex(body), replay_of
FROM records
ORDER BY offset
