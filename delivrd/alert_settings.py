"""Settings of alarms that a command line changes for one run."""

from collections.abc import Iterable

from pydantic import ValidationError

from delivrd.errors import WRONG, Trouble
from pipeline.settings.alerts import AlertRule


def changed(changes: Iterable[str]) -> list[AlertRule]:
    """Rules of `failures.z=4`. Raises Trouble."""
    return [_rule(change) for change in changes]


def _rule(change: str) -> AlertRule:
    name, given, value = change.partition("=")
    kind, dot, key = name.partition(".")
    if not given or not dot:
        raise Trouble(f'"{change}" is not of the form KIND.KEY=VALUE, such as failures.z=4', WRONG)
    try:
        return AlertRule.model_validate({"kind": kind, key: value})
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        raise Trouble(f'"{change}": {detail["msg"].removeprefix("Value error, ")}', WRONG) from None
