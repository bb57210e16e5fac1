"""`make bench-alarms`: labelled streams through import, warehouse and `alerts backtest`, scored by a judge.

The judge is a folder with `judge.py` (writes streams with known incidents, and scores alarms) and `naive_run.py` (the
usual rule, more than ten per cent failed within five minutes). It needs numpy, and is no part of delivrd.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import rich_click as click
from rich.console import Console
from rich.table import Table

from bench.streams import settings, write_history

ENOUGH = {
    ("outage", 0.97): 30, ("outage", 0.95): 500, ("degrade", 0.3): 400, ("degrade", 0.1): 2500, ("dlr_stop", 1.0): 60,
    ("dlr_delay", 30.0): 200, ("latency", 5.0): 600, ("bad_list", 0.6): 150, ("silence", 0.0): 300, ("fake", 0.0): 1000,
}  # fmt: skip
"""The messages, by kind and size of an incident, without which nobody can find it."""


class Tally(msgspec.Struct):
    """What one method came to over all streams."""

    findable: int = 0
    found: int = 0
    detected: int = 0
    exact: int = 0
    notifications: int = 0
    false_pages: int = 0
    false_alarms: int = 0
    days: float = 0.0

    def add(self, labels: dict[str, Any], scored: dict[str, Any]) -> None:
        """Take in one stream."""
        self.days += (labels["end"] - labels["train_until"]) / 86_400
        self.false_pages += scored["false_pages"]
        self.false_alarms += scored["false_alarms"]
        for incident in scored["incidents"]:
            findable = incident["messages"] >= ENOUGH[incident["kind"], incident["size"]]
            self.findable += findable
            self.found += findable and incident["detected"]
            if incident["detected"]:
                self.detected += 1
                self.exact += incident["exact_scope"]
                self.notifications += incident["notifications"]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--judge", envvar="DELIVRD_JUDGE", required=True, type=click.Path(exists=True, path_type=Path),
              show_envvar=True, help="The judge's folder.")  # fmt: skip
@click.option("--seed", "seeds", multiple=True, type=int, help="Of streams with incidents; 1 to 10 if left out.")
@click.option("--quiet-seed", "quiet", multiple=True, type=int, help="Of sixteen days without; 7 if left out.")
@click.option("--incidents-only", is_flag=True, help="Leave the quiet weeks out.")
def main(judge: Path, seeds: Sequence[int], quiet: Sequence[int], incidents_only: bool) -> None:
    """Write judge streams, play them through the product, and print what was found beside the naive rule.

    Example: [b]python -m bench.alarms --judge ../alarm-judge --seed 1 --incidents-only[/b]
    """
    words = Console(stderr=True)
    streams = [(seed, False) for seed in seeds or range(1, 11)]
    streams += [] if incidents_only else [(seed, True) for seed in quiet or (7,)]
    tallies = {name: Tally() for name in ("delivrd", "naive", "delivrd, quiet", "naive, quiet")}
    for seed, is_quiet in streams:
        with tempfile.TemporaryDirectory(prefix="delivrd-alarms-") as made:
            stream = Path(made) / "stream"
            more = ["--quiet", "--days", "16"] if is_quiet else []
            _python(judge / "judge.py", "write", stream, "--seed", seed, *more)
            labels = json.loads((stream / "labels.json").read_text())
            _python(judge / "naive_run.py", stream, stream / "naive.jsonl")
            (stream / "delivrd.jsonl").write_bytes(_rung(stream, Path(made), labels))
            for name in ("delivrd", "naive"):
                alarms = stream / f"{name}.jsonl"
                scored = json.loads(_python(judge / "judge.py", "score", stream / "labels.json", alarms, "--json"))
                tallies[name + ", quiet" * is_quiet].add(labels, scored)
        words.print(f"seed {seed}{' (quiet)' * is_quiet} done")
    Console().print(_table(tallies.items()))


def _rung(stream: Path, folder: Path, labels: dict[str, Any]) -> bytes:
    """The alarms of the backtest, by the commands that a person would give."""
    files = write_history(stream, folder)
    data = folder / "data"
    data.mkdir()
    (data / "delivrd.toml").write_text(settings(list(files)))
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DELIVRD_", "PROMETHEUS_"))}
    env["DELIVRD_DATA"] = str(data)
    delivrd = [sys.executable, "-m", "delivrd"]
    with (folder / "errors").open("wb") as errors:
        up = subprocess.Popen(
            [*delivrd, "up", "--port", "0", "--console-port", "0"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert up.stdout is not None
        if not any("is ready" in line for line in up.stdout):
            raise SystemExit((folder / "errors").read_text()[-2000:])
        for source, file in files.items():
            subprocess.run([*delivrd, "import", source, str(file)], env=env, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*delivrd, "audit", "--wait", "600"], env=env, check=True, stdout=subprocess.DEVNULL)
        period = ["--since", _utc(labels["epoch"]), "--until", _utc(labels["end"])]
        asked = [*delivrd, "alerts", "backtest", *period, "--json"]
        return subprocess.run(asked, env=env, check=True, stdout=subprocess.PIPE).stdout
    finally:
        up.terminate()
        up.communicate()


def _utc(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def _python(*command: object) -> bytes:
    return subprocess.run([sys.executable, *map(str, command)], check=True, stdout=subprocess.PIPE).stdout


def _table(tallies: Iterable[tuple[str, Tally]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("", "findable", "found", "exact scope", "notifications", "false pages", "false alarms", "days"):
        table.add_column(column, justify="right")
    for name, one in tallies:
        if one.days:
            found = f"{one.found} ({100 * one.found / max(1, one.findable):.0f} %)"
            exact = f"{100 * one.exact / max(1, one.detected):.0f} %"
            each = f"{one.notifications / max(1, one.detected):.2f} an incident"
            table.add_row(
                name,
                str(one.findable),
                found,
                exact,
                each,
                str(one.false_pages),
                str(one.false_alarms),
                f"{one.days:.0f}",
            )
    return table


if __name__ == "__main__":
    main()
