-- How many of those who are to be forgotten a rebuild does not know of, as they were listed when it had begun.
SELECT count() FROM {old:Identifier}.forgotten
WHERE number_hash NOT IN (SELECT number_hash FROM {new:Identifier}.forgotten)
