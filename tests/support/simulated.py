"""A delivrd that is told, and asks, everything that the stand-ins of the four providers have to say."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.settings import Folder
from pipeline.settings.first import write_first
from schemas.status import Status
from simulators.misbehaviour import EVERYTHING, Misbehaviour
from simulators.run import OWN_NUMBERS, PROVIDERS, Simulators
from simulators.traffic import Sent
from simulators.truth import Message
from tests.support.cluster import ClusterInstallation
from tests.support.installation import Installation, post
from tests.support.waiting import until

REGIONS = {"integrax": "BR", "smsgateway24": "DE", "aatrox": "AU", "ugsms": "UG"}
SETTLED_SECONDS = 240.0
_QUICK = """
per_minute = 100000
concurrent = 8
every = "1s"
state_every = "2s"
timeout = "4s"
"""
POLLS: Mapping[str, str] = {
    # So short that messages outlive the list's rounds, and are asked about one by one.
    "smsgateway24": 'overlap = "5s"\n',
    "aatrox": f'numbers = ["{OWN_NUMBERS["aatrox"]}"]\n',
    "ugsms": 'unknown_after = "10s"\n',
}


class Known(NamedTuple):
    """A message as either side knows it; `message_id` is empty where the provider gives none away."""

    message_id: str
    recipient: str


class Simulated:
    """Both of them. Sources have the names of their providers."""

    def __init__(self, simulators: Simulators, delivrd: Installation) -> None:
        self.simulators = simulators
        self.delivrd = delivrd
        self._urls: dict[str, str] = {}

    def start(self) -> None:
        """Start delivrd, and tell the stand-ins where its webhooks are."""
        self.delivrd.start()
        if isinstance(self.delivrd, ClusterInstallation):
            self.delivrd.join("poller", "poller")
        self._urls = self.delivrd.urls()
        for name in PROVIDERS:
            self.simulators.stands[name].webhook_url = self._urls[name]

    def send(self, count: int, over: float) -> None:
        """So many messages at each provider over so many seconds, handed over as the sending application would."""
        for sent in self.simulators.send(dict.fromkeys(PROVIDERS, count), over * 1000 * self.simulators.clock.speed):
            self.submit(sent)

    def submit(self, sent: Sent) -> None:
        """What the application knows of a request that was answered, the provider's own answer included."""
        if sent.answer is None:
            return
        body = {"request": sent.request, "answer": sent.answer, "http_status": sent.status, "time": sent.at}
        url = self._urls[sent.provider].replace("/webhooks/", "/submissions/")
        until(lambda: post(url, json.dumps(body).encode()).is_success, "a submission is taken")

    def settle(self) -> None:
        """Until delivrd says of each message what the stand-ins say. Fails with what differs."""
        self.simulators.quiet(SETTLED_SECONDS)
        left: list[str] = []

        def settled() -> bool:
            left[:] = self.differences()
            return not left

        try:
            until(settled, "all is known", SETTLED_SECONDS)
        except AssertionError:
            raise AssertionError("\n".join([f"{len(left)} differ", *left[:20]])) from None

    def differences(self) -> list[str]:
        """Each message that both sides do not agree on: its source, and its state here and there."""
        shown = self._shown()
        return [
            f"{name} {known}: {sorted(shown[name][known])} here, {sorted(there[known])} there"
            for name in PROVIDERS
            for there in [self._true(name)]
            for known in shown[name].keys() | there.keys()
            if shown[name][known] != there[known]
        ]

    def _shown(self) -> dict[str, dict[Known, Counter[str]]]:
        rows = self.delivrd.sql(
            "SELECT source, message_id, recipient, status FROM messages "
            "UNION ALL SELECT source, message_id, sender, 'inbound' FROM inbound"
        )
        ids = {name: {each.message_id for each in self.simulators.truth(name).messages()} for name in PROVIDERS}
        found: dict[str, dict[Known, Counter[str]]] = {name: _Counters() for name in PROVIDERS}
        for row in rows:
            message_id, source = row["message_id"], row["source"]
            if source == "ugsms" and message_id not in ids[source]:
                message_id = ""  # made of what was posted
            found[source][Known(message_id, row["recipient"])][row["status"]] += 1
        return found

    def _true(self, name: str) -> dict[Known, Counter[str]]:
        found: dict[Known, Counter[str]] = _Counters()
        truth = self.simulators.truth(name)
        for message in truth.messages():
            # A number that is none is told as it was given, in the source's region.
            recipient = message.recipient if message.country else f"+256{message.number}"
            if message.told:
                found[Known(message.message_id, recipient)][_expected(name, message)] += 1
        for received in truth.received():
            found[Known(received.message_id, f"+{received.sender.removeprefix('+')}")]["inbound"] += 1
        return found


