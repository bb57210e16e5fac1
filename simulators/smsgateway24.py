"""SmsGateway24: Android phones as gateways. Sends, lists and statuses over HTTP, webhooks for each device.

Source: the vendor's documentation, its PHP examples and SDKs. Errors are `error: 1` in the body; that their HTTP
status is 200 is chosen here, as are all texts but that of a wrong password, the empty list's form, the zone that
`begindate` is read in without `timezone`, which changes are told to the webhook (from 2 on), and what a comma list
in `sendto` becomes: a message with an id of its own for each number, of which the answer tells the first.
A message is sent at once, whatever its `timetosend`.
"""

from functools import partial
from typing import Any

import msgspec
from litestar import Litestar

from simulators import smsgateway24_bodies as bodies
from simulators.dice import draw, pick
from simulators.front import when_told
from simulators.shapes import number_digits, parse_local
from simulators.smsgateway24_bodies import Device, Listed
from simulators.smsgateway24_statuses import GATEWAY, INCOMING, UNDOCUMENTED, WORDS, title, wording
from simulators.stand import Stand
from simulators.truth import How, Message, Received, Turn
from simulators.web import Asking, Refusal, application, parameters
from simulators.webhooks import Call

FIRST_ID = 62_050_971
_GET_OR_POST = ("GET", "POST")
_EMPTY: tuple[dict[str, Any], ...] = ({"smss": []}, {"smss": {}}, {"smss": None}, {})


class Account(msgspec.Struct, frozen=True):
    """An account. Of each of the forms, one is used for each answer, webhook or incoming message.

    `lists`: `2023` (nothing but `smss`, dates with a zone's name) and `2021` (`count`, `sim`, dates with an offset).
    `statuses`, `incoming`: `docs` and `article`. `timezone` (IANA) is the account's.
    """

    email: str
    password: str
    timezone: str = "Europe/Paris"
    lists: tuple[str, ...] = ("2023", "2021")
    statuses: tuple[str, ...] = ("docs", "article")
    incoming: tuple[str, ...] = ("docs",)
    devices: tuple[Device, ...] = (
        Device(260, "SM-G950F", "+4915752982212", "de", "Drillisch (o2)"),
        Device(11231, "Pixel 6", "+33612345678", "fr", "Orange F"),
        Device(1297, "SM-F NIK!", "+4915752982213", "de", "Drillisch (o2)", away=28_851_900_000, subscription=False),
    )


