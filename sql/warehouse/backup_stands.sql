-- How a backup, or its restoration, stands: its status, and what went wrong.
SELECT toString(status), error FROM system.backups WHERE id = {id:String}
