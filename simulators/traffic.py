"""The application that sends: plausible messages in plausible countries, through the providers' own HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import httpx
import msgspec

from simulators.carriers import number_in
from simulators.clock import Clock
from simulators.dice import draw

COUNTRIES: Mapping[str, Mapping[str, float]] = {
    "integrax": {"BR": 0.7, "CO": 0.1, "CL": 0.08, "PE": 0.07, "AR": 0.05},
    "smsgateway24": {"DE": 0.5, "FR": 0.35, "BR": 0.15},
    "aatrox": {"AU": 1.0},
    "ugsms": {"UG": 1.0},
}
"""Where each provider's messages go, in shares."""
_ATTEMPTS = 20
_PATIENCE = 1.0
_BULK = 25
_TEXTS = ("Your code is {}.", "Your parcel {} arrives today.", "Hello! Thank you for order {}!", "Invoice {} is due.")


class Sent(msgspec.Struct, frozen=True):
    """What the sending application knows of one request: what it asked (without secrets) and what it was answered.

    `status` is 0 and `answer` None where no whole answer came. `at` is the application's time: UTC, milliseconds.
    """

    provider: str
    path: str
    request: dict[str, Any]
    status: int
    answer: Any
    at: int


class Line(msgspec.Struct, frozen=True):
    """How to reach a provider: its address, and the secrets that its requests carry."""

    url: str
    path_token: str = ""
    headers: dict[str, str] = {}
    form: dict[str, str] = {}
    login: dict[str, str] = {}


class Sender:
    """Sends for one seed: the same seed and counts make the same messages."""

    def __init__(self, seed: int, clock: Clock, lines: Mapping[str, Line]) -> None:
        self._seed = seed
        self._clock = clock
        self._lines = lines
        self._made = 0
        self._token = ""
        self._client = httpx.AsyncClient(timeout=_PATIENCE, trust_env=False)
        self._ways: Mapping[str, Callable[[Sequence[int]], Awaitable[Sent]]] = {
            "integrax": self._integrax,
            "smsgateway24": self._smsgateway24,
            "aatrox": self._aatrox,
            "ugsms": self._ugsms,
        }

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, provider: str, count: int, over: float = 0.0) -> list[Sent]:
        """Send `count` messages, spread over so many milliseconds of the stand-ins' time, in as many requests as
        the provider's ways allow: some with several recipients. Refused requests (429, 5xx) are tried again.
        """
        sent: list[Sent] = []
        numbers = range(self._made, self._made + count)
        self._made += count
        began, done = self._clock.elapsed(), 0
        while done < count:
            size = self._size(provider, numbers[done])
            await self._clock.sleep(began + over * done / count - self._clock.elapsed())
            sent.append(await self._ways[provider](numbers[done : done + size]))
            done += size
        return sent

    def _size(self, provider: str, index: int) -> int:
        luck = draw(self._seed, "size", provider, index)
        if provider == "integrax":
            return 3 if luck < 0.05 else 1
        if provider == "ugsms":
            return _BULK if luck < 0.3 else 2
        return 1

    async def _integrax(self, indexes: Sequence[int]) -> Sent:
        path = f"/v1/integration/{self._lines['integrax'].path_token}/send-sms"
        request = {
            "to": [self._number("integrax", i) for i in indexes],
            "from": "29094",
            "message": self._text(indexes),
        }
        return await self._post("integrax", path, request, json=request)

    async def _smsgateway24(self, indexes: Sequence[int]) -> Sent:
        index = indexes[0]
        luck = draw(self._seed, "device", index)
        request = {
            "sendto": "+" + self._number("smsgateway24", index),
            "body": self._text(indexes),
            "device_id": "260" if luck < 0.6 else "11231",
            "sim": "0",
            "customerid": str(index),
        }
        while True:
            self._token = self._token or await self._login()
            sent = await self._post("smsgateway24", "/getdata/addsms", request, data={**request, "token": self._token})
            if not (isinstance(sent.answer, dict) and "Token" in str(sent.answer.get("message"))):
                return sent
            self._token = ""

    async def _login(self) -> str:
        for _ in range(_ATTEMPTS):
            login = self._lines["smsgateway24"].login
            sent = await self._post("smsgateway24", "/getdata/gettoken", {}, data=login)
            if isinstance(sent.answer, dict) and sent.answer.get("token"):
                return str(sent.answer["token"])
        raise ConnectionError("the stand-in of SmsGateway24 gives no token")

    async def _aatrox(self, indexes: Sequence[int]) -> Sent:
        request = {"from": "61480000000", "to": self._number("aatrox", indexes[0]), "text": self._text(indexes)}
        return await self._post("aatrox", "/api/v2/sms/send", request, json=request)

    async def _ugsms(self, indexes: Sequence[int]) -> Sent:
        numbers = ["0" + self._number("ugsms", i).removeprefix("256") for i in indexes]
        if len(numbers) <= 2:
            v2 = draw(self._seed, "v2", indexes[0]) < 0.5
            request: dict[str, Any] = {"numbers": ",".join(numbers), "message_body": self._text(indexes)}
            if v2:
                return await self._post("ugsms", "/api/v2/sms/send", request, json=request)
            form = self._lines["ugsms"].form
            return await self._post("ugsms", "/v1/sms/send", request, data={**request, **form})
        messages = [
            {"number": number, "message_body": self._text([i])} for i, number in zip(indexes, numbers, strict=True)
        ]
        # A list of real customers has a few numbers that are none.
        if draw(self._seed, "typo", indexes[0]) < 0.3:
            messages[-1]["number"] = "07" + messages[-1]["number"][-3:]
        request = {"messages": messages, "sender_id": "DELIVRD"}
        return await self._post("ugsms", "/api/v2/sms/send/bulk", request, json=request)

    async def _post(self, provider: str, path: str, request: dict[str, Any], **body: Any) -> Sent:
        line = self._lines[provider]
        shown = path.replace(line.path_token, "…") if line.path_token else path
        for _ in range(_ATTEMPTS):
            try:
                answer = await self._client.post(line.url + path, headers=line.headers, **body)
            except httpx.HTTPError:
                return Sent(provider, shown, request, 0, None, self._clock.now())
            # After a 504 it is not known whether the message was accepted: it is not sent again.
            if answer.status_code == 504:
                break
            if answer.status_code == 429:
                await asyncio.sleep(float(answer.headers.get("retry-after", 1)))
            elif answer.status_code < 500:
                return Sent(provider, shown, request, *_read(answer), self._clock.now())
        return Sent(provider, shown, request, 0, None, self._clock.now())

    def _number(self, provider: str, index: int) -> str:
        luck = draw(self._seed, "country", provider, index)
        shares = COUNTRIES[provider]
        upto = zip(shares, accumulate(shares.values()), strict=True)
        country = next((name for name, end in upto if luck < end), next(iter(shares)))
        return number_in(country, self._seed, provider, index)

    def _text(self, indexes: Sequence[int]) -> str:
        return _TEXTS[indexes[0] % len(_TEXTS)].format(100_000 + indexes[0])


def _read(answer: httpx.Response) -> tuple[int, Any]:
    try:
        return answer.status_code, msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return 0, None
