"""A small day of traffic, behind the answers that the README shows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

BRAZIL, GERMANY = "integrax-br", "smsgateway24"

_CARRIERS = ("55119939", "55119690", "55119814", "55219877")
"""Claro, Vivo, TIM, Oi."""
_FAILED = {3: "UNDELIV", 7: "UNDELIV", 11: "UNDELIV", 15: "EXPIRED", 18: "REJECTD", 20: "EXPIRED"}


def bodies(now: datetime) -> Iterator[tuple[str, bytes]]:
    """(source, body) of each webhook, in order. Nothing of it but the times depends on `now`."""
    yield from ((BRAZIL, _json(body)) for body in _brazil(now))
    yield from ((GERMANY, _json(body)) for body in _germany(now))
    yield BRAZIL, b'{"campaign": "spring", "clicks": 12}'
    yield BRAZIL, b'{"phone": "5511993900099", "status": "DELIVRD"}'
    yield GERMANY, b'{"sms_id": 62051, "status_id":'


def _brazil(now: datetime) -> Iterator[dict[str, object]]:
    for number in range(32):
        status = _FAILED.get(number, "DELIVRD")
        report = _report(number, status, now)
        yield report
        if number % 8 == 0:
            yield report
    yield _report(20, "DELIVRD", now + timedelta(minutes=4))


def _report(number: int, status: str, at: datetime) -> dict[str, object]:
    return {
        "messageId": f"br-{number:03d}",
        "phone": f"{_CARRIERS[number % len(_CARRIERS)]}{number:05d}",
        "status": status,
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _germany(now: datetime) -> Iterator[dict[str, object]]:
    ends = {3: 10, 6: 8, 9: None, 10: None}
    for number in range(12):
        yield _status(number, 6, now)
        end = ends.get(number, 7)
        if end:
            yield _status(number, end, now + timedelta(seconds=20 + 10 * number))
    for number, text in enumerate(("STOP", "Danke, bis später 😀")):
        yield {
            "address": f"+49157529822{number:02d}",
            "date": now.strftime("%Y-%m-%d %H:%M:%S"),
            "body": text,
            "sms_id": 62060000 + number,
            "device_id": 11231,
            "type": "text",
        }


def _status(number: int, code: int, at: datetime) -> dict[str, object]:
    return {
        "sms_id": 62050000 + number,
        "status_id": code,
        "status_message": "a title that changes by year and language",
        "sendto": f"+49157529822{number:02d}",
        "senttime": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "channel_id": 0,
        "device_id": 11231,
    }


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode()
