"""Answers to polls, in the log as the poller puts them there."""

import json
import time
from contextlib import closing

from delivrd.parts import event_log, sources_of
from pipeline.settings import load
from schemas.adapter import Element
from schemas.providers import adapters
from schemas.record import Record, RecordType
from tests.support.installation import Installation


def answered(installation: Installation, source: str, body: bytes, **asked: str) -> list[Element]:
    """Keep the answer to a question; its elements."""
    settings = load(installation.folder.root)
    configured = sources_of(settings)[source]
    elements = adapters[configured.provider].split_answer(body, asked, configured)
    now = time.time_ns() // 1_000_000
    context = json.dumps({"asked": asked}).encode()
    append(
        installation,
        [
            Record(f"poll-{now}-{index}", source, RecordType.POLL, now, one.key, "application/json", context, one.body)
            for index, one in enumerate(elements)
        ],
    )
    return elements


def append(installation: Installation, records: list[Record]) -> None:
    """Put records into the log, beside the running intake."""
    with event_log(load(installation.folder.root)) as log, closing(log):
        log.append(records)
