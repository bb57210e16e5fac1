"""The settings of the event log, and of the spool before one on Kafka."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pipeline.kafka_log.settings import KafkaSettings, Mechanism, Sasl, Tls, parse_url
from pipeline.settings.kinds import Days, Section, Size
from pipeline.settings.rules import log_url

KAFKA = "kafka://"
DAY_MS = 86_400_000
KEEP_DAYS = 30


class LogSettings(Section):
    """The event log. Of one in files, only records that the warehouse has taken are ever removed.

    `reserve_bytes` is the room on the disk that is left to the other parts: beyond it, requests are refused. What
    follows it is for a log on Kafka; `acknowledge` is how long (seconds) a request waits for it, `session` how long a
    consumer may be silent before others get its partitions.
    """

    url: Annotated[str, BeforeValidator(log_url)] = "sqlite:"
    keep_days: Days = Field(KEEP_DAYS, alias="keep")
    max_bytes: Size = Field(20 * 10**9, alias="max_size")
    reserve_bytes: Size = Field(2**30, alias="reserve")
    partitions: int = Field(12, ge=1)
    replication: int = Field(3, ge=1)
    min_insync: int = Field(2, ge=1)
    security: Literal["plaintext", "tls", "sasl", "sasl_tls"] = "plaintext"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str = ""
    password: str = Field(default="", repr=False)
    ca_file: str = ""
    group: str = Field("delivrd", min_length=1)
    acknowledge: float = Field(1.0, gt=0, le=60)
    session: float = Field(10.0, ge=1, le=300)

    @model_validator(mode="after")
    def _can_acknowledge(self) -> Self:
        if self.url.startswith(KAFKA) and self.min_insync > self.replication:
            raise ValueError(
                f"`min_insync` ({self.min_insync}) must not be more than `replication` ({self.replication})"
            )
        return self

    @property
    def kafka(self) -> KafkaSettings | None:
        """Where the log on Kafka is; None where it is a file."""
        if not self.url.startswith(KAFKA):
            return None
        servers, topic = parse_url(self.url)
        return KafkaSettings(
            servers=servers,
            topic=topic,
            partitions=self.partitions,
            replication=self.replication,
            min_insync=self.min_insync,
            keep_ms=self.keep_days * DAY_MS or -1,
            group=self.group,
            append_timeout=self.acknowledge,
            session_timeout=self.session,
            tls=Tls(self.ca_file or None) if "tls" in self.security else None,
            sasl=Sasl(self.mechanism, self.username, self.password) if "sasl" in self.security else None,
        )


class SpoolSettings(Section):
    """The spool, which takes over while Kafka does not acknowledge. It leaves the log's reserve free on the disk."""

    max_bytes: Size = Field(default=2 * 10**9, alias="max_size")
