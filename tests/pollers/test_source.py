"""Whole sources against the stand-ins of their providers, over HTTP; the warehouse's part is played by the test."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from pipeline.clock import now_ms
from pipeline.settings import SourceSettings
from pollers.keeping import Keeper
from pollers.open_messages import Ledger, Silent
from pollers.schedule import Open, Policy
from pollers.source import poll
from pollers.timeouts import FAR_MS, TimeOuts
from schemas.providers import adapters
from schemas.record import Record, RecordType
from simulators.misbehaviour import Misbehaviour
from simulators.run import OWN_NUMBERS, Simulators
from tests.pollers.clock import Clock
from tests.pollers.conftest import Wire, answer
from tests.pollers.desks import Installed
from tests.services import free_ports


class Written(Ledger):
    """A ledger that the test writes."""

    def __init__(self) -> None:
        self.messages: list[Open] = []
        self.unheard: list[Silent] = []

    def open(self, source: str, since: int) -> list[Open]:
        return self.messages

    def silent(self, source: str, since: int, before: int) -> list[Silent]:
        return self.unheard


class Asking:
    """Sources that are polled into one log."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed
        self.ledger = Written()
        self.tools = replace(installed.tools(), ledger=self.ledger, clock=now_ms)

    @asynccontextmanager
    async def poll(self, provider: str, base_url: str, **settings: Any) -> AsyncIterator["asyncio.Task[None]"]:
        """Polled for as long as the block lasts. `settings` are the source's, and its `poll` table's further keys."""
        table = {"base_url": base_url, "per_minute": 60_000, "every": "1s", "state_every": "1s", "timeout": "2s"}
        source = SourceSettings.model_validate({"provider": provider, **settings, "poll": table | settings["poll"]})
        source._name = provider
        task = asyncio.create_task(poll(source, adapters[provider], self.tools))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def records(self, question: str) -> list[Record]:
        """The records of the answers to a question."""
        return [record for record in self.installed.records() if asked(record).get("question") == question]


def asked(record: Record) -> dict[str, str]:
    found: dict[str, str] = json.loads(record.context)["asked"] if record.context else {}
    return found


