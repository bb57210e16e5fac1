-- Which of the asked positions are stored as the first telling of a fact, and of which.
-- asked (offset UInt64) is sent along.
SELECT DISTINCT log_offset, identity
FROM events
WHERE log = {log:UUID} AND log_partition = {partition:UInt16} AND log_offset IN (SELECT offset FROM asked)
