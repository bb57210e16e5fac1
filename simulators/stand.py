"""What all stand-ins share: the clock, the chance, the truth, and the way a message is accepted."""

from collections.abc import Callable, Sequence

import msgspec

from schemas.status import Status
from simulators.carriers import Fault, Step, carrier_of, effect_on, play
from simulators.clock import Clock
from simulators.dice import Dice, draw
from simulators.misbehaviour import Misbehaviour
from simulators.truth import Message, Received, Truth, Turn
from simulators.webhooks import Call, WebhookCaller

Wording = Callable[[Step], Sequence[tuple[str, Status]]]
"""A provider's codes for a step, in order, each with what it means; none where the provider has no word for it."""


class Asked(msgspec.Struct, frozen=True):
    """A request that came: when (the stand-ins' time), and for what, without the query."""

    at: float
    method: str
    path: str


class Stand:
    """One provider's stand-in, without its HTTP. `misbehaviour` and `webhook_url` may be set at any time."""

    def __init__(self, provider: str, seed: int, clock: Clock, caller: WebhookCaller, faults: Sequence[Fault]) -> None:
        self.provider = provider
        self.seed = seed
        self.clock = clock
        self.dice = Dice(seed)
        self.truth = Truth()
        self.misbehaviour = Misbehaviour()
        self.webhook_url = ""
        self.asked: list[Asked] = []
        self._caller = caller
        self._faults = faults
        self._ends = 0.0

    def accept(
        self, message_id: str, number: str, international: str, text: str, wording: Wording, *, revives: bool = False
    ) -> Message:
        """Take a message to the number (as given, and its international digits) and play out what becomes of it."""
        clock, how, name = self.clock, self.misbehaviour, f"{self.provider}/{message_id}/{international}"
        elapsed, now = clock.elapsed(), clock.now()
        carrier = carrier_of(international)
        effect = effect_on(self._faults, carrier, elapsed, draw(self.seed, name, "fault"))
        turns = []
        for step in play(self.seed, name, carrier, effect, revives=revives):
            for place, (code, status) in enumerate(wording(step)):
                # A provider's second word for the same step comes a little later.
                delay = step.delay + 50 * place
                turns.append(Turn(elapsed + delay, now + int(clock.shown(delay)), code, status, step.family))
        message = Message(
            provider=self.provider,
            message_id=message_id,
            number=number,
            recipient=f"+{international}",
            country=carrier.country,
            carrier=carrier.name,
            text=text,
            accepted=now,
            skew=self._skew(how, name),
            turns=tuple(turns),
        )
        self._ends = max(self._ends, turns[-1].due)
        self.truth.add(message)
        return message

    def receive(self, message_id: str, sender: str, recipient: str, text: str) -> Received:
        """A message came in for the account."""
        received = Received(
            provider=self.provider,
            message_id=message_id,
            sender=sender,
            recipient=recipient,
            text=text,
            at=self.clock.now(),
        )
        self.truth.add_received(received)
        return received

    def call_webhook(self, name: str, calls: Sequence[Call], *, can_be_polled: bool = False) -> None:
        """Plan webhooks of what `name` names, under the misbehaviour of this moment."""
        how = self.misbehaviour
        if not can_be_polled:
            how = msgspec.structs.replace(how, lost_webhook=0.0)
        self._caller.plan(f"{self.provider}/{name}", lambda: self.webhook_url, calls, how)

    def call(self, due: float, body: object, on_told: Callable[[], None]) -> Call:
        """One webhook with a JSON body."""
        return Call(due, msgspec.json.encode(body), on_told)

    def odd(self, name: str) -> bool:
        """Whether this message passes through a state that nobody documented."""
        return draw(self.seed, name, "odd") < self.misbehaviour.unknown_status

    def left(self) -> float:
        """How long (the stand-ins' time) until the carriers have played out every message."""
        return self._ends - self.clock.elapsed()

    def _skew(self, how: Misbehaviour, name: str) -> int:
        luck = draw(self.seed, name, "skew")
        if luck >= how.clock_skew:
            return 0
        return int(self.clock.shown(how.skew)) * (1 if luck * 2 < how.clock_skew else -1)
