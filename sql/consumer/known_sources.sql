-- Each source that was ever configured, with its provider and region as last known.
SELECT source, argMax(provider, since), argMax(region, since)
FROM known_sources
GROUP BY source
