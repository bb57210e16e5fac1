"""Records to put into a log."""

from hypothesis import strategies as st

from schemas.record import Record, RecordType

TIME = 1_700_000_000_000


def record(number: int = 0, *, body: bytes = b'{"status":"DELIVRD"}', time: int = TIME, key: str | None = "") -> Record:
    """A record as the receiver makes it; `number` tells it from others."""
    return Record(
        id=f"request-{number}",
        source="integrax-br",
        type=RecordType.WEBHOOK,
        time=time,
        key=f"integrax-br/{number}" if key == "" else key,
        content_type="application/json",
        context=b"",
        body=body,
    )


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)

records = st.builds(
    Record,
    id=texts,
    source=texts,
    type=st.sampled_from(list(RecordType)),
    time=st.integers(0, 4_102_444_800_000),
    key=st.none() | texts,
    content_type=texts,
    context=st.binary(max_size=50),
    body=st.binary(max_size=300) | st.integers(8_000, 20_000).map(bytes),
    replay_of=st.just("") | texts,
)
"""Anything that can stand in a record, NUL characters and all planes of Unicode included."""
