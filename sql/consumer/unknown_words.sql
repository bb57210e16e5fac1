-- Words and codes of the providers that no table knows, of the facts of messages first heard of since {since} (ms).
SELECT source, provider_status, count()
FROM events FINAL
WHERE home >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND status = 'unknown' AND provider_status != {except:String}
GROUP BY source, provider_status
ORDER BY source, count() DESC, provider_status
SETTINGS do_not_merge_across_partitions_select_final = 1
