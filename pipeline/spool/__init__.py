"""The spool: this machine's disk takes the records while Kafka does not, and gives them to Kafka when it does.

Whoever only looks at it imports `place` and `refused`, which need nothing of Kafka's client.
"""
