-- Coverage
-- For how many messages of a period it is known how they ended, and what is missing for the others.
-- by: source, provider, country, carrier, number_type, channel, sender, told_by, day, hour
--
-- A provider that stops reporting shows here first: its messages stay pending. A message belongs to the period in
-- which it was first heard of. silent are the pending ones older than a day, from which little can be expected.
-- Parameters: since and until (excluded) bound the period, now tells young messages from silent ones, tz cuts days.
SELECT
    /* by: */ source, provider /* :by */,
    count() AS messages,
    countIf(is_final) AS final,
    round(100 * final / messages, 2) AS final_pct,
    countIf(NOT is_final) AS pending,
    countIf(NOT is_final AND home <= {now:DateTime64(3, 'UTC')} - INTERVAL 1 DAY) AS silent,
    countIf(told_by = 'submission') AS without_report,
    minIf(toNullable(home), NOT is_final) AS oldest_pending,
    multiIf(
        countIf(NOT is_final AND home > {now:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR) AS young > 0,
            concat(toString(young), ' pending are younger than an hour: their reports may be on the way'),
        messages < 30, 'few messages: the rate says little',
        '') AS note
FROM
(
    SELECT *, toDate(home, {tz:String}) AS day, toStartOfHour(home, {tz:String}) AS hour
    FROM messages
    WHERE home >= {since:DateTime64(3, 'UTC')} AND home < {until:DateTime64(3, 'UTC')}
)
GROUP BY ALL
ORDER BY /* by: */ source, provider /* :by */
