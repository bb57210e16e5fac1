"""What is answered is counted, by source and code."""

from pathlib import Path

from prometheus_client import REGISTRY

from receiver.connections import Limits
from tests.receiver.intake import PATH, Intake, as_json, report

BAD = b"{"
GOOD = as_json(report())


def answered(source: str, code: int) -> float:
    return REGISTRY.get_sample_value("delivrd_requests_total", {"source": source, "code": str(code)}) or 0


def kept_bytes(source: str) -> float:
    return REGISTRY.get_sample_value("delivrd_request_bytes_total", {"source": source}) or 0


def test_answers_and_bytes_are_counted(tmp_path: Path, running: Intake) -> None:
    running.wait(running.swept(1))  # it counts in the same place
    with Intake(tmp_path, limits=Limits(head=0.2)) as intake:
        counted = [("integrax-br", 200), ("integrax-br", 400), ("", 404), ("integrax-br", 413), ("", 405)]
        before = [answered(*one) for one in counted]
        size = kept_bytes("integrax-br")
        for way in (intake.post, intake.post_in_pieces):
            way(GOOD)
            way(BAD)
            way(GOOD, path=f"{PATH}x")
        intake.post(b" " * (8 * 1024 * 1024 + 1))
        intake.ask("GET", PATH)
        intake.wait(intake.swept(2))
        assert [answered(*one) - was for one, was in zip(counted, before, strict=True)] == [2, 2, 2, 1, 1]
        assert kept_bytes("integrax-br") - size == 2 * (len(GOOD) + len(BAD))
        intake.post(GOOD)
    assert answered("integrax-br", 200) - before[0] == 3, "the last are counted at the end"
