-- Which of some alarms somebody has taken on.
SELECT id FROM alert_acknowledged FINAL WHERE id IN {ids:Array(String)}
