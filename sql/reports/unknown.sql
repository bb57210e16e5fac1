-- Unknown statuses
-- Words and codes of the providers that nobody told us the meaning of, and the messages that stand on them.
-- by: source, provider, provider_status, error_code, error_text, country, carrier
--
-- Their meaning belongs into `statuses` of the source, and `delivrd replay` then reads them again. A message that has gone
-- on to a known state is not here, nor one whose time was up (no report). A message belongs to the hour in which it was first heard of.
-- Parameters: since and until (excluded) bound the hours, tz is that of the hours; now is not used.
SELECT
    /* by: */ source, provider_status, error_code /* :by */,
    sum(d.messages) AS messages,
    sum(messages) OVER () AS of_messages,
    toTimeZone(min(hour), {tz:String}) AS first_hour,
    toTimeZone(max(hour), {tz:String}) AS last_hour,
    min(example) AS for_example
FROM deliveries AS d
WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')} AND status = 'unknown'
    AND provider_status != 'no report'
GROUP BY ALL
ORDER BY messages DESC, /* by: */ source, provider_status, error_code /* :by */
