"""What Kafka will never take is kept beside the spool, and holds nobody up."""

import asyncio
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.log import LogFull
from pipeline.spool.place import SpoolPlace, spool_stats
from pipeline.spool.refused import Refused, count_refused, read_refused, rewrite_refused, set_aside
from pipeline.sqlite_log import log_stats
from schemas.record import Record
from tests.kafka.conftest import MakeSettings
from tests.kafka.harness import set_configs
from tests.log.records import TIME, record, records
from tests.spool.harness import empty, eventually, ids, opened, watch

refused = st.builds(
    Refused, reason=st.text(st.characters(exclude_categories=["Cs"])), refused_at=st.integers(0, 2**48), record=records
)


@settings(max_examples=50, deadline=None)
@given(st.lists(refused, max_size=4))
def test_what_was_set_aside_is_read_as_it_was(given_ones: list[Refused]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "refused.jsonl"
        for one in given_ones:
            set_aside(path, one, 0)
        assert list(read_refused(path)) == given_ones
        assert count_refused(path) == len(given_ones)


@pytest.mark.parametrize("left", [b'{"reason":"', b"{}\n", b"\n", b"\xff\xfe"])
def test_half_a_line_spoils_no_other(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "refused.jsonl"
    first, second = (Refused("too large", TIME, record(number)) for number in range(2))
    set_aside(path, first, 0)
    with path.open("ab") as file:
        file.write(left)
    set_aside(path, second, 0)
    assert list(read_refused(path)) == [first, second]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    set_aside(tmp_path / "refused.jsonl", Refused("too large", TIME, record()), 0)
    assert (tmp_path / "refused.jsonl").stat().st_mode & 0o077 == 0


def test_the_disks_reserve_is_left(tmp_path: Path) -> None:
    with pytest.raises(LogFull, match="reserve"):
        set_aside(tmp_path / "refused.jsonl", Refused("too large", TIME, record()), 2**60)
    assert not (tmp_path / "refused.jsonl").exists()


def named(record: Record) -> Record:
    return msgspec.structs.replace(record, body=b"gone") if b"5511" in record.body else record


def test_one_that_is_set_aside_while_others_are_replaced_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "refused.jsonl"
    first, second = (Refused("too large", TIME, record(number, body=b"5511")) for number in range(2))
    set_aside(path, first, 0)
    with ThreadPoolExecutor(1) as pool:

        def slowly(given: Record) -> Record:
            later.append(pool.submit(set_aside, path, second, 0))
            wait(later, 0.2)  # it would be done by then, and must not
            return named(given)

        later: list[Future[None]] = []
        rewrite_refused(path, slowly, lambda _: False)
        later[0].result()
    assert [one.record.body for one in read_refused(path)] == [b"gone", b"5511"]


def test_a_line_that_cannot_be_read_stays_unless_it_names_somebody(tmp_path: Path) -> None:
    path = tmp_path / "refused.jsonl"
    whole = msgspec.json.encode(Refused("too large", TIME, record(1, body=b"of 5511999")))
    lines = [b"{}", whole[:-20], b'{"odd": "5511"}', b"not \xff JSON", whole]
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert rewrite_refused(path, named, lambda line: b"5511" in line) == 3
    left = path.read_bytes().splitlines()
    assert left[:2] == [b"{}", b"not \xff JSON"]
    assert [one.record.body for one in read_refused(path)] == [b"gone"]
    assert len(left) == 3


async def test_a_record_that_kafka_refuses_is_accepted_and_set_aside(
    make_settings: MakeSettings, place: SpoolPlace
) -> None:
    log = make_settings(append_timeout=10.0)
    async with opened(log, place) as spool:
        await spool.append([record(0)])
        await asyncio.to_thread(set_configs, log, {"max.message.bytes": "100000"})
        large = record(1, body=bytes(200_000))
        await spool.append([record(2), large, record(3)])
        await eventually(lambda: empty(place), "the spool is drained")
        assert not spool.away, "Kafka answers"
    (one,) = read_refused(place.refused)
    assert one.record == large
    assert "too large" in one.reason.lower() or "size" in one.reason.lower()
    assert spool_stats(place).refused == 1
    assert set(ids(log)) == {"request-0", "request-2", "request-3"}


async def test_what_cannot_be_set_aside_stays_and_keeps_nobody_from_kafka(
    make_settings: MakeSettings, place: SpoolPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = make_settings(append_timeout=10.0)
    place.refused.mkdir()
    async with opened(log, place) as spool:
        await spool.append([record(0)])
        await asyncio.to_thread(set_configs, log, {"max.message.bytes": "100000"})
        given = watch(monkeypatch)
        await spool.append([record(1, body=bytes(200_000))])
        await eventually(lambda: given.count("request-1") >= 3, "the drain has tried, and tried again")
        await spool.append([record(2)])
        stats = log_stats(place.log, place.state)
        assert stats is not None
        assert stats.pending == 1, "the refused one"
        place.refused.rmdir()
        await eventually(lambda: empty(place), "it is set aside")
    assert [msgspec.structs.asdict(one.record)["id"] for one in read_refused(place.refused)] == ["request-1"]
    assert set(ids(log)) == {"request-0", "request-2"}