async def until(look: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not look():
            await asyncio.sleep(0.02)


@pytest.fixture
def simulators() -> Iterator[Simulators]:
    with Simulators(5, speed=2_000) as running:
        yield running


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    with closing(Installed(tmp_path, Clock(now_ms()))) as installed:
        yield Asking(installed)


def login(simulators: Simulators) -> dict[str, str]:
    account = simulators.smsgateway24.account
    return {"email": account.email, "password": account.password}


async def test_smsgateway24_is_asked_for_its_list_and_its_phones(simulators: Simulators, asking: Asking) -> None:
    await asyncio.to_thread(simulators.send, {"smsgateway24": 10})
    url = simulators.url("smsgateway24")
    async with asking.poll("smsgateway24", url, **login(simulators), poll={}):
        keys = {f"smsgateway24/{message.message_id}" for message in simulators.truth("smsgateway24").messages()}
        await until(lambda: keys <= {record.key for record in asking.records("getallsms")})
        devices = {str(device.id) for device in simulators.smsgateway24.account.devices}
        await until(lambda: {asked(record)["device_id"] for record in asking.records("getdevicestatus")} == devices)
    assert asking.records("getalldevices")
    assert {record.type for record in asking.installed.records()} == {RecordType.POLL}
    log = b"".join(record.body + record.context for record in asking.installed.records())
    tokens = {*simulators.smsgateway24.tokens, *login(simulators).values()}
    assert not [token for token in tokens if token.encode() in log]


async def test_a_token_that_is_refused_is_renewed(simulators: Simulators, asking: Asking) -> None:
    async with asking.poll("smsgateway24", simulators.url("smsgateway24"), **login(simulators), poll={}):
        await until(lambda: asking.records("getalldevices"))
        await asyncio.to_thread(simulators.send, {"smsgateway24": 1})
        simulators.smsgateway24.revoke()
        [message] = simulators.truth("smsgateway24").messages()
        await until(lambda: f"smsgateway24/{message.message_id}" in {one.key for one in asking.installed.records()})
    assert not asking.installed.state.standings()[0].stopped


async def test_a_message_that_the_list_has_left_behind_is_asked_about(simulators: Simulators, asking: Asking) -> None:
    [sent] = await asyncio.to_thread(simulators.send, {"smsgateway24": 1})
    message_id = str(sent.answer["sms_id"])
    asking.ledger.messages = [Open(message_id, now_ms() - 60_000)]
    url = simulators.url("smsgateway24")
    async with asking.poll("smsgateway24", url, **login(simulators), poll={"overlap": "5s"}):
        await until(lambda: asking.records("getsmsstatus"))
    [record, *_] = asking.records("getsmsstatus")
    assert (record.key, asked(record)["sms_id"]) == (f"smsgateway24/{message_id}", message_id)


async def test_aatrox_is_asked_about_each_message_and_each_number(simulators: Simulators, asking: Asking) -> None:
    await asyncio.to_thread(simulators.send, {"aatrox": 5})
    await asyncio.to_thread(simulators.receive, "aatrox", 2)
    ids = [message.message_id for message in simulators.truth("aatrox").messages()]
    asking.ledger.messages = [Open(message_id, now_ms() - 10_000) for message_id in [*ids, "not known there"]]
    token = simulators.aatrox.account.token
    numbers = {"numbers": [OWN_NUMBERS["aatrox"]]}
    async with asking.poll("aatrox", simulators.url("aatrox"), token=token, poll=numbers):
        await until(lambda: {asked(record)["id"] for record in asking.records("sms")} == set(ids))
        await until(lambda: len(asking.records("receive")) >= 2)
        # Once asked about, not again so soon.
        count = len(asking.records("sms"))
        await until(lambda: len(asking.records("receive")) >= 4)
        assert len(asking.records("sms")) == count == len(ids)
    assert {record.key for record in asking.records("sms")} == {f"aatrox/{message_id}" for message_id in ids}


async def test_what_was_asked_about_is_remembered_over_a_restart(simulators: Simulators, asking: Asking) -> None:
    await asyncio.to_thread(simulators.send, {"aatrox": 3})
    ids = [message.message_id for message in simulators.truth("aatrox").messages()]
    asking.ledger.messages = [Open(message_id, now_ms() - 3_600_000) for message_id in ids]
    account = {"token": simulators.aatrox.account.token, "poll": {"numbers": ["1"]}}
    async with asking.poll("aatrox", simulators.url("aatrox"), **account):
        await until(lambda: len(asking.records("sms")) == 3)
    asking.installed.restart()
    again = Asking(asking.installed)
    again.ledger.messages = [*asking.ledger.messages, Open(ids[0] + "x", 0)]
    before = len(asking.records("receive"))
    async with again.poll("aatrox", simulators.url("aatrox"), **account):
        await until(lambda: len(again.records("receive")) >= before + 3)
    assert len(again.records("sms")) == 3


@pytest.mark.parametrize(
    ("provider", "wrong", "said"),
    [
        ("smsgateway24", {"email": "demo@example.com", "password": "not-the-password"}, "the email and the password"),
        ("aatrox", {"token": "not-the-token-at-all"}, "the token"),
        ("ugsms", {"api_key": "not-the-api-key-at-all"}, "the api_key"),
        ("smsgateway24", {"email": "demo@example.com"}, "sources.smsgateway24.password is missing"),
    ],
)
async def test_a_wrong_credential_stops_the_source_with_one_message(
    simulators: Simulators, asking: Asking, provider: str, wrong: dict[str, str], said: str
) -> None:
    asking.ledger.messages = [Open("1", now_ms() - 10_000)]
    with capture_logs() as lines:
        numbers = {"numbers": ["61480000000"]} if provider == "aatrox" else {}
        async with asking.poll(provider, simulators.url(provider), **wrong, poll=numbers) as task:
            await asyncio.wait_for(asyncio.shield(task), 20)
    [line] = [line for line in lines if line["log_level"] in {"error", "warning", "critical"}]
    assert (line["event"], line["source"]) == ("stopped", provider)
    assert said in line["reason"]
    assert not [secret for secret in wrong.values() if secret in str(lines)]
    [standing] = asking.installed.state.standings()
    assert said in standing.stopped
    assert asking.installed.records() == []


async def test_a_stopped_source_has_its_time_outs_all_the_same(simulators: Simulators, asking: Asking) -> None:
    asking.ledger.unheard = [Silent("7", "7/256701234567", "+256701234567")]
    wrong = {"api_key": "wrong", "poll": {"unknown_after": "1s"}}
    async with asking.poll("ugsms", simulators.url("ugsms"), **wrong):
        await until(lambda: any(standing.stopped for standing in asking.installed.state.standings()))
        await until(asking.installed.records)
        asking.ledger.unheard = [*asking.ledger.unheard, Silent("8", "8/256701234567", "+256701234567")]
        await until(lambda: len(asking.installed.records()) > 1)
    records = asking.installed.records()
    assert [(record.type, record.key) for record in records] == [
        (RecordType.TIMEOUT, "ugsms/7"),
        (RecordType.TIMEOUT, "ugsms/8"),
    ]


async def test_a_provider_that_is_down_costs_the_others_nothing(simulators: Simulators, asking: Asking) -> None:
    [port] = free_ports(1)
    key = simulators.ugsms.account.api_key
    numbers = {"numbers": ["61480000000"]}
    with capture_logs() as lines:
        async with (
            asking.poll("aatrox", f"http://127.0.0.1:{port}", token="t", poll=numbers),
            asking.poll("ugsms", simulators.url("ugsms"), api_key=key, poll={}),
        ):
            await until(lambda: len(asking.records("balance")) >= 3)
            await until(lambda: any(line["event"] == "does_not_answer" for line in lines))
    assert {line["source"] for line in lines if line["log_level"] == "warning"} == {"aatrox"}


async def test_what_goes_wrong_now_and_then_is_asked_again(
    simulators: Simulators, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pollers.providers.aatrox.Policy", partial(Policy, first=100, again=100))
    await asyncio.to_thread(simulators.send, {"aatrox": 10})
    simulators.misbehave(Misbehaviour(server_error=0.2, html=0.1, truncated=0.1, too_many=0.02), "aatrox")
    ids = {message.message_id for message in simulators.truth("aatrox").messages()}
    asking.ledger.messages = [Open(message_id, now_ms() - 10_000) for message_id in ids]
    async with asking.poll("aatrox", simulators.url("aatrox"), token=simulators.aatrox.account.token, poll={}):
        await until(lambda: {record.key for record in asking.records("sms")} >= {f"aatrox/{one}" for one in ids}, 60)
    told = asking.installed.told
    assert told["answered"] >= 10
    assert told["status"]


async def test_a_source_ends_when_the_log_has_what_it_was_told(simulators: Simulators, tmp_path: Path) -> None:
    taken: list[Record] = []
    begun, free = threading.Event(), threading.Event()

    def append(records: Sequence[Record]) -> None:
        begun.set()
        free.wait()
        taken.extend(records)

    with closing(Installed(tmp_path, Clock(now_ms()))) as installed:
        asking = Asking(installed)
        asking.tools = replace(asking.tools, keeper=Keeper(append, now_ms))
        key = simulators.ugsms.account.api_key
        async with asking.poll("ugsms", simulators.url("ugsms"), api_key=key, poll={}) as task:
            await asyncio.to_thread(begun.wait)
            task.cancel()
            assert not (await asyncio.wait([task], timeout=0.1))[0]
            free.set()
            await asyncio.wait([task])
    assert len(taken) == 1


async def test_what_was_handed_in_long_ago_and_heard_of_late_is_timed_out(asking: Asking) -> None:
    clock, after = asking.installed.clock, 600_000
    handed_in: list[tuple[int, str]] = []

    def look(since: int, before: int) -> list[Silent]:
        return [Silent(name, f"{name}/+1", "+1") for at, name in handed_in if since <= at < before]

    time_outs = TimeOuts("ugsms", look, asking.tools.keeper, clock, after)
    await time_outs.round()
    handed_in += [(clock() - after - FAR_MS // 2, "old"), (clock(), "new")]
    for _ in range(8):
        clock.now += 600_000
        await time_outs.round()
    # The consumer has not taken them: they are found each time, and said once.
    assert sorted(str(record.key) for record in asking.installed.records()) == ["ugsms/new", "ugsms/old"]


async def test_one_number_that_is_not_answered_is_told_once_and_the_others_go_on(wire: Wire, asking: Asking) -> None:
    refused = b"61480000001"

    async def handle(request: bytes) -> bytes:
        return answer(b"{}", 400) if refused in request.split(b" ")[1] else answer(b'{"data": []}')

    wire.handle = handle
    numbers = {"numbers": ["61480000000", "61480000001"]}

    def failing() -> list[str]:
        return [one.subject for standing in asking.installed.state.standings() for one in standing.failing]

    with capture_logs() as lines:
        async with asking.poll("aatrox", wire.url, token="t", poll=numbers):
            await until(failing)
            assert failing() == ["receive 61480000001"]
            await until(lambda: len(asking.records("receive")) >= 3)
            refused = b"nothing is"
            await until(lambda: not failing())
    said = [(line["event"], line["question"]) for line in lines if "question" in line]
    assert said == [(event, "receive 61480000001") for event in ("does_not_answer", "answers_again")]


class Phones:
    """SmsGateway24 as far as its phones go, where one of them is refused for good."""

    def __init__(self) -> None:
        self.logins = 0
        self.expired = 401
        self.asked: list[bytes] = []

    async def __call__(self, request: bytes) -> bytes:
        path, form = request.split(b" ")[1], request.rpartition(b"\r\n\r\n")[2]
        if path.endswith(b"/gettoken"):
            self.logins += 1
            return answer(b'{"error": 0, "token": "token-%d"}' % self.logins)
        if self.logins < 2:
            return answer(b"<html>Unauthorized</html>", self.expired)
        if path.endswith(b"/getalldevices"):
            return answer(b'{"error": 0, "device": {"1": {"id": 1}, "2": {"id": 2}}}')
        if path.endswith(b"/getdevicestatus"):
            self.asked.append(form)
            return answer(b'{"error": 1, "message": "No such device"}' if b"device_id=1&" in form else b'{"error": 0}')
        return answer(b'{"error": 0, "smss": []}')


LOGIN = {"email": "demo@example.com", "password": "not-the-password"}


@pytest.mark.parametrize("expired", [401, 403])
async def test_one_refused_phone_does_not_hide_the_others_and_a_status_renews_the_token(
    wire: Wire, asking: Asking, expired: int
) -> None:
    phones = Phones()
    phones.expired = expired
    wire.handle = phones
    async with asking.poll("smsgateway24", wire.url, **LOGIN, poll={}):
        await until(lambda: any(b"device_id=2&" in form for form in phones.asked))
    assert phones.logins == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_a_login_that_is_refused_by_status_alone_stops_the_source(
    wire: Wire, asking: Asking, status: int
) -> None:
    async def handle(_request: bytes) -> bytes:
        return answer(b"<html>no</html>", status)

    wire.handle = handle
    async with asking.poll("smsgateway24", wire.url, **LOGIN, poll={}) as task:
        await asyncio.wait_for(asyncio.shield(task), 20)
    [standing] = asking.installed.state.standings()
    assert "the email and the password" in standing.stopped


async def test_a_secret_across_the_end_of_what_is_said_is_masked_whole(wire: Wire, asking: Asking) -> None:
    async def handle(request: bytes) -> bytes:
        if b"/gettoken" in request:
            return answer(b'{"error": 0, "token": "a-very-secret-token"}')
        return answer(b'{"error": 1, "message": "%s a-very-secret-token"}' % (b"x" * 90))

    wire.handle = handle
    with capture_logs() as lines:
        async with asking.poll("smsgateway24", wire.url, **LOGIN, poll={}):
            await until(lambda: any(line["event"] == "does_not_answer" for line in lines))
    assert "a-very" not in str(lines)
