"""`delivrd reload`: settings and secrets again."""

import contextlib
import sys

import rich_click as click

from delivrd.errors import NO, Trouble
from delivrd.options import Place, common
from delivrd.running import Up

_POLLS_LATER = "nothing was polled before: polling begins with the next `delivrd up`"
_TELLS_LATER = "there was no target before: alarms are watched for from the next `delivrd up` on"


@click.command("reload")
@common
def command(place: Place) -> None:
    """Take changed settings and secrets over, without a request lost. Makes a secret for each new source.

    They are checked first; where there is a mistake, everything goes on as it was. Addresses, the archive and the
    engine's settings take effect at the next start.

    Example: [b]delivrd check && delivrd reload[/b]
    """
    from pathlib import Path

    from delivrd.reloading import take_over
    from pipeline.settings import SettingsError
    from pipeline.settings.first import add_secrets

    up = _running(place)
    try:
        place.settings(allow_new_sources=True)
        for name in add_secrets(place.folder, Path(up.config)):
            click.echo(f"made a secret for {name}; see: delivrd urls {name}")
        settings = place.settings()
    except SettingsError as error:
        click.echo(f"Nothing was changed. The settings cannot be used:\n{error}", err=True)
        sys.exit(NO)
    take_over(place.folder, up)
    count = len(settings.sources)
    click.echo(f"taken over, with {count} source{'s' * (count != 1)}")
    if settings.polled and "poller" not in up.parts:
        click.echo(_POLLS_LATER)
    if settings.alerts.targets and "alerter" not in up.parts:
        click.echo(_TELLS_LATER)


def _running(place: Place) -> Up:
    from pipeline.settings import SettingsError

    if place.up is not None:
        return place.up
    with contextlib.suppress(SettingsError):
        if place.settings(allow_new_sources=True).on_cluster:
            raise Trouble(
                "Nothing was told to take the settings over: on a cluster, send a SIGHUP to each receiver, consumer, "
                "poller and alerter (`kill -HUP PID`)"
            )
    raise Trouble(f"delivrd does not run on {place.folder.root}. Start it with `delivrd up`.")
