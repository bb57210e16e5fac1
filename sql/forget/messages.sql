-- The same for the messages: what names them by message, the words of their facts by fact.
ALTER TABLE {database:Identifier}.messages
UPDATE
    message_id = transform(message, {message_id_of:Array(UInt64)}, {message_id:Array(String)}, message_id),
    to_number = (to_number.1,
        if(to_number.2 = '', '', transform(message, {recipient_of:Array(UInt64)}, {recipient:Array(String)}, to_number.2)),
        to_number.3, to_number.4, to_number.5),
    from_number = (from_number.1,
        if(from_number.2 = '', '',
            transform(message, {sender_of:Array(UInt64)}, {sender:Array(String)}, from_number.2))),
    customer = (customer.1,
        if(customer.2 = '', '', transform(message, {customer_ref_of:Array(UInt64)}, {customer_ref:Array(String)}, customer.2))),
    details = mapApply((fact, words) -> (fact, (
        words.1,
        transform(fact, {provider_status_of:Array(UInt64)}, {provider_status:Array(String)}, words.2),
        transform(fact, {error_code_of:Array(UInt64)}, {error_code:Array(String)}, words.3),
        transform(fact, {error_text_of:Array(UInt64)}, {error_text:Array(String)}, words.4))), details)
WHERE toStartOfHour(home) IN {hours:Array(DateTime('UTC'))} AND message IN {messages:Array(UInt64)}
SETTINGS mutations_sync = 2
