"""What can go wrong with a log on Kafka beyond what every log may raise, in words for people."""


class RecordRefused(Exception):
    """Kafka will never take this record (its size); it has to be set aside, the others go on."""
