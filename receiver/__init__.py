"""HTTP in: webhooks and submissions into the event log. The public side, which knows nothing of the warehouse."""
