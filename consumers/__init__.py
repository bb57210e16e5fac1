"""From the event log to the warehouse: normalize, keep exactly once, dead letters, audit, replay."""
