-- Reconcile
-- Who told you what: messages you handed over without a report, and reports that came by one of two ways alone.
-- by: source, provider, country, carrier, channel, day, hour
--
-- A message belongs to the hour in which it was first heard of. unreported are submitted messages of which no report has
-- come, overdue those of hours that began more than a day ago, unsubmitted reported messages whose submission is not known.
-- Where a source is asked as well as heard: by_webhook_alone the poll has not told of (yet), by_poll_alone the webhook never
-- did; of those by_both, poll_later_p50_s and _p95_s are how much later the poll's first word came (earlier: below 0), of
-- hours whose figures know of one by both.
-- Parameters: since and until (excluded) bound the hours, now tells what is overdue, tz cuts days.
SELECT
    /* by: */ source /* :by */,
    sum(d.messages) AS messages,
    sum(d.submitted) AS submitted,
    submitted - unreported AS reported,
    sumIf(d.submitted, told_by = 'submission') AS unreported,
    sumIf(d.submitted, told_by = 'submission' AND hour <= {now:DateTime64(3, 'UTC')} - INTERVAL 1 DAY) AS overdue,
    messages - submitted AS unsubmitted,
    sumIf(d.messages, told_by = 'webhook') AS by_webhook_alone,
    sumIf(d.messages, told_by = 'poll') AS by_poll_alone,
    sumIf(d.messages, told_by = 'both') AS by_both,
    quantileExact(0.5)(d.later_s) AS poll_later_p50_s,
    quantileExact(0.95)(d.later_s) AS poll_later_p95_s,
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
    FROM
    (
        SELECT
            source, provider, country, carrier, channel, hour, told_by, messages, submitted, segments, priced, cost,
            currency, NULL AS later_s
        FROM deliveries
        WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
        UNION ALL
        SELECT
            source, provider, max(e.country), max(e.carrier), max(e.channel), toStartOfHour(home), '', 0, 0, 0, 0, 0, '',
            dateDiff('millisecond', minIf(received_at, origin = 'webhook'), minIf(received_at, origin = 'poll')) / 1000
        FROM events AS e
        WHERE home >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND home < {until:DateTime64(3, 'UTC')}
            AND kind = 'report' AND provider_status != 'no report'
            AND (source, toStartOfHour(home)) IN
            (
                SELECT source, hour
                FROM deliveries
                WHERE told_by = 'both' AND hour >= toStartOfHour({since:DateTime64(3, 'UTC')})
                    AND hour < {until:DateTime64(3, 'UTC')}
            )
        GROUP BY source, provider, message_id, home
        HAVING countIf(origin = 'webhook') > 0 AND countIf(origin = 'poll') > 0
    )
) AS d
GROUP BY ALL
ORDER BY /* by: */ source /* :by */
