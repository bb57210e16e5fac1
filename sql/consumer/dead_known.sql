-- Which of the asked dead letters are known, and where they first stood. asked (id UInt128) is sent along.
SELECT id, argMax((toString(log), log_partition, log_offset), version)
FROM dead_letters
WHERE id IN (SELECT id FROM asked)
GROUP BY id
