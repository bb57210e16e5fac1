"""What can go wrong with a log on Kafka beyond what every log may raise, in words for people."""


class LogUnusable(Exception):
    """The topic or the settings cannot serve as this log until somebody acts; trying again does not help."""


class RecordRefused(Exception):
    """Kafka will never take this record (its size); it has to be set aside, the others go on."""
