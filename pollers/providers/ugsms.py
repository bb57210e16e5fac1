"""UGSMS: the balance is all that can be asked. Messages come as submissions, and are unknown after a while.

The key travels in a header. Its limit (60 requests a minute) is shared with the application that sends.
"""

from collections.abc import Sequence

from pipeline.settings import PollSettings, SourceSettings
from pollers.answers import Answer, LoginRefused, NotAnswered, Question
from pollers.desk import Desk
from pollers.http import Http
from pollers.jobs import Job, MessagesBy, regularly

_REFUSED = (401, 403)
_BAD = 400


class UgSms:
    """As `Provider` has it."""

    base_url = "https://ugsms.com"
    keys = frozenset({"api_key", "state_every"})

    def __init__(self, settings: SourceSettings, poll: PollSettings) -> None:
        self._key = settings.api_key
        self._poll = poll

    def missing(self) -> Sequence[str]:
        """Without a key there is no balance, which is no matter where the time-outs alone are wanted."""
        return [] if self._key or self._poll.unknown_after else ["api_key"]

    async def send(self, http: Http, question: Question) -> Answer:  # noqa: ARG002 (there is but one)
        """As `Provider.send`."""
        answer = await http.send("GET", "/api/v2/account/balance", headers={"x-api-key": self._key})
        if answer.status in _REFUSED:
            raise LoginRefused(f"UGSMS refuses the api_key ({answer.status})")
        if answer.status >= _BAD:
            raise NotAnswered("status", f"answered {answer.status}")
        return answer

    def jobs(self, desk: Desk, messages: MessagesBy) -> Sequence[Job]:  # noqa: ARG002 (no message can be asked about)
        """As `Provider.jobs`."""
        return [regularly(desk, Question("balance"), self._poll.state_every)] if self._key else []
