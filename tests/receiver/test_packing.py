"""Packed bodies: what is kept is the unpacked body; what cannot be unpacked is kept as it came."""

import gzip
import json
import zlib

import pytest

from schemas.record import MAX_BODY
from tests.receiver.intake import Intake, as_json, report

GOOD = as_json(report())


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(GOOD)),
        ("x-gzip", gzip.compress(GOOD)),
        ("GZIP", gzip.compress(GOOD)),
        ("deflate", zlib.compress(GOOD)),
        ("deflate", raw_deflate(GOOD)),
        ("identity", GOOD),
    ],
)
def test_a_packed_body_is_kept_unpacked(intake: Intake, coding: str, packed: bytes) -> None:
    assert intake.post(packed, {"content-encoding": coding}).status == 200
    (record,) = intake.kept()
    assert (record.body, record.key, record.context) == (GOOD, "integrax-br/1", b"")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GOOD),
        ("gzip", b""),
        ("gzip", gzip.compress(GOOD)[:-1]),
        ("gzip", gzip.compress(GOOD)[:-5] + b"\0\0\0\0\0"),
        ("gzip", gzip.compress(GOOD) + gzip.compress(GOOD)),
        ("deflate", b"\xff" * 50),
    ],
)
def test_a_damaged_body_is_refused_and_kept_as_it_came(intake: Intake, coding: str, body: bytes) -> None:
    answer = intake.post(body, {"content-encoding": coding})
    assert (answer.status, answer.json()["reason"]) == (400, "bad_encoding")
    (record,) = intake.kept()
    assert (record.key, record.body, json.loads(record.context)) == (None, body, {"content_encoding": coding})


UNKNOWN = ["br", "zstd", "gzip, gzip", "utf-8", "\xff"]


@pytest.mark.parametrize("coding", UNKNOWN)
def test_an_unknown_packing_is_refused_and_kept_as_it_came(intake: Intake, coding: str) -> None:
    body = b"\x0b\x1e\x80packed"
    answer = intake.post(body, {"content-encoding": coding})
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "gzip, x-gzip, deflate")
    (record,) = intake.kept()
    assert (record.key, record.body, json.loads(record.context)) == (None, body, {"content_encoding": coding})


@pytest.mark.parametrize("coding", UNKNOWN)
def test_what_can_be_read_is_not_packed_whatever_its_header_says(intake: Intake, coding: str) -> None:
    assert intake.post(GOOD, {"content-encoding": coding}).status == 200
    assert [(record.key, record.body) for record in intake.kept()] == [("integrax-br/1", GOOD)]


@pytest.mark.parametrize("size", [MAX_BODY + 1, 20 * MAX_BODY])
def test_a_bomb_is_refused(intake: Intake, size: int) -> None:
    packer = zlib.compressobj(1, wbits=31)
    block = b" " * 1024 * 1024
    packed = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.compress(
        b" " * (size % len(block))
    )
    assert intake.post(packed + packer.flush(), {"content-encoding": "gzip"}).status == 413
    assert intake.kept() == []


def test_a_packed_body_of_exactly_eight_mebibytes_fits(intake: Intake) -> None:
    body = b"[" + GOOD + b" " * (MAX_BODY - len(GOOD) - 2) + b"]"
    assert intake.post(gzip.compress(body), {"content-encoding": "gzip"}).status == 200
    assert intake.kept()[0].body == GOOD


def test_a_malformed_packed_body_is_kept_unpacked(intake: Intake) -> None:
    assert intake.post(gzip.compress(b"{"), {"content-encoding": "gzip"}).status == 400
    (record,) = intake.kept()
    assert (record.key, record.body, record.context) == (None, b"{", b"")
