"""What may come of a question, and words for it that hold nothing of what was sent: no URL, no token."""

from collections.abc import Mapping

import msgspec


class Question(msgspec.Struct, frozen=True):
    """A question by its name, and its parameters without any secret: both travel with the records of its answer.

    `about` is which of several it is that are asked again and again by the same name.
    """

    name: str
    parameters: Mapping[str, str] = {}
    about: str = ""

    @property
    def subject(self) -> str:
        """What it is, where failures are counted and told. A log masks the number in it."""
        return f"{self.name} {self.about}".rstrip()

    @property
    def asked(self) -> dict[str, str]:
        """As the records' context has it."""
        return {"question": self.name, **self.parameters}


class Answer(msgspec.Struct, frozen=True):
    """A whole answer: its HTTP status (below 500), its bytes as they came."""

    status: int
    body: bytes
    content_type: str


class NotAnswered(Exception):
    """There was no answer that can be used, this time. `kind` is a short word for the metrics."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class TooMuch(NotAnswered):
    """The answer did not come to its end, in time or in size: less may have to be asked at once."""


class LoginRefused(Exception):
    """The provider does not take our credentials; asking again does not help. The text says what to mend."""
