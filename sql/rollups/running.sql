-- When the present run of a view that works by the clock began; no row where it does not work just now.
SELECT last_refresh_time
FROM system.view_refreshes
WHERE database = {database:String} AND view = {view:String} AND status = 'Running'
