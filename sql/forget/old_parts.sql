-- What was written anew and still lies on the disk as it was: the warehouse deletes it after a while.
SELECT table, name FROM system.parts WHERE database = {database:String} AND NOT active
