-- Each source that was ever configured, or that anything is stored of, with its provider and region as last known.
SELECT source, argMax(provider, since), argMax(region, since)
FROM
(
    SELECT source, provider, region, since FROM known_sources
    UNION ALL
    -- of a time in which no note was taken of them
    SELECT source, any(provider) AS provider, '' AS region, toDateTime64(0, 3, 'UTC') AS since FROM events GROUP BY source
)
GROUP BY source
