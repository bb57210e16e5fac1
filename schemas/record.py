"""One record of the event log: one message's report, byte for byte as it came."""

from enum import StrEnum

import msgspec


class RecordType(StrEnum):
    """How a record came in; the CloudEvents `type`. FORGOTTEN stands in place of one that named somebody."""

    WEBHOOK = "delivrd.webhook"
    POLL = "delivrd.poll"
    SUBMISSION = "delivrd.submission"
    IMPORT = "delivrd.import"
    TIMEOUT = "delivrd.timeout"
    DISCARD = "delivrd.discard"
    FORGOTTEN = "delivrd.forgotten"


class Record(msgspec.Struct, frozen=True, gc=False):
    """A body, or one element of it, and what is needed to read it again.

    `id` is the request's id and the element's index (`<request>-<index>`). `time` is when the request
    reached us, UTC, milliseconds since 1970. `key` is `<source>/<message id as given>`, and None for
    what could not be read. `context` is a JSON object of what else the reading needs (`query`,
    `asked`, `envelope`), or empty; at most 8 KiB. `replay_of` is empty, or the position
    `<log id>/<partition>/<offset>` of the first arrival that this record is a copy of.
    """

    id: str
    source: str
    type: str
    time: int
    key: str | None
    content_type: str
    context: bytes
    body: bytes
    replay_of: str = ""


MAX_BODY = 8 * 1024 * 1024
MAX_RECORD = 1024 * 1024
"""Of one report. What cannot be read is kept whole, as large as a body may be: it may be a list of good reports."""
MAX_CONTEXT = 8 * 1024
