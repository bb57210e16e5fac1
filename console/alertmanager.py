"""Firing alarms as the Prometheus Alertmanager tells its own: `GET /api/v2/alerts`, which Grafana reads as well.

The form is that of https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (gettableAlert).
"""

from collections.abc import Mapping, Sequence

import msgspec

from console.alarms import Alarm
from console.questions import utc

HOUR_MS = 3_600_000


class Receiver(msgspec.Struct, frozen=True):
    """Who is told; here it is delivrd itself."""

    name: str


class AlertStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Here always `active`: it fires, whoever is told of it."""

    state: str
    silenced_by: Sequence[str] = ()
    inhibited_by: Sequence[str] = ()
    muted_by: Sequence[str] = ()


class FiringAlert(msgspec.Struct, frozen=True, rename="camel"):
    """An alarm that fires. Times are RFC 3339; `ends_at` lies ahead, as it is not over."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    receivers: Sequence[Receiver]
    fingerprint: str
    starts_at: str
    updated_at: str
    ends_at: str
    status: AlertStatus


def firing_alert(alarm: Alarm, now: int) -> FiringAlert:
    """One of them as of `now` (UTC ms)."""
    labels = {"alertname": alarm.kind, "severity": alarm.severity, **alarm.drill}
    figures = f"{alarm.bad:,.0f} of {alarm.messages:,.0f}"
    return FiringAlert(
        labels=labels,
        annotations={"summary": f"{alarm.place}: {alarm.kind.replace('_', ' ')}", "description": figures},
        receivers=[Receiver("delivrd")],
        fingerprint=alarm.id,
        starts_at=_rfc3339(alarm.opened),
        updated_at=_rfc3339(now),
        ends_at=_rfc3339(now + HOUR_MS),
        status=AlertStatus("active"),
    )


def _rfc3339(ms: int) -> str:
    return utc(ms).replace(" ", "T") + "Z"
