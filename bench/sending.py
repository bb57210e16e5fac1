"""A sender with a steady rate: a report is due when it is due, however long the others take."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

CONNECTIONS = 32


class Sent(NamedTuple):
    """An accepted report. Times by `time.perf_counter`."""

    number: int
    message_id: str
    due_at: float
    accepted_at: float


async def send(url: str, rate: int, seconds: int, prefix: str, accepted: Callable[[Sent], None]) -> list[Sent]:
    """Send `rate` reports a second, each about a message of its own; ends the program at an answer that is no 2xx."""
    numbers = iter(range(rate * seconds))
    began = time.perf_counter()
    sent: list[Sent] = []

    def note(one: Sent) -> None:
        sent.append(one)
        accepted(one)

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_connection(url, numbers, began, rate, prefix, note))
    return sent


async def _connection(
    url: str, numbers: Iterator[int], began: float, rate: int, prefix: str, note: Callable[[Sent], None]
) -> None:
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    head = f"POST {target.path} HTTP/1.1\r\nHost: {target.netloc}\r\nContent-Type: application/json\r\nContent-Length: "
    for number in numbers:
        due = began + number / rate
        await asyncio.sleep(due - time.perf_counter())
        message_id = f"{prefix}-{number}"
        body = f'{{"messageId":"{message_id}","phone":"55119939{number % 100_000:05d}","status":"DELIVRD"}}'
        writer.write(f"{head}{len(body)}\r\n\r\n{body}".encode())
        await _accepted(reader)
        note(Sent(number, message_id, due, time.perf_counter()))
    writer.close()
    await writer.wait_closed()


async def _accepted(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    answer = await reader.readexactly(length)
    if not head.startswith(b"http/1.1 2"):
        raise SystemExit(f"a report was not accepted: {answer[:500].decode(errors='replace')}")
