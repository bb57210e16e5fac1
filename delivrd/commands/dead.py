"""`delivrd dead`: what could not be read, and the way back."""

import re

import rich_click as click

from consumers.dead import DeadLetter
from delivrd.errors import NO, WRONG, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table

STATES = click.Choice(["open", "replayed", "discarded", "all"])
WAIT_SECONDS = 30


@click.group("dead", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """What could not be read: list, show, replay after a correction, or discard.

    Example: [b]delivrd dead list --reason unknown_shape[/b]
    """


@command.command("list")
@click.option("--reason", default="", help="Only those with this reason.")
@click.option("--source", default="", help="Only those of this source.")
@click.option("--state", type=STATES, default="open", show_default=True, help="Which ones.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many, newest first.")
@common
def list_(place: Place, reason: str, source: str, state: str, limit: int) -> None:
    """Id, reason and time of each, the newest first.

    Example: [b]delivrd dead list --source integrax-br[/b]
    """
    found = _find(place, (), reason=reason, source=source, state="" if state == "all" else state, limit=limit)
    rows = [[one.id, place.local(one.received_at), one.source, one.state, one.reason, one.detail] for one in found]
    print_table(["id", "received", "source", "state", "reason", "detail"], rows)


@command.command("show")
@click.argument("id_", metavar="ID")
@click.option("--body", "only_body", is_flag=True, help="The original bytes alone.")
@common
def show(place: Place, id_: str, only_body: bool) -> None:
    """One dead letter, with its original bytes. The beginning of its id will do.

    Example: [b]delivrd dead show 3f2a[/b]
    """
    letter = _one(place, id_)
    if not only_body:
        print_table(
            ["what", "value"],
            [
                ["id", letter.id],
                ["state", letter.state],
                ["reason", letter.reason],
                ["detail", letter.detail],
                ["source", letter.source],
                ["type", letter.type],
                ["received", place.local(letter.received_at)],
                ["request", letter.request_id],
                ["content type", letter.content_type],
                ["offset", letter.offset],
                ["bytes", len(letter.record.body)],
            ],
        )
        click.echo()
    click.echo(letter.record.body, nl=not only_body)


@command.command("replay")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--reason", default="", help="All open ones with this reason.")
@click.option("--source", default="", help="All open ones of this source.")
@click.option("--all", "everything", is_flag=True, help="All open ones.")
@common
def replay(place: Place, ids: tuple[str, ...], reason: str, source: str, everything: bool) -> None:
    """Read dead letters again under the present adapters and settings, and bring in those that can be read.

    Each comes in once, whatever was replayed before. What still cannot be read stays as it is; then the exit
    code is 1.

    Example: [b]delivrd dead replay --reason unknown_source[/b]
    """
    from delivrd import dead_letters
    from delivrd.parts import event_log
    from delivrd.progress import progress

    if not (ids or reason or source or everything):
        raise Trouble("Say which: ids, --reason, --source, or --all", WRONG)
    settings = place.running_settings()
    found = [_one(place, id_) for id_ in ids] if ids else _find(place, (), reason=reason, source=source, state="open")
    if not found:
        raise Trouble("No open dead letter matches; see `delivrd dead list`")
    letters = [letter for letter in found if _is_open(letter)]
    with event_log(settings) as log, progress("appending", len(letters)) as advance:
        done = dead_letters.replay(settings, log, letters, advance, WAIT_SECONDS if place.consumes(settings) else 0)
    for one in done.unreadable:
        click.echo(f"{one.letter.id} still cannot be read: {one.problem}", err=True)
    click.echo(f"replayed {len(done.readable)} of {len(found)} ({done.records} records)")
    _tell_consumed(done.consumed)
    if done.unreadable:
        raise SystemExit(NO)


@command.command("discard")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@common
def discard(place: Place, ids: tuple[str, ...]) -> None:
    """Throw dead letters away: they are not listed as open any more. Their bytes stay until the retention ends.

    Example: [b]delivrd dead discard 3f2a[/b]
    """
    from delivrd import dead_letters
    from delivrd.parts import event_log

    letters = [letter for letter in (_one(place, id_) for id_ in ids) if _is_open(letter)]
    settings = place.running_settings()
    with event_log(settings) as log:
        done = dead_letters.discard(log, letters, WAIT_SECONDS if place.consumes(settings) else 0)
    click.echo(f"discarded {done.letters}")
    _tell_consumed(done.consumed)


def _find(
    place: Place, ids: tuple[str, ...], *, reason: str = "", source: str = "", state: str = "", limit: int = 1_000_000
) -> list[DeadLetter]:
    from consumers.dead import find
    from delivrd.parts import store_client

    with store_client(place.running_settings()) as store:
        return find(store, ids, reason=reason, source=source, state=state, limit=limit)


def _one(place: Place, id_: str) -> DeadLetter:
    if not re.fullmatch("[0-9a-f]{1,32}", id_):
        raise Trouble(f'"{id_}" is not an id: up to 32 of 0-9 and a-f; see `delivrd dead list`', WRONG)
    found = _find(place, (id_,), limit=2)
    if not found:
        raise Trouble(f"There is no dead letter {id_}; see `delivrd dead list --state all`")
    if len(found) > 1:
        raise Trouble(f"Several dead letters begin with {id_}; give more of the id", WRONG)
    return found[0]


def _is_open(letter: DeadLetter) -> bool:
    if letter.state != "open":
        click.echo(f"{letter.id} is {letter.state} already", err=True)
    return letter.state == "open"


def _tell_consumed(consumed: bool) -> None:
    if not consumed:
        click.echo("kept in the log; the warehouse has it as soon as the worker runs (`delivrd status`)", err=True)
