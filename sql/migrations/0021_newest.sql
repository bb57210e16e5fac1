-- As in 0005_rollups.sql, but that a condition on `start` bounds both sides: a day's figures cost the same in a year's.

CREATE OR REPLACE VIEW ${LOCAL}.newest_hourly AS
SELECT h.*
FROM ${LOCAL}.hourly AS h
INNER JOIN (SELECT start, max(version) AS version FROM ${LOCAL}.hourly GROUP BY start) AS newest USING (start, version);

CREATE OR REPLACE VIEW ${LOCAL}.newest_daily AS
SELECT d.*
FROM ${LOCAL}.daily AS d
INNER JOIN (SELECT start, max(version) AS version FROM ${LOCAL}.daily GROUP BY start) AS newest USING (start, version);
