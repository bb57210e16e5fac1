"""The commands and where they are. A command's module is loaded when it is called, so that help comes at once."""

import importlib
from typing import NamedTuple

import rich_click as click

click.rich_click.TEXT_MARKUP = "rich"


class Lazy(NamedTuple):
    """A command that is not loaded yet. Its module offers it as `command`."""

    module: str
    summary: str


COMMANDS = {
    "up": Lazy("delivrd.commands.up", "Start everything, and keep it running."),
    "demo": Lazy("delivrd.commands.demo", "Everything alive, with stand-ins of the providers."),
    "check": Lazy("delivrd.commands.check", "Check the settings: every mistake, and what is allowed."),
    "urls": Lazy("delivrd.commands.urls", "The webhook URLs to paste into the providers' dashboards."),
    "status": Lazy("delivrd.commands.status", "What runs, what is pending, how full the disk is."),
    "sql": Lazy("delivrd.commands.sql", "Ask the warehouse in SQL."),
    "report": Lazy("delivrd.commands.report", "Deliveries, failures, latency, coverage."),
    "alerts": Lazy("delivrd.commands.alerts", "What rings and what rang, why, and what would have rung."),
    "explain": Lazy("delivrd.commands.explain", "Everything known about one message or number."),
    "poll": Lazy("delivrd.commands.poll", "Ask a provider once, and show what it answered."),
    "dead": Lazy("delivrd.commands.dead", "What could not be read: list, show, replay, discard."),
    "audit": Lazy("delivrd.commands.audit", "Prove that each record of the log has its outcome."),
    "replay": Lazy("delivrd.commands.replay", "Read the log again, after a correction."),
    "rebuild": Lazy("delivrd.commands.rebuild", "Work out the figures by hour and day anew."),
    "archive": Lazy("delivrd.commands.archive", "Put what has come of age into the archive now; list what is there."),
    "forget": Lazy("delivrd.commands.forget", "Take a person's number out of everything; figures stay."),
    "backup": Lazy("delivrd.commands.backup", "Everything in a folder, while it runs."),
    "restore": Lazy("delivrd.commands.restore", "A new data folder from a backup."),
    "import": Lazy("delivrd.commands.import_history", "Take history in from files: CSV, JSON, NDJSON."),
    "reload": Lazy("delivrd.commands.reload", "Take settings and secrets over, without a request lost."),
    "migrate": Lazy("delivrd.commands.migrate", "Bring the warehouse's tables up to date."),
    "receiver": Lazy("delivrd.commands.receiver", "The public side alone; `up` starts it."),
    "poller": Lazy("delivrd.commands.poller", "The asking of providers alone; `up` starts it."),
    "alerter": Lazy("delivrd.commands.alerter", "The watching for alarms alone; `up` starts it."),
    "archiver": Lazy("delivrd.commands.archiver", "From the log into the archive alone; `up` starts it."),
    "consumer": Lazy("delivrd.commands.consumer", "From log to warehouse alone; `up` starts it."),
    "console": Lazy("delivrd.commands.console", "The private port of a cluster: health and figures."),
}


class LazyGroup(click.RichGroup):
    """Lists commands by their summaries; loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A stand-in, enough for help and completion."""
        lazy = COMMANDS.get(cmd_name)
        return click.RichCommand(name=cmd_name, help=lazy.summary) if lazy else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command itself."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            command = importlib.import_module(COMMANDS[name].module).command
        return name, command, rest


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="delivrd")
def main() -> None:
    """Delivery reports from SMS providers, every one kept, as answers in SQL.

    Start with [b]delivrd up[/b]. Each command has --help with an example.
    """
