"""The rules of the settings, and what is said of mistakes in them."""

import pytest

from alerts.kinds import RULES, Kind, Severity
from alerts.rules import rules_of
from alerts.scope import Scope
from delivrd.alert_settings import changed
from delivrd.errors import Trouble
from pipeline.settings.alerts import AlertRule

VIVO = Scope("a", "BR", "vivo")


def test_without_settings_the_rules_are_the_built_in_ones() -> None:
    rules = rules_of([])
    assert all(rules(kind, VIVO) == RULES[kind] for kind in Kind)


def test_the_last_rule_that_fits_counts_and_says_only_what_it_changes() -> None:
    rules = rules_of(
        [
            AlertRule(kind="failures", source="a", z=7, severity="notice"),
            AlertRule(source="a", country="BR", z=8),
            AlertRule(kind="late", off=True),
        ]
    )
    found = rules(Kind.FAILURES, VIVO)
    assert (found.z, found.severity, found.floor) == (8, Severity.NOTICE, RULES[Kind.FAILURES].floor)
    assert rules(Kind.FAILURES, Scope("a", "MX", "telcel")).z == 7
    assert rules(Kind.FAILURES, Scope("a")).z == 7
    assert rules(Kind.FAILURES, Scope()).z == RULES[Kind.FAILURES].z
    assert rules(Kind.LATE, VIVO).off


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("failures", "KIND.KEY=VALUE"),
        ("failures.z", "KIND.KEY=VALUE"),
        ("outages.z=4", "'unheard'"),
        ("failures.z=many", "valid number"),
        ("failures.zz=4", "not permitted"),
    ],
)
def test_a_change_that_cannot_be_made_is_said(change: str, said: str) -> None:
    with pytest.raises(Trouble, match=said):
        changed([change])


def test_a_change_of_the_command_line_is_a_rule() -> None:
    assert changed(["failures.z=4", "silence.off=true"]) == [
        AlertRule(kind="failures", z=4),
        AlertRule(kind="silence", off=True),
    ]
