"""The providers that can be asked; one file each. A new one is a file here and a line below."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from pipeline.settings import PollSettings, SourceSettings
from pollers.answers import Answer, Question
from pollers.desk import Desk
from pollers.http import Http
from pollers.jobs import Job, MessagesBy
from pollers.providers.aatrox import Aatrox
from pollers.providers.smsgateway24 import SmsGateway24
from pollers.providers.ugsms import UgSms


class Provider(Protocol):
    """One provider's API, for one source."""

    base_url: str
    """The beginning of its URLs, where the settings have no other."""

    keys: frozenset[str]
    """What it reads of the settings: keys of `poll` beside those of all (`mistakes.OF_ALL`), and credentials."""

    def missing(self) -> Sequence[str]:
        """The credentials that are needed and not there, by their keys in the settings."""
        ...

    async def send(self, http: Http, question: Question) -> Answer:
        """As `Desk` needs it."""
        ...

    def jobs(self, desk: Desk, messages: MessagesBy) -> Sequence[Job]:
        """What is done again and again. `messages` makes the job that asks about each open message."""
        ...


providers: Mapping[str, Callable[[SourceSettings, PollSettings], Provider]] = {
    "aatrox": Aatrox,
    "smsgateway24": SmsGateway24,
    "ugsms": UgSms,
}
"""By the adapter's name."""
