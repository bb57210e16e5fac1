"""The askers: what providers do not tell by themselves is asked of their APIs, and goes into the event log."""
