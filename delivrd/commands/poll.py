"""`delivrd poll`: one round of questions, for trying out."""

import asyncio

import rich_click as click

from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table

ATTEMPTS = 3


@click.command("poll")
@click.argument("source")
@click.option("--once", is_flag=True, required=True, help="One round of all its questions; `up` asks for ever.")
@common
def command(place: Place, source: str, once: bool) -> None:  # noqa: ARG001 (said for the reader's sake)
    """Ask the provider of a source everything once: lists, devices, balance, and messages that are due.

    The answers go into the event log like all others. Exits 1 where a question was not answered.

    Example: [b]delivrd poll smsgateway24 --once[/b]
    """
    from delivrd.polling import tools
    from pipeline.logging import configure, masks
    from pollers.answers import LoginRefused, NotAnswered, Question
    from pollers.keeping import Kept
    from pollers.pace import Paces
    from pollers.source import poll_once
    from schemas.providers import adapters

    settings = place.running_settings()
    if source not in settings.sources:
        there_are = ", ".join(settings.sources) or "none"
        raise Trouble(f'There is no source "{source}" in {settings.config}; there are: {there_are}', WRONG)
    chosen = settings.sources[source]
    if chosen.poll is None:
        raise Trouble(f"{source} is not asked: it has no [sources.{source}.poll] in {settings.config}", WRONG)
    configure("poll", settings.secrets)
    rows: list[tuple[str, str, str]] = []

    def told(_source: str, question: Question, found: Kept | NotAnswered) -> None:
        asked = ", ".join(f"{name} {value}" for name, value in question.parameters.items())
        rows.append((question.name, asked, _words(found)))

    try:
        with tools(settings, told, Paces(), ATTEMPTS) as shared:
            asyncio.run(poll_once(chosen, adapters[chosen.provider], shared))
    except (LoginRefused, NotAnswered) as error:
        raise Trouble(masks.text(f"{source}: {error}")) from None
    finally:
        if rows:
            print_table(["question", "asked", "found"], rows)
    if not rows:
        click.echo("There is nothing to be asked just now")


def _words(found: object) -> str:
    from pipeline.logging import masks
    from pollers.keeping import Kept

    if not isinstance(found, Kept):
        return masks.text(f"no answer: {found}")
    parts = [f"{found.readable} read"]
    parts += [f"{found.empty} that say nothing"] if found.empty else []
    parts += [f"{count} unreadable ({reason})" for reason, count in found.problems.items()]
    return ", ".join(parts)
