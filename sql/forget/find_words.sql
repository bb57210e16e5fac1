-- The words of the figures that may name a number, each with its source and day. asked (pattern String) is sent along.
SELECT DISTINCT toUnixTimestamp(toStartOfDay(start)) AS day, source, arrayJoin([example, error_text, error_code, provider_status]) AS word
FROM
(
    SELECT * FROM {database:Identifier}.hourly
    UNION ALL
    SELECT * FROM {database:Identifier}.daily
)
WHERE match(word, (SELECT pattern FROM asked))
