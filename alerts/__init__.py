"""Alarms: figures in, decisions out, and the way of a decision to a person."""
