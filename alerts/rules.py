"""The rules as they are configured: what is built in, and what the settings change of it."""

from collections.abc import Iterable

import msgspec

from alerts.forest import Rules
from alerts.kinds import RULES, Kind, Rule, Severity
from alerts.scope import Scope
from pipeline.settings.alerts import AlertRule

CHANGEABLE = ("severity", "z", "floor", "ceiling", "off")


def rules_of(configured: Iterable[AlertRule]) -> Rules:
    """How sensitive each kind is at each node. Of the configured rules that fit, the last one counts."""
    chosen = tuple(configured)
    known: dict[tuple[Kind, Scope], Rule] = {}

    def rule(kind: Kind, scope: Scope) -> Rule:
        found = known.get((kind, scope))
        if found is None:
            found = known[kind, scope] = _resolved(kind, scope, chosen)
        return found

    return rule


def fits(rule: AlertRule, kind: Kind, scope: Scope) -> bool:
    """Whether a rule is meant for a kind at a node: for all that its own scope contains."""
    return rule.kind in (None, kind) and Scope(rule.source, rule.country, rule.carrier).contains(scope)


def _resolved(kind: Kind, scope: Scope, configured: tuple[AlertRule, ...]) -> Rule:
    rule = RULES[kind]
    for one in configured:
        if not fits(one, kind, scope):
            continue
        changes = {name: getattr(one, name) for name in CHANGEABLE if getattr(one, name) is not None}
        if "severity" in changes:
            changes["severity"] = Severity(changes["severity"])
        rule = msgspec.structs.replace(rule, **changes)
    return rule
