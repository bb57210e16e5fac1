"""What the parts share: event log, warehouse, engine, settings, clock, metrics."""
