"""What no single key of `[alerts]` shows: rules that are about nothing, or say what means nothing for their kind."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.settings.alerts import AlertRule
from pipeline.settings.problems import Problem, did_you_mean

PLACE = ("source", "country", "carrier")
SAID = tuple(name for name in AlertRule.model_fields if name not in ("kind", *PLACE))
WITHOUT: Mapping[str, tuple[str, ...]] = {
    "unheard": ("country", "carrier", "z", "floor", "ceiling"),
    "unreadable": ("country", "carrier"),
    "silence": ("z", "floor", "ceiling"),
    "too_good": ("floor", "ceiling"),
}
"""What a kind does not go by; the first two are about a whole source."""


def across_alerts(alerts: Mapping[str, Any], sources: Mapping[str, Any], config: str) -> Iterator[Problem]:
    """One Problem a mistake; what is of a wrong type is a mistake of its own."""
    for table in ("rules", "maintenance"):
        given = alerts.get(table)
        for place, one in enumerate(given if isinstance(given, list) else ()):
            if isinstance(one, dict):
                where = f"alerts.{table}[{place}]"
                yield from _place(one, sources, config, where)
                if table == "rules":
                    yield from _rule(one, config, where)


def _place(one: Mapping[str, Any], sources: Mapping[str, Any], config: str, where: str) -> Iterator[Problem]:
    name, country = one.get("source"), one.get("country")
    if isinstance(name, str) and name not in sources:
        yield Problem(config, f"{where}.source", f'there is no source "{name}"{did_you_mean(name, sources)}')
    if isinstance(country, str) and country != country.upper():
        yield Problem(config, f"{where}.country", 'must be capital letters, such as "BR"')


def _rule(rule: Mapping[str, Any], config: str, where: str) -> Iterator[Problem]:
    if not any(name in rule for name in SAID):
        yield Problem(config, where, f"changes nothing; it may say {', '.join(SAID)}")
    kind = str(rule.get("kind"))
    for name in WITHOUT.get(kind, ()):
        if name in rule:
            yield Problem(config, f"{where}.{name}", f'means nothing for the kind "{kind}"')
    for name in ("z", "floor"):
        if name in rule and "ceiling" in rule:
            yield Problem(config, f"{where}.{name}", "means nothing beside `ceiling`, which counts whatever is usual")
