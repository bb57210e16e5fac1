-- The newest day that was kept whole, in days since 1970, of those up to a given one; 0 where there is none.
SELECT toUInt32(max(day)) FROM
(
    SELECT day, maxIf(toUInt64OrZero(learned), kind = '') AS wanted, countIf(kind != '') AS rows
    FROM alert_learned FINAL
    WHERE day <= toDate({last:UInt32}) AND day >= toDate({first:UInt32})
    GROUP BY day
    HAVING wanted = rows AND rows > 0
)
