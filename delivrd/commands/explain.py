"""`delivrd explain`: everything known about one message."""

import msgspec
import rich_click as click

from delivrd.errors import Trouble
from delivrd.options import Place, common
from delivrd.output import print_table


@click.command("explain")
@click.argument("asked", metavar="MESSAGE_ID|NUMBER")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Messages at most.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, for scripts.")
@common
def command(place: Place, asked: str, limit: int, as_json: bool) -> None:
    """Who told what of a message, when, what was a repeat, and why its state is what it is.

    With a number, the newest messages to or from it; written as people do, with its country's code or without.

    Example: [b]delivrd explain abc123[/b] or [b]delivrd explain "(11) 99999-9999"[/b]
    """
    from delivrd.explaining import explained
    from delivrd.parts import event_log, store_client

    settings = place.running_settings()
    with store_client(settings) as store, event_log(settings) as log:
        found = explained(settings, store, log, asked, limit)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    elif not found:
        raise Trouble(f"Nothing is known of {asked}. What could not be read is listed by `delivrd dead list`")
    for message in () if as_json else found:
        click.echo(f"{message.source} ({message.provider}) message {message.message_id}")
        where = ", ".join(part for part in (message.country, message.carrier) if part)
        click.echo(f"  {message.sender or '?'} to {message.recipient or '?'}" + (f" ({where})" if where else ""))
        click.echo(f"  first heard of {place.local(message.home)}")
        click.echo(f"  state: {message.state}, because: {message.why}")
        print_table(
            ["received", "offset", "request", "told by", "status", "as given", "error", "happened", "note"],
            [
                [
                    place.local(telling.received_at),
                    telling.offset,
                    telling.request_id,
                    telling.fact.origin,
                    telling.fact.status or telling.fact.kind,
                    telling.fact.provider_status,
                    " ".join(filter(None, (telling.fact.error_code, telling.fact.error_family))),
                    place.local(telling.fact.occurred_at),
                    telling.note,
                ]
                for telling in message.tellings
            ],
        )
