"""The text of a commit: the log that the offset counts in, its number of partitions, and the reader's note."""

from pipeline.kafka_log.topic import Topic
from pipeline.log import Commit, LogUnusable


def write_note(topic: Topic, note: str) -> str:
    """What is committed beside an offset."""
    return f"{topic.log_id}/{topic.partitions} {note}"


def read_commit(topic: Topic, commit: Commit | None) -> Commit | None:
    """The commit with the reader's own note; None if it is of a topic of this name that is no more.

    One without any text was made by hand, and holds. Raises LogUnusable where the topic had another number of
    partitions then: a message would get two writers.
    """
    if commit is None or not commit.note:
        return commit
    mark, _, note = commit.note.partition(" ")
    log_id, _, count = mark.partition("/")
    if log_id != topic.log_id:
        return None
    if count != str(topic.partitions):
        raise LogUnusable(
            f"topic {topic.name} was read with {count} partitions, and has {topic.partitions} now: a message would get "
            "two writers; go on with a new topic"
        )
    return Commit(commit.offset, note)
