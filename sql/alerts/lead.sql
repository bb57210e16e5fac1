-- Who leads the alerters, and in which term; no row where none ever did, '' where the last one has let go.
SELECT term, holder FROM alert_leads FINAL WHERE name = 'alerter'
