-- A rebuild has come so far.
INSERT INTO {database:Identifier}.rebuild
SELECT {state:String} AS state, digest, boundary FROM {database:Identifier}.rebuild LIMIT 1
