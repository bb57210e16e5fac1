-- Each table and plain view of a database, with its engine, and its columns in order.
SELECT t.name, any(t.engine_full), groupArray((c.name, c.type, c.default_kind, c.default_expression))
FROM system.tables AS t
INNER JOIN (SELECT * FROM system.columns WHERE database = {database:String} ORDER BY position) AS c ON c.table = t.name
WHERE t.database = {database:String} AND t.engine != 'MaterializedView' AND t.name != {except:String}
GROUP BY t.name
ORDER BY t.name
