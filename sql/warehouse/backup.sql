-- Begins to write all that the warehouse holds to the disk that the server has for backups. The statement takes no
-- parameter: the backup's name, of letters, digits and hyphens, is put in where {name} stands.
BACKUP DATABASE delivrd_store, DATABASE delivrd TO Disk('backups', '{name}') ASYNC
