-- Dead letters of a time, a state, a reason (empty: any) and a source (empty: any), the newest first.
SELECT
    id, toString(state) AS how, source, reason,
    replaceRegexpAll(d.detail,
        '(^|[^0-9A-Za-z_-])(\\+?[0-9](?:[ ()-]{0,2}[0-9]){2})(?:[ ()-]{0,2}[0-9]){3,10}((?:[ ()-]{0,2}[0-9]){2})',
        '\\1\\2***\\3') AS detail,
    received_at, length(body) AS bytes
FROM dead_letters AS d
WHERE received_at >= {since:DateTime64(3, 'UTC')} AND received_at < {until:DateTime64(3, 'UTC')}
    AND toString(state) = {state:String}
    AND ({reason:String} = '' OR reason = {reason:String})
    AND ({source:String} = '' OR source = {source:String})
ORDER BY received_at DESC, id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
