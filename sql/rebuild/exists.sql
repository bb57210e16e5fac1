-- Whether a rebuild left a word of itself.
SELECT count() FROM system.tables WHERE database = {database:String} AND name = 'rebuild'
