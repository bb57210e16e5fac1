-- Begins to bring back what a backup holds, into a server that holds nothing of it. {name} is as in backup.sql.
RESTORE DATABASE delivrd_store, DATABASE delivrd FROM Disk('backups', '{name}') ASYNC
