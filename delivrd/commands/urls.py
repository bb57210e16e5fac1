"""`delivrd urls`: what to paste into a provider's dashboard."""

import sys

import rich_click as click

from delivrd.addresses import base_url as base_url_of
from delivrd.errors import WRONG, Trouble
from delivrd.options import Place, common
from delivrd.output import print_table


@click.command("urls")
@click.argument("source", required=False)
@click.option("--base-url", metavar="URL", help="How providers reach this machine, e.g. https://dlr.example.com")
@click.option("--submissions", is_flag=True, help="Where your own application posts what it sent, instead.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects with source, provider, url.")
@common
def command(place: Place, source: str | None, base_url: str | None, submissions: bool, as_json: bool) -> None:
    """Print the webhook URLs. They hold the sources' secrets: whoever has one can post.

    With a SOURCE, its URL alone, so that scripts can use it. While one secret replaces another, the
    first one of the settings is shown.

    Example: [b]curl -d @report.json "$(delivrd urls integrax-br)"[/b]
    """
    settings = place.settings(allow_new_sources=True)
    names = [source] if source else list(settings.sources)
    if source and source not in settings.sources:
        there_are = ", ".join(settings.sources) or "none"
        raise Trouble(f'There is no source "{source}" in {settings.config}; there are: {there_are}', WRONG)
    base = (base_url or base_url_of(settings.receiver.host, settings.receiver.port)).rstrip("/")
    found = []
    for name in names:
        configured = settings.sources[name]
        if not configured.webhook_secrets:
            raise Trouble(f"{name} has no secret yet; `delivrd up` and `delivrd reload` make one")
        url = f"{base}/v1/{'submissions' if submissions else 'webhooks'}/{name}/{configured.webhook_secrets[0]}"
        found.append({"source": name, "provider": configured.provider, "url": url})
    if as_json:
        import json

        click.echo(json.dumps(found, indent=2))
    elif source:
        click.echo(found[0]["url"])
    elif sys.stdout.isatty():
        for entry in found:  # not in a table, which would break the URL on a narrow terminal
            click.echo(f"{entry['source']} ({entry['provider']})\n{entry['url']}\n")
    else:
        print_table(["source", "provider", "url"], [list(entry.values()) for entry in found])
