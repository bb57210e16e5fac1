"""What the console's pages do about the installation and its sources, by the functions that the commands call."""

import threading
import zoneinfo
from collections.abc import Callable, Iterator, Sequence

from console.acts import Refusal
from console.acts.sources import Arrived, Standing, Step
from delivrd.acts import Present
from delivrd.addresses import base_url
from delivrd.errors import Trouble
from delivrd.options import Place
from delivrd.parts import event_log
from delivrd.reloading import take_over
from delivrd.standing import standing
from delivrd.trial import try_out
from pipeline.event_log import EventLog
from pipeline.log import LogUnavailable, LogUnusable
from pipeline.log_stats import PartitionStats
from pipeline.settings import Settings, SettingsError, SourceSettings
from pipeline.settings.rotation import CannotRotate, begin, end

_TAIL = 2_000
"""So many records of each partition are looked through."""
_SHOWN = 20


class SourceDeeds:
    """`state_of` gives the state of a message, empty where nothing is known of it."""

    def __init__(self, present: Present, state_of: Callable[[str], str]) -> None:
        self._present = present
        self._state_of = state_of
        self._turn = threading.Lock()

    def standing(self) -> Sequence[Standing]:
        """See console.acts.sources."""
        rows = standing(self._place, self._present.settings)
        return [Standing(row.what, str(row.how), row.well) for row in rows]

    def arrived(self, source: str) -> Sequence[Arrived]:
        """See console.acts.sources."""
        try:
            # A log of its own: what reads and appends goes one at a time through each.
            with event_log(self._present.settings) as log:
                found = [one for part in log.stats() for one in _tail(log, part, source)]
        except (LogUnavailable, LogUnusable) as error:
            raise Refusal(str(error)) from None
        return sorted(found, key=lambda one: (one.received_at, one.offset), reverse=True)[:_SHOWN]

    def urls(self, source: str) -> Sequence[str]:
        """See console.acts.sources."""
        receiver = self._present.settings.receiver
        base = base_url(receiver.host, receiver.port)
        return [f"{base}/v1/webhooks/{source}/{secret}" for secret in self._source(source).webhook_secrets]

    def rotate(self, source: str) -> None:
        """See console.acts.sources."""
        self._change(source, begin)

    def retire(self, source: str) -> None:
        """See console.acts.sources."""
        self._change(source, end)

    def try_out(self, source: str) -> Sequence[Step]:
        """See console.acts.sources."""
        return list(try_out(self._source(source).provider, self.urls(source)[0], self._state_of))

    def _change(self, source: str, step: Callable[..., None]) -> None:
        self._source(source)
        up = self._place.up
        if up is None:
            raise Refusal("On a cluster secrets stand in each process' own environment or file: change them there.")
        with self._turn:
            try:
                step(self._place.folder.secrets, source)
                take_over(self._place.folder, up)
            except (CannotRotate, SettingsError, Trouble) as error:
                raise Refusal(str(error)) from None

    def _source(self, name: str) -> SourceSettings:
        settings: Settings = self._present.settings
        if name not in settings.sources:
            raise Refusal(f"There is no source {name}.")
        return settings.sources[name]

    @property
    def _place(self) -> Place:
        return Place(self._present.settings.folder, zoneinfo.ZoneInfo("UTC"))


def _tail(log: EventLog, part: PartitionStats, source: str) -> Iterator[Arrived]:
    for entry in log.records(part.partition, first=max(part.first, part.end - _TAIL)):
        record = entry.record
        if record.source == source and not record.replay_of:
            told = (record.time, record.type, record.id, record.key, record.content_type, record.body)
            yield Arrived(*told, part.partition, entry.offset)
