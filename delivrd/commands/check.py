"""`delivrd check`: the configuration alone."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from delivrd.errors import NO
from delivrd.options import Place, common

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.settings.problems import Problem


@click.command("check")
@click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path), help="The settings, if they stand elsewhere."
)
@common
def command(place: Place, config: Path | None) -> None:
    """Check settings and secrets: every mistake is named with its file, its key, and what is allowed.

    Exits 1 where there is a mistake. Starts and changes nothing.

    Example: [b]delivrd check && delivrd reload[/b]
    """
    from pipeline.settings import SettingsError

    try:
        settings = place.settings(config, allow_new_sources=True)
    except SettingsError as error:
        for problem in error.problems:
            click.echo(str(problem))
        sys.exit(NO)
    if found := list(_of_polls(settings)):
        for problem in found:
            click.echo(str(problem))
        sys.exit(NO)
    for name, source in settings.sources.items():
        if not source.webhook_secrets:
            click.echo(f"{name} has no secret yet; `delivrd up` and `delivrd reload` make one")
    count = len(settings.sources)
    click.echo(f"{settings.config}: right, with {count} source{'s' * (count != 1)}")


def _of_polls(settings: "Settings") -> "Iterator[Problem]":
    """What is missing, or means nothing, for the providers that are polled."""
    from pipeline.settings.problems import Problem
    from pollers.mistakes import CREDENTIALS, mistakes

    for source in settings.polled:
        for key, message in mistakes(source):
            file = settings.folder.secrets if key in CREDENTIALS else settings.config
            yield Problem(str(file), f"sources.{source.source.name}.{key}", message)
