"""Mistakes in `[alerts]`, each told with its key and what is allowed."""

import pytest

from pipeline.settings import Folder
from tests.settings.test_mistakes import mistakes

RULE = "[[alerts.rules]]\n"
WINDOW = "[[alerts.maintenance]]\n"
SOME = 'kind = "failures"\nz = 5\n'


@pytest.mark.parametrize(
    ("added", "key", "message"),
    [
        (RULE + 'kind = "outage"\noff = true', "alerts.rules[0].kind", "must be 'unheard', 'unreadable', 'silence'"),
        (RULE + SOME + 'off = "perhaps"', "alerts.rules[0].off", "must be true or false"),
        (RULE + SOME + 'severity = "loud"', "alerts.rules[0].severity", "must be 'page' or 'notice'"),
        (RULE + SOME + RULE + "z = 0", "alerts.rules[1].z", "must be greater than 0"),
        (RULE + 'z = "many"', "alerts.rules[0].z", "must be a valid number"),
        (RULE + "floor = 20", "alerts.rules[0].floor", "must be less than or equal to 1"),
        (RULE + "ceiling = 1.0", "alerts.rules[0].ceiling", "must be less than 1"),
        (RULE + "ceiling = 0.2\nz = 5", "alerts.rules[0].z", "means nothing beside `ceiling`"),
        (RULE + 'kind = "silence"\nz = 5', "alerts.rules[0].z", 'means nothing for the kind "silence"'),
        (RULE + 'kind = "too_good"\nceiling = 0.5', "alerts.rules[0].ceiling", 'means nothing for the kind "too_good"'),
        (
            RULE + 'kind = "unheard"\noff = true\ncountry = "BR"',
            "alerts.rules[0].country",
            "means nothing for the kind",
        ),
        (RULE + 'source = "integrax-b"\noff = true', "alerts.rules[0].source", 'did you mean "integrax-br"?'),
        (RULE + 'country = "br"\noff = true', "alerts.rules[0].country", "must be capital letters"),
        (
            RULE + 'kind = "late"\nsource = "integrax-br"',
            "alerts.rules[0]",
            "changes nothing; it may say off, severity",
        ),
        (RULE + SOME + "ceilling = 0.2", "alerts.rules[0].ceilling", 'did you mean "ceiling"?'),
        (RULE + 'mute_until = "tomorrow"', "alerts.rules[0].mute_until", "must be a valid datetime"),
        (
            WINDOW + "begins = 2026-12-01T05:00:00\nends = 2026-12-01T01:00:00",
            "alerts.maintenance[0]",
            "`begins` must lie before `ends`",
        ),
        (WINDOW + "begins = 2026-12-01T05:00:00", "alerts.maintenance[0].ends", "is missing"),
        (
            WINDOW + 'begins = 2026-12-01T01:00:00\nends = 2026-12-01T05:00:00\nsource = "x"',
            "alerts.maintenance[0].source",
            'there is no source "x"',
        ),
        ('[alerts]\nquiet = "at night"', "alerts.quiet", 'must be a span of the day such as "22:00-07:00"'),
        ('[alerts]\ntimezone = "Mars/Olympus"', "alerts.timezone", "must be a time zone"),
        ('[alerts]\nremind = "1m"', "alerts.remind", "must be at least 10m"),
        ("[alerts.targets.oncall]", "alerts.targets.oncall.url", "is missing"),
        ('[alerts.targets.oncall]\nurl = "json://x"', "alerts.targets.oncall.url", "is a secret and belongs into"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(folder: Folder, added: str, key: str, message: str) -> None:
    folder.config.write_text(f"{folder.config.read_text()}\n{added}\n")
    found = mistakes(folder)
    assert [problem.key for problem in found] == [key]
    assert message in found[0].message
