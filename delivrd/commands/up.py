"""`delivrd up`: everything, with one command."""

import asyncio
import contextlib
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

import rich_click as click

from delivrd.errors import Trouble
from delivrd.options import DEFAULT_DATA, Place, common


@click.command("up")
@click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path), help="The settings, if they stand elsewhere."
)
@click.option("--port", type=click.IntRange(0, 65535), help="The public port; 0 takes a free one.")
@click.option("--console-port", type=click.IntRange(0, 65535), help="The private port; 0 takes a free one.")
@common
def command(place: Place, config: Path | None, port: int | None, console_port: int | None) -> None:
    """Start the intake, the warehouse's engine and the worker, and keep them running until Ctrl-C.

    The first start writes the settings and makes the secrets. What dies is started again; a second start
    on the same data folder is refused.

    Example: [b]delivrd up --data /var/lib/delivrd --port 9000[/b]
    """
    began = time.monotonic()
    from delivrd.supervisor.lock import take
    from pipeline.settings.first import add_secrets, write_first

    folder = place.folder
    if config and not config.exists():
        raise Trouble(f"There is no {config}. Without --config, `delivrd up` writes settings into {folder.root}.")
    lock = take(folder, click.echo)
    if write_first(folder, config):
        click.echo(f"wrote {folder.config} (settings) and {folder.secrets} (secrets, for your eyes only)")
    for name in add_secrets(folder, config):
        click.echo(f"made a secret for {name}")
    try:
        _run(place, lock, config, {"RECEIVER": port, "CONSOLE": console_port}, began)
    finally:
        folder.up.unlink(missing_ok=True)


def _run(place: Place, lock: int, config: Path | None, ports: dict[str, int | None], began: float) -> None:
    from delivrd.running import Up
    from delivrd.supervisor.ports import choose, listen
    from delivrd.supervisor.run import supervise
    from delivrd.supervisor.starts import starts
    from delivrd.supervisor.words import how_called, ready_text
    from pipeline.settings import load

    chosen = {f"DELIVRD_{section}_PORT": str(port) for section, port in ports.items() if port is not None}
    settings = load(place.folder.root, config, {**os.environ, **chosen})
    if settings.on_cluster:
        raise Trouble(
            "The settings name a log on Kafka and ClickHouse servers; there each part is a process of its own. Run "
            "`delivrd migrate` once, then `delivrd receiver`, `delivrd consumer` and `delivrd console`, each as often "
            "as needed."
        )
    _require_engine(settings.warehouse.engine_command)
    addresses = choose(settings)
    settings = load(place.folder.root, config, {**os.environ, **addresses})

    folder = place.folder
    for leftover in (folder.run, folder.backups):
        shutil.rmtree(leftover, ignore_errors=True)
    folder.run.mkdir(mode=0o700)
    env = {
        **os.environ,
        **addresses,
        "DELIVRD_DATA": str(folder.root),
        "DELIVRD_CONFIG": str(settings.config),
    }
    up = Up(os.getpid(), int(time.time() * 1000), str(settings.config), addresses)
    tail = "" if folder.root == Path(DEFAULT_DATA).absolute() else f" --data {shlex.quote(str(folder.root))}"
    from pipeline.logging import configure

    configure("supervisor", settings.secrets)

    def say(text: str) -> None:
        with contextlib.suppress(
            OSError
        ):  # the terminal may be gone, which is no reason to end otherwise than in order
            click.echo(text)

    def on_ready() -> None:
        say(ready_text(settings, time.monotonic() - began, how_called(), tail))

    with listen(settings) as listener:
        children = starts(settings, env, lock, listener.fileno())
        asyncio.run(supervise(settings, children, listener, up, say, on_ready))


def _require_engine(engine_command: tuple[str, ...]) -> None:
    import importlib.util

    if not engine_command and importlib.util.find_spec("chdb") is None:
        raise Trouble(
            "The warehouse's engine is not installed. Install it with: "
            f"{shlex.quote(sys.executable)} -m pip install 'delivrd[embedded]', or name another with "
            "`warehouse.engine_command` in the settings."
        )
