"""What is asked of a provider, how often, and when a message is given up."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from pipeline.settings.kinds import Section
from pipeline.settings.rules import duration, http_url, split_list

Time = Annotated[int, BeforeValidator(duration("1s", per_second=1000))]


class PollSettings(Section):
    """The asking of one source; durations are milliseconds.

    `every` is the pause between two looks at lists (SmsGateway24's messages, messages that came in), `state_every` at
    devices and balance. `numbers` are the own numbers whose messages are asked for (Aatrox). Each look at a list
    begins `overlap` before the end of the last one, the very first `give_up` before now; an answer of `too_large`
    elements is not believed to be whole. `give_up` is the age at which an open message is asked about no more,
    `unknown_after` the one at which it counts as unknown (None: never). `seconds` is what one answer may take.
    """

    base_url: Annotated[str, BeforeValidator(http_url)] = ""
    per_minute: int = Field(60, ge=1, le=1_000_000)
    concurrent: int = Field(4, ge=1, le=100)
    timeout: Time = 30_000
    every: Time = 30_000
    state_every: Time = 300_000
    numbers: Annotated[tuple[str, ...], BeforeValidator(split_list)] = ()
    overlap: Time = 600_000
    too_large: int = Field(500, ge=2)
    give_up: Annotated[int, BeforeValidator(duration("1m", per_second=1000))] = 72 * 3_600_000
    unknown_after: Time | None = None
