-- Reconcile
-- What you handed over against what was reported: messages nobody reported on, and reports nobody handed over.
-- by: source, provider, country, carrier, channel, day, hour
--
-- A message belongs to the hour in which it was first heard of. unreported are submitted messages of which no report has
-- come, overdue those of hours that began more than a day ago, unsubmitted reported messages whose submission is not known.
-- Parameters: since and until (excluded) bound the hours, now tells what is overdue, tz cuts days.
SELECT
    /* by: */ source /* :by */,
    sum(d.messages) AS messages,
    sum(d.submitted) AS submitted,
    submitted - unreported AS reported,
    sumIf(d.submitted, told_by = 'submission') AS unreported,
    sumIf(d.submitted, told_by = 'submission' AND hour <= {now:DateTime64(3, 'UTC')} - INTERVAL 1 DAY) AS overdue,
    messages - submitted AS unsubmitted,
    sum(d.segments) AS segments,
    sum(d.priced) AS priced,
    if(priced = 0, NULL, round(sum(d.cost), 6)) AS cost,
    arrayStringConcat(arraySort(groupUniqArrayIf(toString(d.currency), d.priced > 0)), ' ') AS currency,
    multiIf(
        submitted = 0, 'no submission is known: unsubmitted says nothing',
        overdue > 0, 'overdue: ask the provider, or send the submissions again',
        '') AS note
FROM
(
    SELECT * REPLACE(toTimeZone(hour, {tz:String}) AS hour), toDate(hour, {tz:String}) AS day
    FROM deliveries
    WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
) AS d
GROUP BY ALL
ORDER BY /* by: */ source /* :by */
