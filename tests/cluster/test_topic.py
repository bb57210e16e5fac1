"""What may become of the topic and of the group that reads it: made anew, emptied."""

import signal
from contextlib import closing

from pipeline.kafka_log import client
from pipeline.kafka_log.settings import KafkaSettings
from tests.cluster.conftest import Stage
from tests.kafka.harness import delete_topic
from tests.support.cluster import ClusterInstallation
from tests.support.load import assert_kept, load
from tests.support.waiting import until


def kafka_of(delivrd: ClusterInstallation) -> KafkaSettings:
    found = delivrd.settings().log.kafka
    assert found
    return found


def test_an_emptied_consumer_group_reads_again_and_doubles_nothing(delivrd: ClusterInstallation, url: str) -> None:
    settings = kafka_of(delivrd)
    with load(url, seed=41) as senders:
        senders.more(200)
        delivrd.leave("worker", signal.SIGTERM)
        with closing(client.open_admin(settings, 10)) as admin:
            admin.delete_groups([settings.group])  # type: ignore[attr-defined]
        delivrd.join("worker", "consumer")
        senders.more(100)
    assert (senders.broken, senders.refused) == (0, {})
    assert_kept(delivrd, senders)


def test_a_topic_made_anew_is_read_from_its_beginning(stage: Stage, url: str) -> None:
    """Its offsets begin again, as another log's; what the old one held is in the warehouse already."""
    delivrd = stage.delivrd
    with load(url, seed=42) as senders:
        senders.more(200)
    assert_kept(delivrd, senders)
    delete_topic(kafka_of(delivrd))
    with load(url, seed=43) as later:
        later.more(200)
        until(lambda: "made anew" in delivrd.problem("worker") or not delivrd.problem("worker"), "it is noticed")
        delivrd.signal("worker", signal.SIGHUP)
        until(lambda: not delivrd.problem("worker"), "the consumer is at work")
        later.more(50)
    assert_kept(delivrd, later)
    rows = delivrd.sql("SELECT message_id, count() AS n FROM events GROUP BY ALL HAVING n > 1")
    assert rows == []
