-- From here on the exchange is finished by whoever comes next.
INSERT INTO {database:Identifier}.rebuild
SELECT 'decided' AS state, digest, boundary FROM {database:Identifier}.rebuild LIMIT 1
