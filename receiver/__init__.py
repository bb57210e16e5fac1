"""HTTP in: webhooks into the event log. The public side, which knows nothing of the warehouse."""