class SmsGateway24:
    """The stand-in of SmsGateway24."""

    name = "smsgateway24"

    def __init__(self, stand: Stand, account: Account) -> None:
        self.stand = stand
        self.account = account
        self._began = stand.clock.now()
        self._tokens: set[str] = set()
        self._issued = 0
        self._listed: dict[int, Listed] = {}
        self._last_id = FIRST_ID

    def app(self) -> Litestar:
        """Its HTTP."""
        handlers = {
            "gettoken": self._gettoken,
            "addsms": self._addsms,
            "smstosend": self._smstosend,
            "addalotofsms": self._addalotofsms,
            "getallsms": self._getallsms,
            "getsmsstatus": self._getsmsstatus,
            "getalldevices": self._getalldevices,
            "getdevicestatus": self._getdevicestatus,
        }
        return application({f"/getdata/{name}": (_GET_OR_POST, handler) for name, handler in handlers.items()})

    @property
    def tokens(self) -> frozenset[str]:
        """Those given out and not refused."""
        return frozenset(self._tokens)

    def revoke(self) -> None:
        """Refuse every token given out so far."""
        self._tokens.clear()

    def receive(self, sender: str, text: str, *, image: bool = False) -> Received:
        """Somebody (number with `+`) sent a text or an image to the first device; the webhook is called."""
        account, phone = self.account, self.account.devices[0]
        sms_id = self._new_id()
        received = self.stand.receive(str(sms_id), sender, phone.number, bodies.image_url(sms_id) if image else text)
        listed = Listed(sms_id, received, sender, "" if image else text, phone.id, 0, received.at)
        self._listed[sms_id] = listed
        form = pick(account.incoming, self.stand.seed, "incoming", sms_id)
        if image:
            body = bodies.incoming_image(listed, account.timezone)
        elif form == "docs":
            typed = draw(self.stand.seed, "typed", sms_id) < 0.8
            body = bodies.incoming_text(listed, phone, account.timezone, typed=typed)
        else:
            body = bodies.article_incoming(listed)
        call = self.stand.call(self.stand.clock.elapsed(), body, lambda: received.tell(How.WEBHOOK))
        self.stand.call_webhook(str(sms_id), [call], can_be_polled=True)
        return received

    async def _gettoken(self, asking: Asking) -> object:
        asked = await parameters(asking)
        self._check_password(asked)
        self._issued += 1
        token = f"{int(draw(self.stand.seed, 'token', self._issued) * 2**64):032x}"
        self._tokens.add(token)
        return {"error": 0, "token": token, "message": ""}

    async def _addsms(self, asking: Asking) -> object:
        asked = await self._with_token(asking)
        return self._added(asked, asking)

    async def _smstosend(self, asking: Asking) -> object:
        asked = await parameters(asking)
        self._check_password(asked)
        return self._added(asked, asking)

    async def _addalotofsms(self, asking: Asking) -> object:
        """No ids come back."""
        try:
            asked = msgspec.json.decode(str((await parameters(asking)).get("datajson", "")))
            token, messages = asked["token"], [dict(message) for message in asked["smsdata"]]
        except (ValueError, KeyError, TypeError):
            raise _error("datajson is not valid") from None
        self._check_token(token)
        for message in messages:
            self._take(message)
        return {"error": 0, "message": "Sms has been saved successfully"}

    async def _getallsms(self, asking: Asking) -> object:
        asked = await self._with_token(asking)
        elapsed = self.stand.clock.elapsed()
        found = [each for each in self._states(elapsed) if self._matches(*each, asked)]
        if _number(asked.get("onlycount")):
            return {"error": 0, "count": len(found), "message": "Ok"}
        misbehaviour, dice = self.stand.misbehaviour, self.stand.dice
        if bool(_number(asked.get("orderbydesc"))) != dice.happens(misbehaviour.reversed, "list reversed"):
            found.reverse()
        form = dice.pick(self.account.lists, "list form")
        zone = self.account.timezone
        smss = {str(listed.id): bodies.item(listed, _code(turn), form, zone) for listed, turn in found}
        for each in found:
            when_told(asking, partial(self._tell_polled, *each))
        told: dict[str, Any] = {"smss": smss}
        if not smss:
            odd = dice.happens(misbehaviour.empty_list, "empty list")
            told = dice.pick(_EMPTY, "empty form") if odd else _EMPTY[0]
        if form == "2021":
            told = {"error": 0, **told, "count": len(found), "message": "Ok"}
        return told

    async def _getsmsstatus(self, asking: Asking) -> object:
        asked = await self._with_token(asking)
        listed = self._listed.get(_number(asked.get("sms_id")) or 0)
        if listed is None:
            raise _error("Sms not found")
        turn = _turn(listed, self.stand.clock.elapsed())
        when_told(asking, partial(self._tell_polled, listed, turn))
        code = _code(turn)
        return {
            "error": 0,
            "sms_id": listed.id,
            "status": int(code),
            "status_description": title(code, "2021"),
            "message": "Ok",
        }

    async def _getalldevices(self, asking: Asking) -> object:
        await self._with_token(asking)
        now, zone = self.stand.clock.now(), self.account.timezone
        found = {str(phone.id): bodies.device(phone, now, self._began, zone) for phone in self.account.devices}
        return {"count": len(found), "device": found}

    async def _getdevicestatus(self, asking: Asking) -> object:
        asked = await self._with_token(asking)
        for phone in self.account.devices:
            if phone.id == _number(asked.get("device_id")):
                return bodies.device_status(phone, self.stand.clock.now(), self._began, self.account.timezone)
        raise _error("Device not found")

    async def _with_token(self, asking: Asking) -> dict[str, Any]:
        asked = await parameters(asking)
        self._check_token(asked.get("token"))
        return asked

    def _check_token(self, token: object) -> None:
        if token not in self._tokens:
            raise _error("Token is incorrect")

    def _check_password(self, asked: dict[str, Any]) -> None:
        if (asked.get("email"), asked.get("pass")) != (self.account.email, self.account.password):
            raise _error("Login or password incorrect")

    def _added(self, asked: dict[str, Any], asking: Asking) -> object:
        first = self._take(asked)[0]
        message = first.of
        if isinstance(message, Message):
            when_told(asking, partial(self._tell, message, message.turns[0], How.ANSWER))
        return {"error": 0, "sms_id": first.id, "message": "Sms has been saved successfully"}

    def _take(self, asked: dict[str, Any]) -> list[Listed]:
        numbers = [number.strip() for number in str(asked.get("sendto") or "").split(",") if number.strip()]
        text, device = str(asked.get("body") or ""), _number(asked.get("device_id"))
        if not numbers or not text or device not in {phone.id for phone in self.account.devices}:
            raise _error("Required parameters are missing")
        return [self._take_one(number, text, device or 0, asked) for number in numbers]

    def _take_one(self, number: str, text: str, device: int, asked: dict[str, Any]) -> Listed:
        sms_id = self._new_id()
        international = number_digits(number)
        if international.startswith("0"):
            international = "49" + international.removeprefix("0")
        odd = self.stand.odd(str(sms_id))
        words = partial(wording, gateway=pick(GATEWAY, self.stand.seed, "gateway", sms_id), odd=odd)
        message = self.stand.accept(str(sms_id), number, international, text, words)
        urgent = _number(asked.get("urgent"))
        listed = Listed(
            id=sms_id,
            of=message,
            sendto=number,
            body=text,
            device=device,
            sim=_number(asked.get("sim")) or 0,
            created=message.accepted + message.skew,
            customerid=_number(asked.get("customerid")),
            urgent=True if urgent else None,
            timetosend=parse_local(str(asked.get("timetosend")), self.account.timezone),
        )
        self._listed[sms_id] = listed
        calls = [self._call(listed, message, turn) for turn in message.turns if turn.code not in {"1", "3"}]
        self.stand.call_webhook(str(sms_id), calls, can_be_polled=True)
        return listed

    def _call(self, listed: Listed, message: Message, turn: Turn) -> Call:
        form = pick(self.account.statuses, self.stand.seed, "status form", listed.id, turn.code)
        if form == "article" and turn.code not in {"2", UNDOCUMENTED}:
            turn = msgspec.structs.replace(turn, code=WORDS.get(turn.code, "failed"))
            body = bodies.article_status(listed, turn.code, turn.at + message.skew)
        else:
            body = bodies.status_webhook(listed, turn, message.skew, self.account.timezone)
        return self.stand.call(turn.due, body, lambda: self._tell(message, turn, How.WEBHOOK, timed=True))

    def _matches(self, listed: Listed, turn: Turn | None, asked: dict[str, Any]) -> bool:
        zone = str(asked.get("timezone") or self.account.timezone)
        begin, end = (parse_local(str(asked.get(name) or ""), zone) for name in ("begindate", "enddate"))
        # The list knows whole seconds.
        created = listed.created // 1000 * 1000
        exact = {
            "device_id": listed.device,
            "status": int(_code(turn)),
            "sim": listed.sim,
            "customerid": listed.customerid,
        }
        return (
            (begin is None or created >= begin)
            and (end is None or created <= end)
            and (not asked.get("phone") or number_digits(str(asked["phone"])) == number_digits(listed.sendto))
            and all(not asked.get(name) or _number(asked[name]) == value for name, value in exact.items())
        )

    def _states(self, elapsed: float) -> list[tuple[Listed, Turn | None]]:
        return [(listed, _turn(listed, elapsed)) for listed in self._listed.values()]

    def _tell_polled(self, listed: Listed, turn: Turn | None) -> None:
        if isinstance(listed.of, Received):
            listed.of.tell(How.POLL)
        elif turn:
            self._tell(listed.of, turn, How.POLL)

    def _tell(self, message: Message, turn: Turn, how: How, *, timed: bool = False) -> None:
        message.tell(turn, how, self.stand.clock.now(), timed=timed)

    def _new_id(self) -> int:
        self._last_id += 1 + int(draw(self.stand.seed, "id", self._last_id) * 200)
        return self._last_id


def _turn(listed: Listed, elapsed: float) -> Turn | None:
    return listed.of.turn(elapsed) if isinstance(listed.of, Message) else None


def _code(turn: Turn | None) -> str:
    return turn.code if turn else INCOMING


def _number(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdecimal() and text.isascii() else None


def _error(message: str) -> Refusal:
    return Refusal(200, {"error": 1, "message": message})
