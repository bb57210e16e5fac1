"""The pages of the private port, wired."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from console.desk import Desk
from console.door import Door
from console.figures import Overview
from console.parts import Parts
from console.site import Site
from delivrd.acts import Deeds, Present
from delivrd.alarm_deeds import AlarmDeeds
from delivrd.audit_deed import AuditDeed
from delivrd.parts import reader, store
from delivrd.source_acts import SourceDeeds
from pipeline.clock import Clock
from pipeline.event_log import EventLog
from pipeline.settings import Settings
from pipeline.settings.first import new_secret


def site(settings: Settings, events: EventLog, present: Present, clock: Clock) -> Site:
    """The pages over a log."""
    console = settings.console
    desk = Desk(reader(settings))
    acts = Deeds(present, events)

    def sources() -> Mapping[str, str]:
        return {name: source.provider for name, source in present.settings.sources.items()}

    # A token that nobody knows: without one in the settings nobody can act.
    hosts = (console.host, *([urlsplit(console.address).hostname or ""] if console.address else []))
    door = Door(console.token or new_secret(), console.needs_token, hosts, clock)
    return Site(
        Parts(
            desk=desk,
            overview=Overview(desk, clock),
            door=door,
            log=events,
            acts=acts,
            source_acts=SourceDeeds(present, acts.state_of),
            alarm_acts=AlarmDeeds(store(settings), clock),
            audit=AuditDeed(present),
            clock=clock,
            sources=sources,
            hide_numbers=console.numbers == "masked",
        )
    )