class _Counters(dict[Known, Counter[str]]):
    def __missing__(self, key: Known) -> Counter[str]:
        return self.setdefault(key, Counter())


def _expected(name: str, message: Message) -> str:
    """What can be asked about is known to its end; of UGSMS nothing more is ever heard, and time is up."""
    if name in {"smsgateway24", "aatrox"}:
        return message.state().value
    state = message.told_state()
    return Status.UNKNOWN.value if name == "ugsms" and state is Status.ACCEPTED else state.value


@contextmanager
def simulated(
    data: Path,
    seed: int,
    make: Callable[[Path], Installation] = Installation,
    *,
    speed: float = 600.0,
    misbehaviour: Misbehaviour | None = None,
) -> Iterator[Simulated]:
    """Running stand-ins, and a delivrd that is set up for them and not started. Nothing is left at the end."""
    with Simulators(seed, speed=speed, misbehaviour=misbehaviour) as simulators:
        write_first(Folder(data))
        with Folder(data).secrets.open("a", encoding="utf-8") as file:
            file.write(_secrets(simulators))
        delivrd = make(data)
        delivrd.configure(_settings(simulators))
        try:
            yield Simulated(simulators, delivrd)
        finally:
            delivrd.met |= {*simulators.smsgateway24.tokens, simulators.integrax.account.token}
            delivrd.end()


def play(data: Path, make: Callable[[Path], Installation] = Installation, *, count: int, kills: int, seed: int) -> None:
    """So many messages at each provider, with all misbehaviour there is, and the poller killed at random moments."""
    print(f"seed {seed}")  # noqa: T201 (with it the same run can be had again)
    dice = random.Random(seed)
    with simulated(data, seed, make, misbehaviour=EVERYTHING) as both, ThreadPoolExecutor(1) as sender:
        both.start()
        for name in ("integrax", "smsgateway24", "aatrox"):
            both.simulators.receive(name, 20)
        sending = sender.submit(both.send, count, over=count / 50)
        for _ in range(kills):
            time.sleep(dice.random())  # anywhere between a question and its answer's being kept
            both.delivrd.kill("poller")
        sending.result()
        both.settle()
        assert both.delivrd.audit()["missing"] == 0


def _settings(simulators: Simulators) -> str:
    """A source for each provider, polled where there is something to be asked."""
    parts = []
    for name in PROVIDERS:
        parts.append(f'[sources.{name}]\nprovider = "{name}"\nregion = "{REGIONS[name]}"')
        if name == "smsgateway24":
            parts.append(f'timezone = "{simulators.smsgateway24.account.timezone}"')
        if name in POLLS:
            parts.append(f'[sources.{name}.poll]\nbase_url = "{simulators.url(name)}"{_QUICK}{POLLS[name]}')
    return "\n".join(parts)


def _secrets(simulators: Simulators) -> str:
    gateway = simulators.smsgateway24.account
    return (
        f'\n[sources.smsgateway24]\nemail = "{gateway.email}"\npassword = "{gateway.password}"\n'
        f'\n[sources.aatrox]\ntoken = "{simulators.aatrox.account.token}"\n'
        f'\n[sources.ugsms]\napi_key = "{simulators.ugsms.account.api_key}"\n'
    )
