"""What is left of an event of somebody who is forgotten, and of its record."""

import msgspec
import pytest

from schemas import forgotten
from schemas.event import Event, Kind, Origin
from schemas.forgotten import NOBODY, Forgotten, anonymous
from schemas.left import Left, read, record_of
from schemas.record import Record, RecordType
from schemas.status import Status

NUMBER, OTHER = "+5511912345678", "+5511888880020"
KEY = "a key of the tests"
ONE = Forgotten(KEY, [Forgotten(KEY).hash_of(NUMBER)])
NAME = ONE.name_of(NUMBER)
EVENT = Event(
    kind=Kind.REPORT, source="a", provider="integrax", origin=Origin.WEBHOOK, message_id="m-1",
    message_key="m-1/5511912345678", identity=2**127 + 5, occurred_at=1, received_at=2, recipient=NUMBER,
    status=Status.FAILED, error_text="(11) 91234-5678 is barred", country="BR", carrier="Vivo", customer_ref="A7",
    cost=0.5,
)  # fmt: skip
RECORD = Record("r-0", "a", RecordType.WEBHOOK, 2, "a/m-1", "application/json", b"{}", b"5511912345678")


def test_what_says_who_it_was_goes_and_figures_stay() -> None:
    left = anonymous(EVENT, "BR", ONE)
    assert left == msgspec.structs.replace(
        EVENT, recipient=NAME, message_key=f"m-{NAME}", error_text=f"({NAME} is barred", customer_ref=""
    )
    assert anonymous(left, "BR", ONE) is left


def test_nothing_that_looks_like_a_number_stands_in_its_place() -> None:
    assert NAME.startswith(forgotten.PREFIX)
    assert NAME.removeprefix(forgotten.PREFIX).isalpha()
    assert Forgotten("another key", [Forgotten("another key").hash_of(NUMBER)]).name_of(NUMBER) != NAME


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        ({"recipient": OTHER, "error_text": "", "message_key": "m"}, set()),
        (
            {"kind": Kind.INBOUND, "recipient": OTHER, "sender": NUMBER, "text": "mine"},
            {"sender", "text", "customer_ref"},
        ),
        ({"kind": Kind.INBOUND, "recipient": NUMBER, "sender": OTHER, "text": "theirs"}, {"recipient"}),
        ({"recipient": OTHER, "sender": NUMBER}, {"sender"}),
        ({"recipient": f"{NUMBER[1:]};{OTHER}"}, {"recipient", "customer_ref"}),
        ({"recipient": OTHER, "message_id": NUMBER[1:]}, {"message_id"}),
        ({"recipient": OTHER, "message_id": NUMBER[3:]}, set()),
    ],
)
def test_what_is_others_stays(event: dict[str, object], changed: set[str]) -> None:
    before = msgspec.structs.replace(EVENT, **{"error_text": "", "message_key": "m", **event})
    after = anonymous(before, "BR", ONE)
    assert {name for name in Event.__struct_fields__ if getattr(before, name) != getattr(after, name)} == changed
    assert anonymous(before, "BR", NOBODY) is before


def test_a_phone_with_the_persons_card_loses_all_its_numbers() -> None:
    extra = '{"device_id":"7","title":"Ann","seen_at":1790000000000,"sims":[{"number":"%s"},{"number":"%s"}]}'
    device = msgspec.structs.replace(
        EVENT, kind=Kind.DEVICE, recipient="", error_text="", message_key="d", customer_ref=""
    )
    after = anonymous(msgspec.structs.replace(device, extra=extra % (NUMBER, OTHER)), "BR", ONE)
    assert msgspec.json.decode(after.extra)["seen_at"] == 1790000000000
    assert NUMBER not in after.extra
    assert OTHER not in after.extra
    other = msgspec.structs.replace(device, extra=extra % (OTHER, OTHER))
    assert anonymous(other, "BR", ONE) is other


def test_a_record_in_its_place_tells_the_same() -> None:
    left = Left(anonymous(EVENT, "BR", ONE), 2**64 - 1, 2**63)
    record = record_of(RECORD, left)
    assert read(record) == left
    assert (record.type, record.time, record.key) == (RecordType.FORGOTTEN, RECORD.time, "a/m-1")
    assert b"5511912345678" not in record.body
    assert read(record_of(RECORD, None)) is None
