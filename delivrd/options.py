"""The options that every command takes, and the one place where its errors end."""

import functools
import os
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import rich_click as click

from delivrd.errors import Trouble, ending_with_a_message
from delivrd.running import Up, read_up
from pipeline.settings.folder import Folder

if TYPE_CHECKING:
    from pipeline.settings import Settings

DEFAULT_DATA = "delivrd-data"

P = ParamSpec("P")


@dataclass(frozen=True)
class Place:
    """The data folder that a command works on, and the zone that it shows times in."""

    folder: Folder
    tz: zoneinfo.ZoneInfo

    @functools.cached_property
    def up(self) -> Up | None:
        """What runs on the folder, read once."""
        return read_up(self.folder)

    def settings(self, config: Path | None = None, *, allow_new_sources: bool = False) -> "Settings":
        """The settings, those of what runs on the folder where something does. Raises SettingsError."""
        from pipeline.settings.load import load

        env = dict(os.environ)
        if self.up is not None:
            env |= self.up.overrides
            config = config or Path(self.up.config)
        elif config is None and "DELIVRD_CONFIG" in env:
            config = Path(env["DELIVRD_CONFIG"])
        return load(self.folder.root, config, env, allow_new_sources=allow_new_sources)

    def running_settings(self) -> "Settings":
        """The same, for what needs a warehouse that runs. Raises Trouble where none can."""
        settings = self.settings(allow_new_sources=True)
        if not settings.on_cluster and not settings.warehouse.http_port:
            raise Trouble(f"delivrd does not run on {self.folder.root}. Start it with `delivrd up`.")
        return settings

    def consumes(self, settings: "Settings") -> bool:
        """Whether what is appended to the log is going to be in the warehouse soon."""
        return settings.on_cluster or self.up is not None

    def local(self, ms: int) -> str:
        """A time (UTC, milliseconds) as people read it, in the zone."""
        import datetime as dt

        return dt.datetime.fromtimestamp(ms / 1000, self.tz).isoformat(" ", "milliseconds")

    def since(self, ms: int, now: int) -> str:
        """The same for what is about how long ago it was: `13:37:58 (2 hours ago)`, with the date on another day."""
        from pipeline.settings.units import format_span

        at, today = self.local(ms), self.local(now)[:10]
        shown = at[11:19] if at.startswith(today) else at[:16]
        return f"{shown} ({format_span(now - ms)} ago)"


def common(function: Callable[Concatenate[Place, P], None]) -> Callable[P, None]:
    """Give a command `--data` and `--tz` as its Place, and end its errors with a message and an exit code."""

    @click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="DELIVRD_DATA",
        default=DEFAULT_DATA,
        show_default=True,
        show_envvar=True,
        help="The data folder.",
    )
    @click.option("--tz", default="UTC", show_default=True, callback=_zone, help="The zone of the times shown.")
    @functools.wraps(function)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        data: Any = kwargs.pop("data")
        tz: Any = kwargs.pop("tz")
        place = Place(Folder(data.absolute()), tz)
        with ending_with_a_message(place.folder.root):
            function(place, *args, **kwargs)

    return command


def _zone(_ctx: click.Context, _param: click.Parameter, value: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f'"{value}" is not a time zone such as "America/Sao_Paulo"') from None
