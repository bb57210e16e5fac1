-- Gives facts other words: of each column, the facts whose word changes, and the new ones.
ALTER TABLE {database:Identifier}.events
UPDATE
    message_id = transform(toUInt64(bitShiftRight(identity, 64)),
        {message_id_of:Array(UInt64)}, {message_id:Array(String)}, message_id),
    message_key = transform(toUInt64(bitShiftRight(identity, 64)),
        {message_key_of:Array(UInt64)}, {message_key:Array(String)}, message_key),
    recipient = transform(toUInt64(bitShiftRight(identity, 64)),
        {recipient_of:Array(UInt64)}, {recipient:Array(String)}, recipient),
    sender = transform(toUInt64(bitShiftRight(identity, 64)), {sender_of:Array(UInt64)}, {sender:Array(String)}, sender),
    provider_status = transform(toUInt64(bitShiftRight(identity, 64)),
        {provider_status_of:Array(UInt64)}, {provider_status:Array(String)}, provider_status),
    error_code = transform(toUInt64(bitShiftRight(identity, 64)),
        {error_code_of:Array(UInt64)}, {error_code:Array(String)}, error_code),
    error_text = transform(toUInt64(bitShiftRight(identity, 64)),
        {error_text_of:Array(UInt64)}, {error_text:Array(String)}, error_text),
    customer_ref = transform(toUInt64(bitShiftRight(identity, 64)),
        {customer_ref_of:Array(UInt64)}, {customer_ref:Array(String)}, customer_ref),
    text = transform(toUInt64(bitShiftRight(identity, 64)), {text_of:Array(UInt64)}, {text:Array(String)}, text),
    extra = transform(toUInt64(bitShiftRight(identity, 64)), {extra_of:Array(UInt64)}, {extra:Array(String)}, extra)
WHERE toStartOfHour(home) IN {hours:Array(DateTime('UTC'))} AND message IN {messages:Array(UInt64)}
SETTINGS mutations_sync = 2
