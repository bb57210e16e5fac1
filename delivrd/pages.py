"""The pages of the private port, wired."""

from collections.abc import Callable, Mapping

from console.desk import Desk
from console.door import Door
from console.figures import Overview
from console.parts import Parts
from console.site import Site
from delivrd.connect import reader
from pipeline.clock import Clock
from pipeline.event_log import EventLog
from pipeline.settings import Settings


def site(settings: Settings, events: EventLog, present: Callable[[], Settings], clock: Clock) -> Site:
    """The pages over a log. `present` gives the settings as they were last read."""
    console = settings.console
    desk = Desk(reader(settings))

    def sources() -> Mapping[str, str]:
        return {name: source.provider for name, source in present().sources.items()}

    door = Door(console.token, console.needs_token, (console.host,), clock)
    return Site(Parts(desk, Overview(desk, clock), door, events, clock, sources, hide_numbers=True))
