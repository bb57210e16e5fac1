"""`delivrd status`: how things stand."""

import asyncio
import sys

import rich_click as click

from delivrd.errors import NO
from delivrd.options import Place, common
from delivrd.output import print_table


@click.command("status")
@common
def command(place: Place) -> None:
    """What runs, what is pending, how old the oldest pending record is, how full the disk,
    how polls stand, and which words of the providers nobody knows.

    Exits 0 where everything is ready, else 1.

    Example: [b]delivrd status[/b]
    """
    from delivrd.addresses import base_url
    from delivrd.measures import measure
    from delivrd.parts import event_log
    from delivrd.polls import poll_rows
    from delivrd.supervisor.readiness import is_ready
    from delivrd.unknown_words import unknown_rows
    from pipeline.clock import now_ms
    from pipeline.log import LogUnavailable, LogUnusable
    from pipeline.settings.units import format_size

    settings = place.settings(allow_new_sources=True)
    up = place.up
    rows: list[list[object]] = [["data", settings.data_dir], ["settings", settings.config]]
    ready = False
    if up is None:
        rows.append(["runs", "no; start it with `delivrd up`"])
    else:
        rows.append(["runs", f"since {place.local(up.started)}, pid {up.pid}"])
        answers = []
        for name, section in (("receiver", settings.receiver), ("console", settings.console)):
            answers.append(asyncio.run(is_ready(section.host, section.port)))
            rows.append([name, f"{'ready' if answers[-1] else 'not ready'}, {base_url(section.host, section.port)}"])
        ready = all(answers)
        warehouse = settings.warehouse
        rows.append(["warehouse", f"HTTP port {warehouse.http_port}, native port {warehouse.tcp_port}"])
        for name, part in up.parts.items():
            rows.append([name, f"pid {part.pid}" + (f", restarted {part.restarts} times" * bool(part.restarts))])
    try:
        with event_log(settings) as log:
            now = measure(log, place.folder, now_ms)
    except (LogUnavailable, LogUnusable) as error:
        ready = False
        rows.append(["log", f"cannot be used: {error}"])
    else:
        oldest = f", the oldest for {now.oldest_seconds:.1f} s" * bool(now.pending)
        rows.append(["pending", f"{now.pending} records{oldest}"])
        if now.log_bytes is not None:
            rows.append(["log", f"{format_size(now.log_bytes)} of at most {format_size(settings.log.max_bytes)}"])
        rows.append(["disk", f"{format_size(now.disk_free)} free of {format_size(now.disk_total)}"])
    for what, how, well in poll_rows(place, settings):
        rows.append([what, how])
        ready = ready and well
    if up is not None:
        rows += map(list, unknown_rows(settings, now_ms()))
    print_table(["what", "how it stands"], rows)
    if not ready:
        sys.exit(NO)
