"""What is watched how closely, and who is told of it."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipeline.settings.kinds import Section
from pipeline.settings.rules import duration, known_timezone

KindName = Literal["unheard", "unreadable", "silence", "late", "failures", "bad_list", "too_good"]
SeverityName = Literal["page", "notice"]
Share = Annotated[float, Field(ge=0, le=1)]


def clock_span(value: Any) -> tuple[dt.time, dt.time]:
    """`22:00-07:00`: from when to when, also over midnight."""
    try:
        begin, end = (dt.time.fromisoformat(part.strip()) for part in value.split("-"))
    except (AttributeError, ValueError):
        raise ValueError('must be a span of the day such as "22:00-07:00"') from None
    return begin, end


Moment = Annotated[dt.datetime, Field(strict=False)]
Zone = Annotated[str, BeforeValidator(known_timezone)]


class AlertRule(Section):
    """What holds for a kind and a scope, whichever of them are named. Of several that fit, the last one counts.

    `z` and `floor` say how far above the usual is still normal; `ceiling` is the worst normal rate whatever is usual.
    `mute_until` keeps it quiet for a while: it is judged and listed, and nobody is told.
    """

    kind: KindName | None = None
    source: str | None = None
    country: str | None = None
    carrier: str | None = None
    off: bool | None = None
    severity: SeverityName | None = None
    z: Annotated[float, Field(gt=0, le=50)] | None = None
    floor: Share | None = None
    ceiling: Annotated[float, Field(gt=0, lt=1)] | None = None
    mute_until: Moment | None = None


class Maintenance(Section):
    """A time in which nobody is told of a scope: the provider has announced that it will be down."""

    begins: Moment
    ends: Moment
    source: str | None = None
    country: str | None = None
    carrier: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Maintenance":
        if (self.begins.tzinfo is None) != (self.ends.tzinfo is None) or self.begins >= self.ends:
            raise ValueError("`begins` must lie before `ends`, both with or both without a zone")
        return self


class AlertTarget(Section):
    """Who is told, of pages alone (`least = "page"`) or of notices too.

    `url` is one of Apprise's, or `webhook+https://…` for the JSON of docs/alarms.md.
    """

    least: SeverityName = "notice"
    url: str = Field(min_length=1, repr=False)


ALERT_TABLES: Mapping[str, type[Section]] = {"rules": AlertRule, "maintenance": Maintenance, "targets": AlertTarget}
"""The tables within `[alerts]`."""


class AlertsSettings(Section):
    """Alarms. Notices wait until the quiet hours are over; `remind` tells again of a page that stays open."""

    timezone: Zone = "UTC"
    quiet: Annotated[tuple[dt.time, dt.time], BeforeValidator(clock_span)] | None = None
    remind_seconds: Annotated[int, BeforeValidator(duration("10m"))] = Field(4 * 3600, alias="remind")
    rules: tuple[AlertRule, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    targets: dict[str, AlertTarget] = Field(default={})

    def is_quiet(self, at_ms: int) -> bool:
        """Whether a moment lies in the quiet hours."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        now = self._local(at_ms).time()
        return begin <= now < end if begin <= end else now >= begin or now < end

    def moment(self, given: dt.datetime) -> int:
        """A configured moment in UTC milliseconds; without a zone it is in ours."""
        told = given if given.tzinfo else given.replace(tzinfo=zoneinfo.ZoneInfo(self.timezone))
        return int(told.timestamp() * 1000)

    def _local(self, at_ms: int) -> dt.datetime:
        return dt.datetime.fromtimestamp(at_ms / 1000, zoneinfo.ZoneInfo(self.timezone))
