-- Dead letters of the last days before {end}, as many as a source that changed its format leaves.
INSERT INTO dead_letters
(
    id, state, source, provider, type, reason, detail, received_at, changed_at, request_id, content_type, context, body,
    log, log_partition, log_offset
)
SELECT
    toUInt128(sipHash64(number)) AS id, if(number % 5 = 0, 1, 0) AS state,
    ['integrax-br', 'gateway'][1 + number % 2] AS source, ['integrax', 'smsgateway24'][1 + number % 2] AS provider,
    'delivrd.webhook' AS type, ['unknown_shape', 'missing_id', 'bad_field'][1 + number % 3] AS reason,
    'no field of it is known' AS detail,
    toDateTime64({end:String}, 3, 'UTC') - toIntervalSecond(number * 30) AS received_at, received_at AS changed_at,
    toString(number) AS request_id, 'application/json' AS content_type, '' AS context,
    concat('{"campaign": ', toString(number), '}') AS body,
    toUUID('00000000-0000-0000-0000-000000000007') AS log, 0 AS log_partition, number AS log_offset
FROM numbers(20000)
