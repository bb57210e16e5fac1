"""A judge's stream, as history that `delivrd import` takes: NDJSON, one file a source."""

import csv
import gzip
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import msgspec

FAMILIES = {
    "unknown_subscriber": "unknown_number",
    "absent_subscriber": "absent",
    "system_error": "network",
    "expired": "expired",
    "spam_filter": "filtered",
    "sender_blocked": "filtered",
    "failed": "unknown",
}
"""What the stream's errors are in our words; a source that says only `failed` tells none."""


def write_history(stream: Path, folder: Path) -> dict[str, Path]:
    """The files, by source."""
    files: dict[str, IO[bytes]] = {}
    with gzip.open(stream / "events.csv.gz", "rt", newline="") as rows, ExitStack() as opened:
        for row in csv.DictReader(rows):
            source = row["source"]
            if source not in files:
                files[source] = opened.enter_context((folder / f"{source}.ndjson").open("wb"))
            files[source].write(msgspec.json.encode(_event(row)) + b"\n")
    return {source: folder / f"{source}.ndjson" for source in sorted(files)}


def settings(sources: list[str]) -> str:
    """Settings for all of the sources, of one provider, that keep what is long past."""
    tables = "\n".join(f'[sources.{name}]\nprovider = "integrax"\n' for name in sources)
    return f'[warehouse]\nkeep = "3650d"\n\n{tables}'


def _event(row: dict[str, str]) -> dict[str, object]:
    at = round(float(row["received_at"]) * 1000)
    event: dict[str, object] = {
        "kind": "report",
        "message_id": row["message_id"],
        "status": row["status"],
        "received_at": at,
        "occurred_at": at,
        "country": row["country"],
        "carrier": row["carrier"],
    }
    if row["status"] == "submitted":
        return event | {"kind": "submission", "status": "accepted"}
    return event | ({"error_family": FAMILIES[row["error"]]} if row["error"] else {})
