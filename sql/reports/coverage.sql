-- Coverage
-- For how many messages of a period it is known how they ended, how old the others are, and how long reports usually take.
-- by: source, provider, country, carrier, number_type, channel, told_by, day, hour
--
-- A provider that stops reporting shows here first: its messages stay pending. A message belongs to the hour in which it
-- was first heard of. silent are the pending ones of hours that began more than a day ago, from which little can be
-- expected; without_report those of which only the submission is known. usual_p50_s and usual_p95_s are how long a
-- delivery took, counted from usual_from.
-- Parameters: since and until (excluded) bound the hours, now tells young messages from silent ones, tz cuts days.
WITH
    if(
        usual_from = 'submission',
        quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(d.from_submission),
        quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(d.from_first_sight)) AS usual
SELECT
    /* by: */ source, provider /* :by */,
    sum(d.messages) AS messages,
    sumIf(d.messages, is_final) AS final,
    round(100 * final / messages, 2) AS final_pct,
    sumIf(d.messages, NOT is_final) AS pending,
    sumIf(d.messages, NOT is_final AND is_young) AS young,
    sumIf(d.messages, NOT is_final AND hour <= {now:DateTime64(3, 'UTC')} - INTERVAL 1 DAY) AS silent,
    sumIf(d.messages, told_by = 'submission') AS without_report,
    if(pending = 0, NULL, minIf(hour, NOT is_final)) AS oldest_pending,
    multiIf(
        sum(d.timed_from_submission) > 0, 'submission', sum(d.timed_from_first_sight) > 0, 'first_sight', '') AS usual_from,
    round(usual[1] / 1000, 1) AS usual_p50_s,
    round(usual[3] / 1000, 1) AS usual_p95_s,
    multiIf(
        young > 0, concat(toString(young), ' pending are of the last hours: their reports may be on the way'),
        messages < 30, 'few messages: the rate says little',
        '') AS note
FROM
(
    SELECT
        * REPLACE(toTimeZone(hour, {tz:String}) AS hour),
        toDate(hour, {tz:String}) AS day,
        hour > {now:DateTime64(3, 'UTC')} - INTERVAL 2 HOUR AS is_young
    FROM deliveries
    WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
) AS d
GROUP BY ALL
ORDER BY /* by: */ source, provider /* :by */
