"""`delivrd demo`: the whole product alive, without an account at any provider."""

import shlex
import tempfile
from pathlib import Path

import rich_click as click
from click import get_current_context
from click.core import ParameterSource

from delivrd.errors import Trouble
from delivrd.options import Place, common


@click.command("demo")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The public port.")
@click.option("--console-port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="For the pages.")
@common
def command(place: Place, port: int, console_port: int) -> None:
    """Start delivrd with stand-ins of all providers and an application that sends; a carrier fails after a minute, and
    what whoever is on call is told of it is shown.

    Without --data, all is in a folder that is removed at the end; else in a new folder, which stays.

    Example: [b]delivrd demo --port 9000 --console-port 9001[/b]
    """
    if get_current_context().get_parameter_source("data") is ParameterSource.DEFAULT:
        with tempfile.TemporaryDirectory(prefix="delivrd-demo-") as own:
            _run(Path(own) / "data", port, console_port)
        return
    root = place.folder.root
    if root.exists() and any(root.iterdir()):
        raise Trouble(f"{root} is not empty: the demo wants a new folder")
    _run(root, port, console_port)


def _run(root: Path, port: int, console_port: int) -> None:
    from delivrd.commands import up
    from delivrd.demo import Application, look_at, simulators, write_settings
    from delivrd.demo_phone import Phone
    from delivrd.supervisor.words import how_called
    from pipeline.settings import Folder

    folder = Folder(root)
    with simulators() as stands, Phone(click.echo) as phone:
        write_settings(folder, stands, phone.url)
        tail = f" --data {shlex.quote(str(root))}"
        click.echo(look_at(how_called(), tail))
        application = Application(folder, stands, click.echo)
        application.start()
        try:
            options = ["--data", str(root), "--port", str(port), "--console-port", str(console_port)]
            up.command.main(options, standalone_mode=False)
        finally:
            application.stop()
