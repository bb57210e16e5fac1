"""Aatrox: each message by its id, and what came in for each of our numbers.

The token travels in a header. The answer about a message does not repeat its id, so what was asked goes with the
record. Whether reading what came in consumes it is not known: the log has each answer before the next question.
"""

from collections.abc import Sequence
from urllib.parse import quote

from pipeline.settings import PollSettings, SourceSettings
from pollers.answers import Answer, LoginRefused, NotAnswered, Question
from pollers.desk import Desk
from pollers.http import Http
from pollers.jobs import Job, MessagesBy, regularly
from pollers.schedule import Policy

_REFUSED = (401, 403)
_BAD = 400


class Aatrox:
    """As `Provider` has it."""

    base_url = "https://api.smsaatrox.com.au"
    keys = frozenset({"token", "every", "numbers", "give_up"})

    def __init__(self, settings: SourceSettings, poll: PollSettings) -> None:
        self._token = settings.token
        self._poll = poll

    def missing(self) -> Sequence[str]:
        """The token comes from the provider's support."""
        return [] if self._token else ["token"]

    async def send(self, http: Http, question: Question) -> Answer:
        """As `Provider.send`. A message that is not known (404) is not answered: it may become known."""
        headers = {"authorization": f"Bearer {self._token}"}
        if question.name == "sms":
            path = f"/api/v2/sms/{quote(question.parameters['id'], safe='')}"
            answer = await http.send("GET", path, headers=headers)
        else:
            to = {"to": question.parameters["number"]}
            answer = await http.send("GET", "/api/v2/sms/receive", headers=headers, query=to)
        if answer.status in _REFUSED:
            raise LoginRefused(f"Aatrox refuses the token ({answer.status})")
        if answer.status >= _BAD:
            raise NotAnswered("status", f"answered {answer.status}")
        return answer

    def jobs(self, desk: Desk, messages: MessagesBy) -> Sequence[Job]:
        """As `Provider.jobs`."""
        received = [
            regularly(desk, Question("receive", {"number": number}, number), self._poll.every)
            for number in self._poll.numbers
        ]
        policy = Policy(give_up=self._poll.give_up)
        return [messages(lambda message_id: Question("sms", {"id": message_id}), policy), *received]
