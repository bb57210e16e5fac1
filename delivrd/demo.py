"""The demo's other side: stand-ins of the four providers, and an application that sends through them.

Everything of delivrd itself is as ever: it is told by webhooks and submissions, and asks the stand-ins' APIs.
"""

import threading
import time
from collections.abc import Callable

import httpx

from delivrd.addresses import base_url
from delivrd.running import read_up
from pipeline.settings import Folder, Settings, load
from pipeline.settings.first import add_secrets, write_first
from simulators.carriers import Effect, Fault
from simulators.misbehaviour import Misbehaviour
from simulators.run import OWN_NUMBERS, Simulators
from simulators.traffic import Sent

SOURCES = {"integrax-br": "integrax", "smsgateway24": "smsgateway24", "aatrox": "aatrox", "ugsms": "ugsms"}
A_SECOND = {"integrax": 6, "smsgateway24": 2, "aatrox": 2, "ugsms": 2}
FAILS_AFTER, FAILS_FOR = 60.0, 420.0
FAILING = Fault(Effect.FAILS, carrier="Vivo", country="BR")
_HABITS = Misbehaviour(
    server_error=0.01, html=0.005, duplicate=0.1, reversed=0.05, lost_webhook=0.02, unknown_status=0.01
)
"""What providers do on a usual day."""
_PAUSE = 0.2

_SETTINGS = """\
# The demo's settings: a source for each stand-in of a provider.

[sources.integrax-br]
provider = "integrax"
region = "BR"

[sources.smsgateway24]
provider = "smsgateway24"
region = "DE"
timezone = "Europe/Paris"
[sources.smsgateway24.poll]
base_url = "{smsgateway24}"
every = "5s"
overlap = "1m"

[sources.aatrox]
provider = "aatrox"
region = "AU"
[sources.aatrox.poll]
base_url = "{aatrox}"
per_minute = 600
every = "5s"
numbers = ["{number}"]

[sources.ugsms]
provider = "ugsms"
region = "UG"
[sources.ugsms.poll]
base_url = "{ugsms}"
per_minute = 6
state_every = "30s"
unknown_after = "1m"

[alerts.targets.phone]
"""


def simulators() -> Simulators:
    """The stand-ins, not started. Each run plays out otherwise."""
    return Simulators(time.time_ns(), speed=4, misbehaviour=_HABITS)


def write_settings(folder: Folder, stands: Simulators, phone: str) -> None:
    """A data folder that is set up for the stand-ins, with the URL of whoever is told of alarms."""
    write_first(folder)
    urls = {name: stands.url(name) for name in ("smsgateway24", "aatrox", "ugsms")}
    folder.config.write_text(_SETTINGS.format(**urls, number=OWN_NUMBERS["aatrox"]), encoding="utf-8")
    gateway = stands.smsgateway24.account
    with folder.secrets.open("a", encoding="utf-8") as file:
        file.write(f'\n[sources.smsgateway24]\nemail = "{gateway.email}"\npassword = "{gateway.password}"\n')
        file.write(f'\n[sources.aatrox]\ntoken = "{stands.aatrox.account.token}"\n')
        file.write(f'\n[sources.ugsms]\napi_key = "{stands.ugsms.account.api_key}"\n')
        file.write(f'\n[alerts.targets.phone]\nurl = "{phone}"\n')
    add_secrets(folder)


class Application(threading.Thread):
    """Sends until it is stopped, once delivrd runs on the folder; after a while a carrier fails, and is well again."""

    def __init__(self, folder: Folder, stands: Simulators, say: Callable[[str], None]) -> None:
        super().__init__(name="application", daemon=True)
        self._folder = folder
        self._stands = stands
        self._say = say
        self._stopping = threading.Event()
        self._failing = False

    def stop(self) -> None:
        """End within seconds."""
        self._stopping.set()
        self.join()

    def run(self) -> None:
        """As Thread has it."""
        while read_up(self._folder) is None:
            if self._stopping.wait(_PAUSE):
                return
        up = read_up(self._folder)
        settings = load(self._folder.root, env=up.overrides if up else {})
        for name, provider in SOURCES.items():
            self._stands.stands[provider].webhook_url = _url(settings, "webhooks", name)
        began = time.monotonic()
        with httpx.Client(timeout=5, trust_env=False) as client:
            while not self._stopping.is_set():
                for sent in self._stands.send(A_SECOND, over=1_000 * self._stands.clock.speed):
                    self._submit(client, settings, sent)
                self._stands.receive("smsgateway24", 1)
                self._break(time.monotonic() - began)

    def _break(self, seconds: float) -> None:
        named = f"{FAILING.carrier} ({FAILING.country})"
        if not self._failing and FAILS_AFTER < seconds < FAILS_AFTER + FAILS_FOR:
            self._failing = True
            self._stands.fail(FAILING)
            self._say(f"{_clock()} now {named} fails: it delivers nothing any more")
        if self._failing and seconds > FAILS_AFTER + FAILS_FOR:
            self._failing = False
            self._stands.heal()
            self._say(f"{_clock()} now {named} delivers again")

    def _submit(self, client: httpx.Client, settings: Settings, sent: Sent) -> None:
        """Again until it is taken: delivrd may not be ready yet."""
        if sent.answer is None:
            return
        name = next(name for name, provider in SOURCES.items() if provider == sent.provider)
        body = {"request": sent.request, "answer": sent.answer, "http_status": sent.status, "time": sent.at}
        while not self._stopping.is_set():
            try:
                if client.post(_url(settings, "submissions", name), json=body).is_success:
                    return
            except httpx.HTTPError:
                pass
            self._stopping.wait(_PAUSE)


def _clock() -> str:
    return time.strftime("%H:%M", time.gmtime())


def _url(settings: Settings, way: str, source: str) -> str:
    base = base_url(settings.receiver.host, settings.receiver.port)
    return f"{base}/v1/{way}/{source}/{settings.sources[source].webhook_secrets[0]}"


def look_at(call: str, tail: str) -> str:
    """What is worth a look, as commands that can be typed."""
    questions = [
        f"report deliveries --by source,country{tail}",
        f"report failures --by carrier{tail}",
        f"report coverage --by source{tail}",
        f"audit --wait 30{tail}",
        f"alerts list{tail}",
    ]
    return "\n".join(
        [
            "The demo: stand-ins of four providers answer and call, an application sends 12 messages a second, and",
            f"after {FAILS_AFTER:.0f} s a carrier fails, for {FAILS_FOR / 60:.0f} minutes. What whoever is on",
            "call is told of it stands here, minutes later. Look at the console's pages (below), and try:",
            "",
            *(f"  {call} {question}" for question in questions),
            "",
        ]
    )
