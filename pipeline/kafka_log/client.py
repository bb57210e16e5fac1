"""The client library as this package sees it: it has no types, so all that is used of it is declared here.

Its version is pinned, and that matters: beside the public consumer and admin client, the network layer below
them is used (connections, TLS, SASL, metadata, the protocol's messages), because the public producer costs three
times as much a record, and the public decoder twice.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from kafka import KafkaAdminClient, errors
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.net.compat import KafkaNetClient

from pipeline.kafka_log.settings import KafkaSettings
from pipeline.kafka_log.sockets import close_what_fails
from pipeline.log import LogUnavailable, LogUnusable

Options = dict[str, Any]

RECONNECT_SECONDS = 1.0
"""At most so long between two attempts to connect: with the library's 30, partitions stand still after an outage."""
METADATA_SECONDS = 5.0
CONNECT_SECONDS = 1.0
UNKNOWN_TOPIC = 3
_ATTEMPTS = 4


close_what_fails()


class Admin(Protocol):
    """What is used of kafka.KafkaAdminClient."""

    def describe_topics(self, topics: Sequence[str]) -> list[dict[str, Any]]:
        """What the brokers know of these topics."""
        ...

    def describe_configs(self, resources: Sequence[object], *, config_filter: str) -> dict[str, Any]:
        """Settings by kind and name."""
        ...

    def describe_groups(self, group_ids: Sequence[str]) -> dict[str, Any]:
        """What the brokers know of these groups, by name."""
        ...

    def create_topics(self, topics: Mapping[str, Mapping[str, Any]], *, wait_for_metadata: bool) -> object:
        """Make topics."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...


def options(settings: KafkaSettings) -> Options:
    """What every client of the library is given. Raises LogUnusable where the TLS files are not."""
    common: Options = {
        "bootstrap_servers": list(settings.servers),
        "client_id": "delivrd",
        "security_protocol": ("SASL_" if settings.sasl else "") + ("SSL" if settings.tls else "PLAINTEXT"),
        "reconnect_backoff_ms": 50,
        "reconnect_backoff_max_ms": int(RECONNECT_SECONDS * 1000),
        "metadata_max_age_ms": int(METADATA_SECONDS * 1000),
    }
    if settings.tls:
        common["ssl_context"] = _ssl_context(settings)
    if settings.sasl:
        common["sasl_mechanism"] = settings.sasl.mechanism
        common["sasl_plain_username"] = settings.sasl.username
        common["sasl_plain_password"] = settings.sasl.password
    return common


def open_admin(settings: KafkaSettings, timeout: float) -> Admin:
    """A connected admin client."""
    with closing_on_failure() as build:
        admin: Admin = KafkaAdminClient(
            **options(settings), bootstrap_timeout_ms=int(timeout * 1000), kafka_client=build
        )
    return admin


def topic_configs(admin: Admin, topic: str) -> Mapping[str, Mapping[str, str]]:
    """All settings of a topic, the brokers' defaults included."""
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    found: Mapping[str, Mapping[str, str]] = admin.describe_configs([resource], config_filter="all")["topic"][topic]
    return found


@contextmanager
def closing_on_failure() -> Iterator[Callable[..., KafkaNetClient]]:
    """The library's clients, when they cannot be opened, leave their thread behind, and do not say why: both is mended.

    Raises the error of another attempt to connect where the library only says that none came about in time.
    """
    made: list[KafkaNetClient] = []

    def build(**configs: object) -> KafkaNetClient:
        made.append(KafkaNetClient(**configs))
        return made[-1]

    try:
        yield build
    except errors.KafkaTimeoutError as error:
        try:
            _connect(made[0])
        finally:
            _close_all(made)
        raise error from None
    except BaseException:
        _close_all(made)
        raise


def _close_all(networks: Sequence[KafkaNetClient]) -> None:
    for network in networks:
        network.close()


def _connect(network: KafkaNetClient) -> None:
    """Raises what keeps from connecting.

    Tries several times: a broker that refuses a login may hang up before the library has read its answer.
    """
    manager = network._manager  # noqa: SLF001
    node = manager.cluster.bootstrap_brokers()[0].node_id

    async def connect() -> None:
        manager.reset_backoff(node)
        await manager.get_connection(node, timeout_ms=int(CONNECT_SECONDS * 1000))

    for _ in range(_ATTEMPTS - 1):
        with suppress(errors.KafkaConnectionError):
            manager.run(connect)
    manager.run(connect)


@contextmanager
def already_made() -> Iterator[None]:
    """Another process may make the topic at the same time."""
    with suppress(errors.TopicAlreadyExistsError):
        yield


def raise_for(code: int) -> None:
    """Raises the library's error of a code that is not 0."""
    if code:
        raise errors.for_code(code)


@contextmanager
def failures(settings: KafkaSettings) -> Iterator[None]:
    """The library's errors as the log's: LogUnusable where only a person can help, else LogUnavailable."""
    try:
        yield
    except (errors.SaslAuthenticationFailedError, errors.UnsupportedSaslMechanismError) as error:
        raise LogUnusable(
            f"Kafka refuses the login ({error}); check the mechanism, user and password of the log's settings"
        ) from error
    except (errors.TopicAuthorizationFailedError, errors.ClusterAuthorizationFailedError) as error:
        raise LogUnusable(
            f"Kafka does not allow it ({error}); the user needs Create, Describe, DescribeConfigs, Write and Read on "
            f"topic {settings.topic}"
        ) from error
    except errors.GroupAuthorizationFailedError as error:
        raise LogUnusable(f"Kafka does not allow Read on group {settings.group}; grant it to the user") from error
    except errors.InvalidReplicationFactorError as error:
        raise LogUnusable(
            f"topic {settings.topic} cannot be made with replication {settings.replication}: the cluster has fewer "
            "brokers; start them, or lower log.replication"
        ) from error
    except (errors.KafkaError, OSError) as error:
        servers = ", ".join(settings.servers)
        raise LogUnavailable(f"Kafka at {servers} does not answer as it should: {_words(error)}") from error


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    assert settings.tls
    try:
        return ssl.create_default_context(cafile=settings.tls.ca_file)
    except OSError as error:
        raise LogUnusable(
            f"{settings.tls.ca_file} cannot be used as Kafka's certificate authority: {error}; mend log.ca_file"
        ) from None
