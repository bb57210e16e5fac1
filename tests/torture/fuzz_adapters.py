"""A program that feeds the adapters with bytes, guided by the code that they reach; see `test_adapters.py`."""

import importlib
import sys

atheris = importlib.import_module("atheris")  # it has no types, and is not there on every machine

with atheris.instrument_imports(include=["schemas"]):
    from schemas.adapter import Source, Unreadable
    from schemas.providers import adapters
    from schemas.record import Record, RecordType

SOURCES = [Source(name, name, region="BR", timezone="Europe/Paris", store_text=True) for name in adapters]


def one_input(body: bytes) -> None:
    """Splitting and reading raise nothing but Unreadable, and what was split with a key is read."""
    for source in SOURCES:
        adapter = adapters[source.provider]
        try:
            elements = adapter.split(body, source)
        except Unreadable:
            continue
        for element in elements:
            assert element.body in body
            if element.key is not None:
                record = Record("r-0", source.name, RecordType.WEBHOOK, 0, element.key, "", b"", element.body)
                event = adapter.read(record, source)
                assert event is not None
                assert element.key == f"{source.name}/{event.message_id}"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
