"""The topic that is the log: made where it is missing, and refused where it would lose what is put into it."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from pipeline.kafka_log import client
from pipeline.kafka_log.settings import MAX_MESSAGE_BYTES, KafkaSettings
from pipeline.log import LogUnusable

NO_ID = "00000000-0000-0000-0000-000000000000"


class Topic(NamedTuple):
    """What the log is. Kafka gives each topic a UUID, and one that is made anew another: that is the log's id."""

    name: str
    log_id: str
    partitions: int


def ensure_topic(settings: KafkaSettings, *, timeout: float = 10.0) -> Topic:
    """The topic, made if there is none. `timeout` (seconds) is for reaching a broker at all.

    Raises LogUnavailable where Kafka does not answer, and LogUnusable, naming every setting that is wrong, what it
    is, what it must be, and the command that mends it.
    """
    with client.failures(settings), closing(client.open_admin(settings, timeout)) as admin:
        found = _describe(admin, settings.topic)
        if found is None:
            with client.already_made():
                admin.create_topics({settings.topic: _new_topic(settings)}, wait_for_metadata=True)
            found = _describe(admin, settings.topic)
        if found is None:
            raise LogUnusable(f"topic {settings.topic} was made, and is not there; does something delete it?")
        configs = {name: entry["value"] for name, entry in client.topic_configs(admin, settings.topic).items()}
    problems = find_problems(settings, found, configs)
    if problems:
        raise LogUnusable(f"topic {settings.topic} would lose records: " + "; ".join(problems))
    return Topic(settings.topic, str(found["topic_id"]), len(found["partitions"]))


def kept_ms(settings: KafkaSettings) -> int | None:
    """How long at most the topic holds a record after it came, None: for ever. Raises LogUnavailable, LogUnusable.

    Whole segments go, when their newest record is past the retention.
    """
    with client.failures(settings), closing(client.open_admin(settings, 10.0)) as admin:
        configs = {name: entry["value"] for name, entry in client.topic_configs(admin, settings.topic).items()}
    names = ("retention.ms", "segment.ms", "file.delete.delay.ms")
    return None if int(configs["retention.ms"]) < 0 else sum(int(configs[name]) for name in names)


def find_problems(settings: KafkaSettings, topic: Mapping[str, Any], configs: Mapping[str, str]) -> list[str]:
    """All that is wrong with a topic, given what the brokers say of it and its settings."""
    problems = [
        f"{name} is {configs.get(name)}, and must be {wanted}: {_alter(settings, name, value)}"
        for name, wanted, value, right in _rules(settings, configs)
        if not right
    ]
    count = len(topic["partitions"])
    if count != settings.partitions:
        problems.append(
            f"it has {count} partitions, and the settings say {settings.partitions}: set log.partitions to the number "
            "it was made with, or drain it and go on with a new topic (adding partitions gives a message two writers)"
        )
    copies = min((len(partition["replica_nodes"]) for partition in topic["partitions"]), default=0)
    if copies < settings.replication:
        problems.append(
            f"its replication is {copies}, and must be at least {settings.replication}: add replicas with "
            "kafka-reassign-partitions.sh, or lower log.replication if fewer are meant"
        )
    if str(topic.get("topic_id") or NO_ID) == NO_ID:
        problems.append("it has no id: Kafka 2.8 or newer is needed")
    return problems


def _rules(settings: KafkaSettings, configs: Mapping[str, str]) -> Sequence[tuple[str, str, str, bool]]:
    """Name, what it must be in words, a value that will do, and whether it is right."""
    keep, least = settings.keep_ms, settings.min_insync

    def number(name: str) -> int:
        return int(configs.get(name) or 0)

    def kept(name: str) -> bool:
        return number(name) == -1

    return (
        ("cleanup.policy", "delete", "delete", configs.get("cleanup.policy") == "delete"),
        (
            "retention.ms",
            f"at least {keep} or -1" if keep >= 0 else "-1 (no limit)",
            str(keep),
            kept("retention.ms") or number("retention.ms") >= keep >= 0,
        ),
        ("retention.bytes", "-1 (no limit)", "-1", kept("retention.bytes")),
        (
            "message.timestamp.type",
            "LogAppendTime (what arrives late is not deleted at once)",
            "LogAppendTime",
            configs.get("message.timestamp.type") == "LogAppendTime",
        ),
        (
            "max.message.bytes",
            f"at least {MAX_MESSAGE_BYTES}",
            str(MAX_MESSAGE_BYTES),
            number("max.message.bytes") >= MAX_MESSAGE_BYTES,
        ),
        ("min.insync.replicas", f"at least {least}", str(least), number("min.insync.replicas") >= least),
        (
            "unclean.leader.election.enable",
            "false",
            "false",
            configs.get("unclean.leader.election.enable") == "false",
        ),
    )


def _new_topic(settings: KafkaSettings) -> dict[str, Any]:
    return {
        "num_partitions": settings.partitions,
        "replication_factor": settings.replication,
        "configs": {name: value for name, _, value, _ in _rules(settings, {})},
    }


def _describe(admin: client.Admin, topic: str) -> Mapping[str, Any] | None:
    (found,) = admin.describe_topics([topic])
    if found["error_code"] == client.UNKNOWN_TOPIC:
        return None
    client.raise_for(found["error_code"])
    return found


def _alter(settings: KafkaSettings, name: str, value: str) -> str:
    return (
        f"kafka-configs.sh --bootstrap-server {settings.servers[0]} --alter --entity-type topics "
        f"--entity-name {settings.topic} --add-config {name}={value}"
    )
