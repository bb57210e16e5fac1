-- The sources that anything is stored of, and their providers: some may have been taken out of the settings.
SELECT source, any(provider)
FROM events
GROUP BY source
