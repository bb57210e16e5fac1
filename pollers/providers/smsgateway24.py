"""SmsGateway24: the list of all messages by windows of time, single messages that stay open, and the phones.

All goes by POST, so that no token stands in a URL. A token is had for e-mail and password, kept in memory alone, and
renewed when it is refused. Errors are `error: 1` in the body; the HTTP status for them is not documented (401 and 403
are taken for what they mean elsewhere), and neither are their texts but one.
"""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from pipeline.logging import masks
from pipeline.settings import PollSettings, SourceSettings
from pollers.answers import Answer, LoginRefused, NotAnswered, Question
from pollers.desk import Desk
from pollers.http import Http
from pollers.jobs import Job, MessagesBy
from pollers.lists import List
from pollers.schedule import Policy
from pollers.windows import Window, shown
from schemas.providers.smsgateway24_answers import is_error

_FRESH_SECONDS = 60.0
"""A token as young as this is not to blame for an error that does not name it."""
_REFUSED = (401, 403)
_BAD = 400
_WRONG_LOGIN = re.compile("password|login|e-?mail", re.IGNORECASE)
"""`Login or password incorrect` is the documented text."""
_MOST_SAID = 100
_PARAMETERS = {"from": "begindate", "to": "enddate"}


class _Said(msgspec.Struct):
    error: object = 0
    message: object = ""
    token: object = ""


class SmsGateway24:
    """As `Provider` has it."""

    base_url = "https://smsgateway24.com"
    keys = frozenset({"email", "password", "every", "state_every", "overlap", "too_large", "give_up"})

    def __init__(self, settings: SourceSettings, poll: PollSettings) -> None:
        self._login = {"email": settings.email, "pass": settings.password}
        self._zone = settings.timezone
        self._poll = poll
        self._token = ""
        self._since = 0.0
        self._renewing = asyncio.Lock()

    def missing(self) -> Sequence[str]:
        """A token is had for both."""
        return [key for key, value in (("email", self._login["email"]), ("password", self._login["pass"])) if not value]

    async def send(self, http: Http, question: Question) -> Answer:
        """As `Provider.send`."""
        form = {_PARAMETERS.get(name, name): value for name, value in question.parameters.items()}
        token = await self._token_but(http, "")
        answer = await self._post(http, question.name, {**form, "token": token})
        if self._is_refused(answer):
            token = await self._token_but(http, token)
            answer = await self._post(http, question.name, {**form, "token": token})
        self._check(answer)
        return answer

    def _is_refused(self, answer: Answer) -> bool:
        """Whether the token may be to blame: the answer says so, or it is an error and the token no longer fresh."""
        if answer.status in _REFUSED:
            return True
        said = _said(answer)
        named = "token" in str(said.message).lower()
        return bool(said.error) and (named or time.monotonic() - self._since > _FRESH_SECONDS)

    def jobs(self, desk: Desk, messages: MessagesBy) -> Sequence[Job]:
        """As `Provider.jobs`. Single messages are asked about when the list's rounds have left them behind."""
        poll = self._poll
        listed = List(desk, self._list_question, overlap=poll.overlap, back=poll.give_up, too_large=poll.too_large)

        async def devices() -> bool:
            found = await desk.insist(Question("getalldevices"))
            for device in _device_ids(found.body):
                await look_at(Question("getdevicestatus", {"device_id": device}, device))
            return False

        async def look_at(device: Question) -> None:
            if not desk.patient:
                await desk.insist(device)
                return
            # One phone that is refused for good must not keep the others from being looked at.
            with suppress(NotAnswered):
                await desk.ask(device)

        left_behind = Policy(first=poll.overlap, give_up=poll.give_up)
        return [
            Job("getallsms", poll.every, listed.round),
            messages(lambda message_id: Question("getsmsstatus", {"sms_id": message_id}), left_behind),
            Job("devices", poll.state_every, devices),
        ]

    def _list_question(self, window: Window) -> Question:
        moments = {"from": shown(window.begin, self._zone, -1), "to": shown(window.end, self._zone, 1)}
        return Question("getallsms", {**moments, "timezone": self._zone})

    async def _token_but(self, http: Http, refused: str) -> str:
        """A token that is another than the one refused."""
        async with self._renewing:
            if self._token == refused:
                answer = await self._post(http, "gettoken", self._login)
                said = _said(answer)
                if answer.status in _REFUSED or (said.error and _WRONG_LOGIN.search(str(said.message))):
                    raise LoginRefused("SmsGateway24 refuses the email and the password")
                self._check(answer)
                if not isinstance(said.token, str) or not said.token:
                    raise NotAnswered("token", "no token came for the login")
                self._token, self._since = said.token, time.monotonic()
                masks.hide_also(said.token)
            return self._token

    async def _post(self, http: Http, name: str, form: Mapping[str, str]) -> Answer:
        return await http.send("POST", f"/getdata/{name}", form=form)

    def _check(self, answer: Answer) -> None:
        said = _said(answer)
        if said.error:
            text = str(said.message)
            for secret in (self._token, *self._login.values()):
                text = text.replace(secret, "***") if secret else text
            raise NotAnswered("refused", f"answered with an error: {text[:_MOST_SAID]}")
        if answer.status >= _BAD:
            raise NotAnswered("status", f"answered {answer.status}")


def _said(answer: Answer) -> _Said:
    """The fields of every answer; nothing where it cannot be read, which whoever splits it will say."""
    try:
        said = msgspec.json.decode(answer.body, type=_Said)
    except msgspec.DecodeError:
        return _Said()
    said.error = is_error(said.error)
    return said


def _device_ids(body: bytes) -> list[str]:
    """Of the phones: they stand under `device`, by their ids; a list of them is read as well."""
    try:
        found: Any = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return []
    listed = found.get("device") if isinstance(found, dict) else None
    if isinstance(listed, dict):
        return list(listed)
    rows = listed if isinstance(listed, list) else []
    return [str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row]
