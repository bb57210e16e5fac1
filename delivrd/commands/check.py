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
    if lacking := list(_lacking(settings)):
        for line in lacking:
            click.echo(line)
        sys.exit(NO)
    for name, source in settings.sources.items():
        if not source.webhook_secrets:
            click.echo(f"{name} has no secret yet; `delivrd up` and `delivrd reload` make one")
    count = len(settings.sources)
    click.echo(f"{settings.config}: right, with {count} source{'s' * (count != 1)}")


def _lacking(settings: "Settings") -> Iterator[str]:
    """The credentials that polling needs and nobody gave."""
    from pollers.providers import providers

    for source in settings.polled:
        if source.poll is None or source.provider not in providers:
            continue
        for key in providers[source.provider](source, source.poll).missing():
            yield f"{settings.folder.secrets}: sources.{source.source.name}.{key}: is missing, and `poll` needs it"
