"""What the pages are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.acts.alarms import AlarmActs
from console.acts.audit import Audit
from console.acts.messages import MessageActs
from console.acts.sources import SourceActs
from console.desk import Desk
from console.door import Door
from console.figures import Overview
from pipeline.clock import Clock
from pipeline.event_log import EventLog


@dataclass(frozen=True)
class Parts:
    """The warehouse by its desk, the overview's figures, who is let in, the event log as it stands, and what can be
    done.

    `sources` gives the provider of each configured source, as the settings are now. `hide_numbers` masks telephone
    numbers wherever they are shown.
    """

    desk: Desk
    overview: Overview
    door: Door
    log: EventLog
    acts: MessageActs
    source_acts: SourceActs
    alarm_acts: AlarmActs
    audit: Audit
    clock: Clock
    sources: Callable[[], Mapping[str, str]]
    hide_numbers: bool
