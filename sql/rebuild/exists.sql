-- Whether a rebuild left a word of itself, which is a table.
SELECT count() FROM system.tables WHERE database = {database:String} AND name = {table:String}
