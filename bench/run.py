"""`make bench`: what delivrd can do on this machine, with the method beside each figure."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import rich_click as click
from rich.console import Console

from bench import cluster, consuming, evaluating, receiving, scheduling, sizes, starting, visible
from bench.figures import Figure, as_json, print_figures
from bench.machine import look

PARTS: dict[str, Callable[[Path], list[Figure]]] = {
    "receiving": receiving.measure,
    "consuming": consuming.measure,
    "visible": visible.measure,
    "starting": starting.measure,
    "sizes": sizes.measure,
    "scheduling": scheduling.measure,
    "evaluating": evaluating.measure,
}
ON_A_CLUSTER: dict[str, Callable[[Path], list[Figure]]] = {
    "cluster-receiving": cluster.receiving,
    "cluster-consuming": cluster.consuming,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice([*PARTS, *ON_A_CLUSTER]))
@click.option("--json", "json_as", is_flag=True, help="The figures as one JSON object.")
@click.option(
    "--dir",
    "parent",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Where the data folders are made, for as long as it runs: the disk that is measured.",
)
def main(names: tuple[str, ...], json_as: bool, parent: Path | None) -> None:
    """Measure some parts, or all that need no Kafka (some four minutes). Other work on the machine spoils the figures.

    Example: [b]python -m bench.run receiving visible[/b]
    """
    words = Console(stderr=True)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="delivrd-bench-", dir=parent) as folder:
        machine = look(Path(folder))
        for name in names or PARTS:
            with words.status(f"measuring {name}"):
                try:
                    figures += (PARTS | ON_A_CLUSTER)[name](Path(folder))
                except receiving.NotInstalled as missing:
                    words.print(f"left out: {name}, as {missing}")
    if json_as:
        click.echo(as_json(figures, machine))
        return
    out = Console()
    out.print(f"{machine}\n")
    print_figures(figures, out)


if __name__ == "__main__":
    main()
