-- What became of the records that were consumed since a time, and how many chunks they came in.
SELECT
    count() AS chunks,
    sum(records) AS records,
    sum(stored) AS stored,
    sum(repeated) AS repeated,
    sum(empty) AS empty,
    sum(dead_lettered) AS dead_lettered,
    sum(expired) AS expired,
    sum(forgotten) AS forgotten,
    toUnixTimestamp64Milli(max(consumed_at)) AS newest,
    max(reading) AS reading,
    version() AS engine
FROM chunks
WHERE consumed_at >= {since:DateTime64(3, 'UTC')}
