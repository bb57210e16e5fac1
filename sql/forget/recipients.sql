-- Leads to the messages by what stands in place of the number now.
INSERT INTO {database:Identifier}.recipients
SELECT DISTINCT {kept:UInt64} AS recipient_hash, home, message
FROM {database:Identifier}.events
WHERE toStartOfHour(home) IN {hours:Array(DateTime('UTC'))} AND message IN {messages:Array(UInt64)}
    AND if(kind = 'inbound', sender, recipient) != ''
