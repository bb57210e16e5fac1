"""A report sent to a source as its provider sends it, and followed into the warehouse."""

import json
import time
from collections.abc import Callable, Iterator, Mapping

import httpx

from console.acts import Refusal
from console.acts.sources import Step

WAIT_SECONDS = 15.0
_PAUSE = 0.05
_NUMBER = "5511900000000"

_BODIES: Mapping[str, Callable[[str], Mapping[str, object]]] = {
    "integrax": lambda id_: {"messageId": id_, "phone": _NUMBER, "status": "DELIVRD"},
    "smsgateway24": lambda id_: {"sms_id": id_, "status_id": 7, "sendto": f"+{_NUMBER}"},
}
"""A delivery report of each provider that sends any; the others are asked."""


def try_out(provider: str, url: str, state_of: Callable[[str], str]) -> Iterator[Step]:
    """What became of it. `state_of` gives the state of a message, empty while nothing is known. Raises Refusal."""
    if provider not in _BODIES:
        raise Refusal(f"{provider} sends no reports, it is asked for them: see when a poll was last answered")
    message = f"test-{time.time_ns()}"
    body = json.dumps(_BODIES[provider](message)).encode()
    started = time.monotonic()

    def step(what: str, *, well: bool, became: str = "") -> Step:
        return Step(what, round(1000 * (time.monotonic() - started)), well, became)

    try:
        answer = httpx.post(url, content=body, headers={"content-type": "application/json"}, trust_env=False)
    except httpx.HTTPError as error:
        yield step(f"the receiver was not reached: {type(error).__name__}", well=False)
        return
    yield step(f"the receiver answered {answer.status_code}: {answer.text[:200]}", well=answer.is_success)
    if not answer.is_success:
        return
    while time.monotonic() < started + WAIT_SECONDS:
        state = state_of(message)
        if state:
            yield step(f"the warehouse has message {message}, {state}", well=True, became=message)
            return
        time.sleep(_PAUSE)
    yield step(f"the warehouse does not know message {message} yet", well=False)
