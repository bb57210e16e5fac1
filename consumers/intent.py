"""The short text kept with a commit: which range is about to be inserted."""

import msgspec


class Intent(msgspec.Struct, frozen=True):
    """The chunk from `first` to `last` (both included) may have been inserted, in whole or in part."""

    first: int
    last: int


def write_intent(first: int, last: int) -> str:
    """The note for a commit before a chunk is inserted."""
    return msgspec.json.encode(Intent(first, last)).decode()


def read_intent(note: str) -> Intent | None:
    """The intent of a note, None where it has none. Raises ValueError on a note that is not ours."""
    return msgspec.json.decode(note, type=Intent) if note else None
