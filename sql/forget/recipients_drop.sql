-- Takes away what led to the messages by the number: a hash of it that anybody can try out.
ALTER TABLE {database:Identifier}.recipients
DELETE WHERE message IN {messages:Array(UInt64)} AND recipient_hash != {kept:UInt64}
SETTINGS mutations_sync = 2
