"""People who are to be forgotten: their numbers, known by keyed hashes alone, taken out of what names them.

What figures are made of stays: country, carrier, states, times, prices, and the hashes that tell facts and messages
apart, which are made of what the provider wrote. What says who it was goes.
"""

import math
from collections.abc import Iterable
from hashlib import blake2b, sha256
from itertools import count

import msgspec

from schemas.event import Event, Kind
from schemas.identity import id_hash
from schemas.record import Record
from schemas.spoken import numbers_in, text_of, without_numbers
from schemas.told import Device, Sim

PREFIX = "forgotten-"
"""What stands in place of a number begins so; letters follow, so that it is never taken for one."""

_TEXTS = ("provider_status", "error_code", "error_text", "customer_ref", "text")
_SHARDS = math.lcm(*range(1, 11))
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_device = msgspec.json.Decoder(Device)
_encode = msgspec.json.encode


class Forgotten:
    """The list; it only grows. `check` tells keys apart without giving them away (64 bits)."""

    def __init__(self, key: str, hashes: Iterable[int] = ()) -> None:
        self._key = sha256(key.encode()).digest()
        self._hashes = frozenset(number.to_bytes(16) for number in hashes)
        self.check = int.from_bytes(self._hash("delivrd")[:8])

    def __len__(self) -> int:
        return len(self._hashes)

    def hash_of(self, number: str) -> int:
        """128 bits that stand for a number (E.164 with `+`) on the list."""
        return int.from_bytes(self._hash(number))

    def name_of(self, number: str) -> str:
        """What stands in place of a number that is on the list; empty where it is not on it."""
        found = self._hash(number)
        return PREFIX + found.hex()[:12].translate(_LETTERS) if found in self._hashes else ""

    def name_in(self, text: str, region: str) -> str:
        """The same for the first number on the list that stands within the text."""
        return next(filter(None, map(self.name_of, numbers_in(text, region))), "")

    def _hash(self, number: str) -> bytes:
        return blake2b(number.encode(), key=self._key, digest_size=16).digest()

    def clear(self, text: str, region: str) -> str:
        """The text; where it names a number that is on the list, without all that looks like a number."""
        name = self.name_in(text, region)
        return without_numbers(text, name) if name else text


NOBODY = Forgotten("")
"""An empty list."""


def is_named(record: Record, region: str, forgotten: Forgotten) -> bool:
    """Whether the record, as it came, names a number on the list."""
    texts = (record.id, record.key or "", text_of(record.context), text_of(record.body))
    return any(forgotten.name_in(text, region) for text in texts)


def anonymous(event: Event, region: str, forgotten: Forgotten) -> Event:
    """The event without the numbers on the list: itself, where it names none.

    Where it is about somebody on the list, text and reference are theirs too.
    """
    parties = (("recipient", event.recipient), ("sender", event.sender))
    changed = {name: found for name, given in parties if given and (found := _named(given, region, forgotten))}
    about = whom(event) in changed
    if about:
        changed |= dict.fromkeys(("customer_ref", "text"), "")
    # An id that looks like a number of this country is most likely an id.
    message_id = forgotten.clear(event.message_id, region if about else "")
    if message_id != event.message_id:
        changed["message_id"] = _same_place(event.message_id, message_id)
    if about or changed or not event.message_key.startswith(event.message_id):  # else it is made of these
        changed |= _cleared(event, ("message_key",), region, forgotten)
    changed |= _cleared(event, [name for name in _TEXTS if name not in changed], region, forgotten)
    if event.kind is Kind.DEVICE and (extra := _without_sims(event.extra, region, forgotten)) != event.extra:
        changed["extra"] = extra
    return msgspec.structs.replace(event, **changed) if changed else event


def _cleared(event: Event, names: Iterable[str], region: str, forgotten: Forgotten) -> dict[str, str]:
    """Those of the fields that name somebody on the list, cleared."""
    given = {name: getattr(event, name) for name in names}
    return {name: found for name, text in given.items() if text and (found := forgotten.clear(text, region)) != text}


def _same_place(given: str, cleared: str) -> str:
    """What stands in place of an id: on a cluster its hash says on which shard its message is, modulo their number.

    That leads to the same one as long as there are at most ten.
    """
    wanted = id_hash(given) % _SHARDS
    return next(one for number in count() if id_hash(one := f"{cleared}-{number}") % _SHARDS == wanted)


def _named(number: str, region: str, forgotten: Forgotten) -> str:
    """What stands in place of a recipient or sender; these are as given where they could not be parsed."""
    return forgotten.name_of(number) or ("" if number[:1] == "+" else forgotten.name_in(number, region))


def whom(event: Event) -> str:
    """The field that names the person whom the event is about."""
    return "sender" if event.kind is Kind.INBOUND else "recipient"


def _without_sims(extra: str, region: str, forgotten: Forgotten) -> str:
    """A phone with somebody's card is theirs: the other cards' numbers go with it."""
    device = _device.decode(extra)
    if not any(forgotten.name_in(text, region) for text in (device.title, *(sim.number for sim in device.sims))):
        return extra
    sims: tuple[Sim, ...] = tuple(msgspec.structs.replace(sim, number="") for sim in device.sims)
    cleared = msgspec.structs.replace(device, title=forgotten.clear(device.title, region), sims=sims)
    return _encode(cleared).decode()
