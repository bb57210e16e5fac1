"""An alarm's message, as a colleague would write it."""

import datetime as dt
import zoneinfo
from typing import Any

import msgspec

from alerts.alarms import Change
from alerts.background import Background, CommonError, Other
from alerts.due import Due
from alerts.kinds import Kind
from alerts.scope import Scope
from alerts.told import Telling, as_json
from alerts.words import MEANINGS, TITLES, percent, where
from schemas.status import Family

ADVICE = {
    Kind.UNHEARD: "Look whether the webhook URL still stands in the provider's dashboard, and whether its API answers.",
    Kind.UNREADABLE: "`delivrd dead list` shows what came and why it cannot be read; nothing of it is lost.",
    Kind.SILENCE: "Look whether you send at all, and whether the provider takes it.",
    Kind.LATE: "Messages may well arrive: ask the provider about its delivery reports before you send anything again.",
    Kind.FAILURES: "Send by another route if you can, and ask the provider.",
    Kind.BAD_LIST: "Look at the list that is being sent to: the route itself is well.",
    Kind.TOO_GOOD: "Send to a phone of your own: such reports may be made up.",
}


def subject(due: Due) -> str:
    """One line: `PAGE integrax-br, BR, Vivo: messages fail`."""
    telling = due.telling
    words = f"{where(telling.scope)}: {TITLES[telling.kind]}"
    if telling.change is Change.RESOLVED:
        return f"OVER {words}"
    if due.reminder:
        return f"STILL {words}"
    return f"{'CHANGED' if due.number > 1 else telling.severity.upper()} {words}"


def body(due: Due, timezone: str, known: Background, link: str) -> str:
    """What, since when, how many of how many, what is usual, how sure, why, what to do, and where to look."""
    telling = due.telling
    since = f"Since {_time(telling.onset, timezone)}: {telling.figures}."
    if telling.change is Change.RESOLVED:
        ended = 1 + (telling.minute if telling.ended is None else telling.ended)  # the end of that minute
        return f"Over since {_time(ended, timezone)}, after {ended - telling.onset} minutes.\n{since}\n\n{link}"
    lines = [since, f"Luck does this once in {_odds(telling.score)} times (evidence {telling.score:.0f}; 12 rings)."]
    if telling.also:
        lines.append("Of the same cause: " + ", ".join(TITLES[kind] for kind in telling.also) + ".")
    if known.error is not None:
        lines.append(_why(known.error))
    if known.others is not None:
        lines.append(_elsewhere(telling.scope, known.others))
    lines += [ADVICE[telling.kind], "", link, f"delivrd alerts show {telling.id}", sql(telling)]
    return "\n".join(lines)


def content(telling: Telling, known: Background, link: str) -> dict[str, Any]:
    """What a webhook gets, as documented in docs/alarms.md."""
    error = None if known.error is None else {**msgspec.structs.asdict(known.error), "meaning": _meaning(known.error)}
    return {**as_json(telling), "error": error, "others": known.others, "link": link}


def link(console: str, telling: Telling) -> str:
    """The console's page of the alarm."""
    return f"{console.rstrip('/')}/alarms/{telling.id}"


def _meaning(error: CommonError) -> str:
    return MEANINGS[Family(error.family)]


def _why(error: CommonError) -> str:
    """`12 of 18 failures have the error 21 (no route): a network on the way did not work.`"""
    text = f" ({error.text})" * (error.text not in ("", error.code))
    named = f"the error {error.code}{text}" if error.code else "no error code"
    return f"{error.messages:,} of {error.failed:,} failures have {named}: {_meaning(error)}."


def _elsewhere(scope: Scope, others: tuple[Other, ...]) -> str:
    """Whether other sources deliver at the same place."""
    place = (
        "on the same carrier" if scope.carrier is not None else "in the same country" if scope.country else "elsewhere"
    )
    if not others:
        return f"No other source had messages {place}."
    told = ", ".join(f"{one.source} {percent(one.delivered / one.of)} of {one.of:,}" for one in others)
    return f"Delivered {place} by others: {told}."


def sql(telling: Telling) -> str:
    """The question behind the alarm, for `delivrd sql`."""
    begin = dt.datetime.fromtimestamp(telling.onset * 60, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    conditions = [f"home >= '{begin}'"]
    conditions += [f"{name} = '{_quoted(value)}'" for name, value in _named(telling.scope)]
    columns = "status, error_family, error_code"
    asked = f"SELECT {columns}, count() FROM messages WHERE {' AND '.join(conditions)}"  # noqa: S608 - for people to run
    return f"{asked} GROUP BY {columns} ORDER BY count() DESC"


def _named(scope: Scope) -> list[tuple[str, str]]:
    return [(name, value) for name, value in scope._asdict().items() if value is not None]


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _odds(score: float) -> str:
    odds = 2.718281828**score
    return f"{odds / 1e6:,.0f} million" if odds >= 1e6 else f"{round(odds, -4):,.0f}"


def _time(minute: int, timezone: str) -> str:
    return dt.datetime.fromtimestamp(minute * 60, zoneinfo.ZoneInfo(timezone)).strftime("%H:%M on %a %d %b (%Z)")
