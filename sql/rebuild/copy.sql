-- What reading depends on, and no record tells.
INSERT INTO {new:Identifier}.{table:Identifier} SELECT * FROM {old:Identifier}.{table:Identifier}
