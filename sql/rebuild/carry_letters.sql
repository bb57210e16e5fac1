-- The dead letters whose records neither log nor archive holds any more.
-- held (log UUID, partition UInt16, first UInt64, last UInt64) is sent along: what they hold.
INSERT INTO {new:Identifier}.dead_letters
SELECT letter.*
FROM {old:Identifier}.dead_letters AS letter FINAL
WHERE NOT arrayExists(
    part -> part.1 = log AND part.2 = log_partition AND log_offset BETWEEN part.3 AND part.4,
    (SELECT groupArray((log, partition, first, last)) FROM held))
