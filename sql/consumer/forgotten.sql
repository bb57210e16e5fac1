-- The numbers that are to be forgotten, by their keyed hashes, each with what tells its key.
SELECT number_hash, key_check FROM forgotten
