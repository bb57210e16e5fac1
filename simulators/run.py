"""All stand-ins in one process: `with Simulators(seed=1, speed=60) as simulators: ...`."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
import uvicorn
from litestar.types import ASGIApp

from simulators import aatrox, integrax, smsgateway24, ugsms
from simulators.carriers import Fault, number_in
from simulators.clock import Clock
from simulators.dice import Dice, draw
from simulators.front import front
from simulators.misbehaviour import Misbehaviour
from simulators.stand import Stand
from simulators.traffic import COUNTRIES, Line, Sender, Sent
from simulators.truth import Received, Truth
from simulators.webhooks import WebhookCaller

T = TypeVar("T")

HOST = "127.0.0.1"
PROVIDERS = ("integrax", "smsgateway24", "aatrox", "ugsms")
OWN_NUMBERS = {"integrax": "29094", "aatrox": "61480000000"}
"""The numbers that messages to the accounts are sent to."""


class Simulators:
    """The four stand-ins on 127.0.0.1, in a thread of their own, from entering to leaving.

    `seed` decides what becomes of messages and what goes wrong; `speed` and `start` are those of `Clock`.
    `webhooks` and `ports` are by provider; without a port, a free one is taken. Without an account
    given, its secrets come from the seed. Entering raises OSError where a port is taken.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        speed: float = 1.0,
        start: int | None = None,
        misbehaviour: Misbehaviour | None = None,
        webhooks: Mapping[str, str] | None = None,
        ports: Mapping[str, int] | None = None,
        integrax_account: integrax.Account | None = None,
        smsgateway24_account: smsgateway24.Account | None = None,
        aatrox_account: aatrox.Account | None = None,
        ugsms_account: ugsms.Account | None = None,
    ) -> None:
        self.seed = seed
        self.clock = Clock(speed, start)
        self._ports = dict(ports or {})
        self._faults: list[Fault] = []
        self._caller = WebhookCaller(self.clock, Dice(seed))
        self.stands = {name: Stand(name, seed, self.clock, self._caller, self._faults) for name in PROVIDERS}
        for name, url in (webhooks or {}).items():
            self.stands[name].webhook_url = url
        if misbehaviour:
            self.misbehave(misbehaviour)
        self.integrax = integrax.Integrax(
            self.stands["integrax"], integrax_account or integrax.Account(secret(seed, "integrax"))
        )
        self.smsgateway24 = smsgateway24.SmsGateway24(
            self.stands["smsgateway24"],
            smsgateway24_account or smsgateway24.Account("demo@example.com", secret(seed, "smsgateway24")),
        )
        self.aatrox = aatrox.Aatrox(self.stands["aatrox"], aatrox_account or aatrox.Account(secret(seed, "aatrox")))
        self.ugsms = ugsms.UgSms(
            self.stands["ugsms"],
            ugsms_account or ugsms.Account("demo", secret(seed, "ugsms"), secret(seed, "ugsms v2")),
        )
        self._sockets: dict[str, socket.socket] = {}
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._sender: Sender
        self._thread: threading.Thread

    def __enter__(self) -> Self:
        for name in PROVIDERS:
            # Named as TCP, as asyncio switches Nagle's algorithm off for such sockets alone: 40 ms an answer.
            listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            self._sockets[name] = listening
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind((HOST, self._ports.get(name, 0)))
            except OSError:
                self._close_sockets()
                raise
            # From here on a client can connect; it is answered as soon as the thread runs.
            listening.listen(1024)
        self._sender = Sender(self.seed, self.clock, self._lines())
        servers = {
            provider.name: _server(front(provider.app(), provider.stand))
            for provider in (self.integrax, self.smsgateway24, self.aatrox, self.ugsms)
        }
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(servers, ready)), name="simulators", daemon=True
        )
        self._thread.start()
        ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._close_sockets()

    def url(self, provider: str) -> str:
        """The base of a provider's URLs, `http://127.0.0.1:port`; its truth is under `/truth`."""
        return f"http://{HOST}:{self._sockets[provider].getsockname()[1]}"

    def truth(self, provider: str) -> Truth:
        """What a provider's stand-in knows."""
        return self.stands[provider].truth

    def misbehave(self, how: Misbehaviour, *providers: str) -> None:
        """From now on, misbehave so; without names, all of them."""
        for name in providers or PROVIDERS:
            self.stands[name].misbehaviour = how

    def fail(self, fault: Fault) -> None:
        """Let a carrier fail; `begin` and `end` count from this moment on."""
        now = self.clock.elapsed()
        self._faults.append(msgspec.structs.replace(fault, begin=now + fault.begin, end=now + fault.end))

    def heal(self) -> None:
        """End all faults of carriers, for the messages accepted from now on."""
        self._faults.clear()

    def send(self, counts: Mapping[str, int], over: float = 0.0) -> list[Sent]:
        """Send so many messages at each provider, all providers at once, spread over so many milliseconds of the
        stand-ins' time. Returns what the sending application knows of them.
        """
        return self._wait(self._send(counts, over))

    def receive(self, provider: str, count: int) -> list[Received]:
        """Have `count` people send a message to the account (Integrax, SmsGateway24, Aatrox)."""
        return self._wait(self._receive(provider, count))

    def quiet(self, timeout: float = 60.0) -> None:
        """Return when the carriers have played out all messages and all webhooks have had their 2xx.

        Raises TimeoutError after so many seconds of the machine's time.
        """
        try:
            self._wait(asyncio.wait_for(self._quiet(), timeout))
        except TimeoutError:
            raise TimeoutError(f"not quiet after {timeout} s: {self._caller.waiting} webhooks are waiting") from None

    def _wait(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result()

    async def _send(self, counts: Mapping[str, int], over: float) -> list[Sent]:
        rows = await asyncio.gather(*(self._sender.send(name, count, over) for name, count in counts.items()))
        return [sent for row in rows for sent in row]

    async def _receive(self, provider: str, count: int) -> list[Received]:
        countries = list(COUNTRIES[provider])
        begun = len(self.truth(provider).received())
        found = []
        for index in range(begun, begun + count):
            sender = number_in(countries[index % len(countries)], self.seed, "sender", provider, index)
            text = f"Hello, I need help with my order {index}"
            if provider == "integrax":
                found.append(self.integrax.receive(sender, OWN_NUMBERS[provider], text))
            elif provider == "aatrox":
                found.append(self.aatrox.receive(sender, OWN_NUMBERS[provider], text))
            else:
                image = draw(self.seed, "image", index) < 0.1
                found.append(self.smsgateway24.receive(f"+{sender}", text, image=image))
        return found

    async def _quiet(self) -> None:
        while True:
            left = max(stand.left() for stand in self.stands.values())
            if left <= 0 and not self._caller.waiting:
                return
            await self.clock.sleep(left)
            await self._caller.quiet()

    async def _serve(self, servers: Mapping[str, uvicorn.Server], ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        serving = [asyncio.create_task(server.serve(sockets=[self._sockets[name]])) for name, server in servers.items()]
        ready.set()
        await self._stop.wait()
        for server in servers.values():
            # Answers that hang by misbehaviour are not waited for.
            server.should_exit = server.force_exit = True
        await self._caller.close()
        await self._sender.close()
        await asyncio.gather(*serving)

    def _lines(self) -> dict[str, Line]:
        gateway, uganda = self.smsgateway24.account, self.ugsms.account
        return {
            "integrax": Line(self.url("integrax"), path_token=self.integrax.account.token),
            "smsgateway24": Line(self.url("smsgateway24"), login={"email": gateway.email, "pass": gateway.password}),
            "aatrox": Line(self.url("aatrox"), headers={"authorization": f"Bearer {self.aatrox.account.token}"}),
            "ugsms": Line(
                self.url("ugsms"),
                headers={"x-api-key": uganda.api_key},
                form={"username": uganda.username, "password": uganda.password},
            ),
        }

    def _close_sockets(self) -> None:
        for listening in self._sockets.values():
            listening.close()


def secret(seed: int, name: str) -> str:
    """A token or password of an account, 32 hexadecimal digits."""
    return "".join(f"{int(draw(seed, 'secret', name, half) * 2**64):016x}" for half in range(2))


def _server(app: ASGIApp) -> uvicorn.Server:
    # What misbehaves on purpose is no error to log.
    config = uvicorn.Config(app, log_config=None, log_level="critical", access_log=False, lifespan="off")
    return uvicorn.Server(config)
