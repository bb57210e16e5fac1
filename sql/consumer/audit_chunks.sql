-- The consumed ranges of a partition, in order.
SELECT first, last
FROM chunks FINAL
WHERE log = {log:UUID} AND log_partition = {partition:UInt16}
ORDER BY first, last
