"""The switches by which the stand-ins are told to misbehave. Each is a probability of its own, 0 by default."""

import msgspec


class Misbehaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong, and how often. Probabilities are per request, per webhook or per message.

    Of requests: what `server_error` (500), `html` (an error page of something in between, 502) and `too_many`
    (429 with Retry-After) befall is not handled. What `truncated` (half an answer) and `timeout` (none)
    befall was handled, so that the provider has a message of which the sender knows nothing.
    """

    server_error: float = 0.0
    html: float = 0.0
    too_many: float = 0.0
    truncated: float = 0.0
    timeout: float = 0.0
    slow: float = 0.0
    empty_list: float = 0.0
    """An empty list takes another of its forms: [], {}, null, or not there."""
    clock_skew: float = 0.0
    """A message's times are told by a clock that is wrong by `skew`, in either direction."""
    duplicate: float = 0.0
    """A webhook is called again after its 2xx; a received message stands twice in a list."""
    reversed: float = 0.0
    """A message's webhooks are called latest first; a list stands in the other order."""
    unknown_status: float = 0.0
    """A message passes through a state that nobody has documented."""
    lost_webhook: float = 0.0
    """A webhook is never called (providers that can be polled)."""

    patience: float = 30.0
    """Seconds of the machine's time after which an answer that never comes is given up."""
    slowness: float = 1.0
    """Seconds of the machine's time that a slow answer takes."""
    retry_after: int = 1
    """Seconds, as told with a 429 that is misbehaviour."""
    skew: float = 90_000
    """Milliseconds of the stand-ins' time."""


EVERYTHING = Misbehaviour(
    server_error=0.03,
    html=0.03,
    too_many=0.01,
    truncated=0.03,
    timeout=0.005,
    slow=0.02,
    empty_list=0.75,
    clock_skew=0.1,
    duplicate=0.2,
    reversed=0.2,
    unknown_status=0.02,
    lost_webhook=0.02,
    patience=2.0,
    slowness=0.2,
)
"""All of it at once, in doses that a patient client survives."""
