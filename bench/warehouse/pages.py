"""One address of each kind of page, with enough behind it to be slow."""

from collections.abc import Mapping
from pathlib import Path

from alerts import keeping
from alerts.alarms import Change
from alerts.kinds import Kind, Severity
from alerts.scope import Scope
from alerts.told import Telling
from bench.warehouse.asking import END_MS
from bench.warehouse.engine import Engine
from bench.warehouse.filling import END

ALARM = "0123abcd"
_LETTERS = Path(__file__).parent / "letters.sql"


def addresses(engine: Engine) -> Mapping[str, str]:
    """Them by name. Dead letters and an alarm are put there, as the traffic has none."""
    writer = engine.writer()
    writer.command(_LETTERS.read_text(encoding="utf-8"), {"end": END})
    minute = END_MS // 60_000 - 60
    keeping.keep(writer, [_alarm(minute)], minute)
    [(message, number)] = writer.query("SELECT message_id, recipient FROM events ORDER BY cityHash64(message) LIMIT 1")
    [(letter,)] = writer.query("SELECT lower(leftPad(hex(id), 32, '0')) FROM dead_letters LIMIT 1")
    writer.close()
    carrier = "country=BR&carrier=Carrier+0"
    hour = "2026-01-30T12:00"
    return {
        "overview": "/",
        "drill-down, a day": "/drill?since=24h",
        "drill-down, a month": "/drill?since=30d",
        "drill-down, a month of a country": "/drill?since=30d&country=BR",
        "drill-down, a month of a carrier": f"/drill?since=30d&{carrier}",
        "drill-down, an hour of a carrier": f"/drill?since=24h&{carrier}&hour={hour}",
        "drill-down, messages": f"/drill?since=24h&{carrier}&hour={hour}&family=",
        "drill-down, page 20 of messages": f"/drill?since=24h&{carrier}&hour={hour}&family=&page=20",
        "compare, a week": "/compare",
        "compare, a month": "/compare?since=30d",
        "message by id": f"/messages?q={message}",
        "message by number": f"/messages?q={number.replace('+', '%2B')}",
        "dead letters": "/dead",
        "dead letters of a reason": "/dead?reason=missing_id&source=gateway",
        "a dead letter": f"/dead/{letter}",
        "alarms": "/alarms",
        "an alarm": f"/alarms/{ALARM}",
        "sources": "/sources",
        "a source": "/sources/integrax-br",
        "health": "/health",
    }


def _alarm(minute: int) -> Telling:
    return Telling(
        id=ALARM, number=1, change=Change.OPENED, minute=minute, kind=Kind.FAILURES, severity=Severity.PAGE,
        scope=Scope("integrax-br", "BR"), onset=minute - 5, opened=minute, ended=None, k=18, n=20, usual=0.05,
        worst_normal=0.2, score=14.0,
    )  # fmt: skip
