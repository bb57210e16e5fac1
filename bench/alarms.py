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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console

from bench.judging import Scored, Tally, stream_table, sums
from bench.streams import settings, write_history


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--judge", envvar="DELIVRD_JUDGE", required=True, type=click.Path(exists=True, path_type=Path),
              show_envvar=True, help="The judge's folder.")  # fmt: skip
@click.option("--seed", "seeds", multiple=True, type=int, help="Of streams with incidents; 1 to 10 if left out.")
@click.option("--quiet-seed", "quiet", multiple=True, type=int, help="Of sixteen days without; 3 and 7 if left out.")
@click.option("--incidents-only", is_flag=True, help="Leave the quiet weeks out.")
def main(judge: Path, seeds: Sequence[int], quiet: Sequence[int], incidents_only: bool) -> None:
    """Write judge streams, play them through the product, and print what was found beside the naive rule.

    Example: [b]python -m bench.alarms --judge ../alarm-judge --seed 1 --incidents-only[/b]
    """
    out = Console(width=160)
    streams = [(seed, False) for seed in seeds or range(1, 11)]
    streams += [] if incidents_only else [(seed, True) for seed in quiet or (3, 7)]
    tallies = {name: Tally() for name in ("delivrd", "naive", "delivrd, quiet", "naive, quiet")}
    for seed, is_quiet in streams:
        with tempfile.TemporaryDirectory(prefix="delivrd-alarms-") as made:
            stream = Path(made) / "stream"
            more = ["--quiet", "--days", "16"] if is_quiet else []
            _python(judge / "judge.py", "write", stream, "--seed", seed, *more)
            labels = json.loads((stream / "labels.json").read_text())
            _python(judge / "naive_run.py", stream, stream / "naive.jsonl")
            (stream / "delivrd.jsonl").write_bytes(_rung(stream, Path(made), labels))
            scored = {name: _scored(judge, stream, name) for name in ("delivrd", "naive")}
        for name, one in scored.items():
            tallies[name + ", quiet" * is_quiet].add(labels, one)
        title = f"\nseed {seed}" + f", {(labels['end'] - labels['train_until']) // 86_400} quiet days" * is_quiet
        out.print(stream_table(title, scored["delivrd"], scored["naive"]))
    out.print("\nall streams", sums(tallies.items()))


def _scored(judge: Path, stream: Path, name: str) -> Scored:
    command = (judge / "judge.py", "score", stream / "labels.json", stream / f"{name}.jsonl", "--json")
    found: Scored = json.loads(_python(*command))
    return found


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


if __name__ == "__main__":
    main()
