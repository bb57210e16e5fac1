"""A program that feeds the adapters with bytes, guided by the code that they reach; see `test_adapters.py`."""

import importlib
import sys

atheris = importlib.import_module("atheris")  # it has no types, and is not there on every machine

with atheris.instrument_imports(include=["schemas"]):
    import msgspec

    from schemas.adapter import Source, Unreadable
    from schemas.providers import adapters
    from schemas.record import Record, RecordType
    from schemas.ways import split_as

QUESTIONS = ("sms", "receive", "getallsms", "getsmsstatus", "getalldevices", "getdevicestatus", "balance")
POLLS = [b'{"asked":{"question":"%b","id":"m1"}}' % question.encode() for question in QUESTIONS]
WAYS = [
    *((way, b"") for way in (RecordType.WEBHOOK, RecordType.SUBMISSION, RecordType.IMPORT, RecordType.TIMEOUT)),
    *((RecordType.POLL, context) for context in POLLS),
]
SOURCES = [Source(name, name, region="BR", timezone="Europe/Paris", store_text=True) for name in adapters]


def one_input(body: bytes) -> None:
    """Splitting and reading raise nothing but Unreadable, and what was split with a key is read, whichever way."""
    for source in SOURCES:
        for way, context in WAYS:
            try_way(Record("r-0", source.name, way, 0, None, "", context, body), source)


def try_way(record: Record, source: Source) -> None:
    adapter = adapters[source.provider]
    try:
        elements = split_as(adapter, record, source)
    except Unreadable:
        return
    for element in elements:
        # A submission to many recipients is one for each, without credentials.
        assert element.body in record.body or record.type == RecordType.SUBMISSION
        if element.key is not None:
            event = adapter.read(msgspec.structs.replace(record, body=element.body, key=element.key), source)
            assert event is not None
            assert element.key == f"{source.name}/{event.message_id}"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
