"""What is watched how closely."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.settings.kinds import Section

KindName = Literal["unheard", "unreadable", "silence", "late", "failures", "bad_list", "too_good"]
SeverityName = Literal["page", "notice"]


class AlertRule(Section):
    """What holds for a kind and a scope, whichever of them are named. Of several that fit, the last one counts.

    `z` and `floor` say how far above the usual is still normal; `ceiling` is the worst normal rate whatever is usual.
    """

    kind: KindName | None = None
    source: str | None = None
    country: str | None = None
    carrier: str | None = None
    off: bool | None = None
    severity: SeverityName | None = None
    z: Annotated[float, Field(gt=0, le=50)] | None = None
    floor: Annotated[float, Field(ge=0, le=1)] | None = None
    ceiling: Annotated[float, Field(gt=0, lt=1)] | None = None


class AlertsSettings(Section):
    """Alarms: the rules that differ from those built in."""

    rules: tuple[AlertRule, ...] = ()
