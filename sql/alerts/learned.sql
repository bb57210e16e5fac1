-- What was usual when a day began.
SELECT scope, kind, learned FROM alert_learned FINAL WHERE day = toDate({day:UInt32}) AND kind != '' ORDER BY scope, kind
