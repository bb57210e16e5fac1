-- The records that were sent along, as they stand in a file of the archive.
SELECT log, partition, offset, id, source, type, toTimeZone(time, 'UTC') AS time, key, content_type, context, body, replay_of
FROM records
ORDER BY offset
SETTINGS output_format_parquet_compression_method = 'zstd'
