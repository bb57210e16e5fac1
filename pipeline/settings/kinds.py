"""What the sections of the settings are made of."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.settings.rules import days, size, url_safe

Host = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(ge=0, le=65535)]
Days = Annotated[int, BeforeValidator(days)]
Size = Annotated[int, BeforeValidator(size)]
Secret = Annotated[str, BeforeValidator(url_safe)]


class Section(BaseModel):
    """A table of the settings. Nothing of it changes once it is read, and no unknown key passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
