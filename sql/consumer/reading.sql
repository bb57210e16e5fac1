-- The newest reading and what it was made of.
SELECT max(reading), argMax(digest, reading) FROM readings
