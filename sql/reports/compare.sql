-- Compare
-- Sources beside one another on the same country and carrier: what they deliver, how sure that is, and what it costs.
-- by: country, carrier, number_type, channel
--
-- Only where at least two sources have messages that have ended. low_pct and high_pct are the Wilson interval (95 %) of
-- delivered_pct, which is of the messages whose end is known: where the intervals of two sources do not meet, chance
-- does not explain the difference (another kind of traffic may). A message belongs to the hour in which it was first heard of.
-- Parameters: since and until (excluded) bound the hours, now tells what may still change; tz is not used.
WITH
    1.96 AS z,
    delivered / final AS p,
    (p + z * z / 2 / final) / (1 + z * z / final) AS middle,
    z * sqrt(p * (1 - p) / final + z * z / 4 / final / final) / (1 + z * z / final) AS half
SELECT
    /* by: */ country, carrier /* :by */,
    source,
    sum(d.messages) AS messages,
    sumIf(d.messages, is_final) AS final,
    sumIf(d.messages, is_delivered) AS delivered,
    messages - final AS pending,
    round(100 * delivered / final, 2) AS delivered_pct,
    round(100 * greatest(middle - half, 0), 2) AS low_pct,
    round(100 * least(middle + half, 1), 2) AS high_pct,
    sum(d.priced) AS priced,
    if(priced = 0, NULL, round(sum(d.cost), 6)) AS cost,
    arrayStringConcat(arraySort(groupUniqArrayIf(toString(d.currency), d.priced > 0)), ' ') AS currency,
    if(priced = messages AND delivered > 0 AND position(currency, ' ') = 0, round(sum(d.cost) / delivered, 6), NULL)
        AS cost_per_delivered,
    multiIf(
        high_pct < max(low_pct) OVER (PARTITION BY /* by: */ country, carrier /* :by */), 'worse than the best, beyond chance',
        sumIf(d.messages, NOT is_final AND hour > {now:DateTime64(3, 'UTC')} - INTERVAL 2 HOUR) AS young > 0,
            concat(toString(young), ' pending are of the last hours and may still change'),
        final < 30, 'few messages: the rate says little',
        priced BETWEEN 1 AND messages - 1, concat('the price of ', toString(messages - priced), ' is not known'),
        '') AS note
FROM deliveries AS d
WHERE hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) AND hour < {until:DateTime64(3, 'UTC')}
GROUP BY ALL
HAVING final > 0
QUALIFY count() OVER (PARTITION BY /* by: */ country, carrier /* :by */) > 1
ORDER BY /* by: */ country, carrier /* :by */, delivered_pct DESC, source
