-- Empties dead letters.
ALTER TABLE {database:Identifier}.dead_letters
UPDATE body = '', context = ''
WHERE id IN {ids:Array(UInt128)}
SETTINGS mutations_sync = 2
